#!/bin/bash
# DuckDB holds codes of 20 digits exactly and hands them out rounded: as Parquet and as a DataFrame they are one value.
#
# duckdb 2.0.1 (pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0), Linux. It reads SIM card numbers (ICCID, 20 digits) from
# CSV as HUGEINT, exactly. COPY TO Parquet writes the column as DOUBLE without a word, and df() gives float64: three
# codes become one. CSV, to_arrow_table() and pl() give all digits. The same befalls sum() of a BIGINT column, whose
# type is HUGEINT: 9007199254740993 comes out as 9007199254740992. Way around: CAST to VARCHAR, or to DECIMAL(38, 0).
#
# Where it touches Lookscape: whole numbers of more than 15 digits are codes and stay text; floats in a Parquet file are
# read as whole numbers only below 2^53 (tests/catalogue/tables/test_formats.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1 pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0
printf 'iccid\n89049032000001000000\n89049032000001000018\n89049032000001000026\n' > sims.csv
venv/bin/python - <<'PY'
import duckdb
import pyarrow.parquet as pq

sims = duckdb.sql("from 'sims.csv'")
written = ["89049032000001000000", "89049032000001000018", "89049032000001000026"]
assert str(sims.types[0]) == "HUGEINT", sims.types
assert [str(code) for (code,) in sims.fetchall()] == written
duckdb.sql("copy (from 'sims.csv') to 'again.csv'")
assert open("again.csv").read().split()[1:] == written
assert [str(code) for code in sims.to_arrow_table()["iccid"].to_pylist()] == written
assert [str(code) for code in sims.pl()["iccid"].to_list()] == written
print("HUGEINT, CSV, Arrow, Polars:", len(set(written)), "codes")

duckdb.sql("copy (from 'sims.csv') to 'sims.parquet'")
stored = pq.read_table("sims.parquet")["iccid"]
assert (str(stored.type), len(set(stored.to_pylist()))) == ("double", 1), stored
frame = sims.df()["iccid"]
assert (str(frame.dtype), frame.nunique()) == ("float64", 1), frame
print("Parquet, DataFrame:", stored.type, frame.dtype, frame.nunique(), "code")

total = duckdb.sql("select sum(n) as total from (select 9007199254740993::bigint as n)")
duckdb.sql("copy (select sum(n) as total from (select 9007199254740993::bigint as n)) to 'total.parquet'")
assert str(total.fetchall()[0][0]) == "9007199254740993"
assert pq.read_table("total.parquet")["total"].to_pylist() == [9007199254740992.0]
assert total.df()["total"].tolist() == [9007199254740992.0]
print("sum of a BIGINT: 9007199254740993 within, 9007199254740992 in Parquet and in a DataFrame")

duckdb.sql("copy (select iccid::decimal(38, 0) as iccid from 'sims.csv') to 'exact.parquet'")
assert [str(code) for code in pq.read_table("exact.parquet")["iccid"].to_pylist()] == written
PY
