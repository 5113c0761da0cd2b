#!/bin/bash
# A CSV file through Polars into Parquet: with a column of 20 digits, Arrow and pandas open none of the file's columns.
#
# polars 2.1.0 (pyarrow 26.0.1, pandas 3.1.1, duckdb 2.0.1), Linux. read_csv makes a column of codes of 20 digits Int128
# by itself. write_parquet stores that as 16 bytes without a logical type, and only the embedded Arrow schema says what
# they are, in an extension of Polars' own (format string _pli128). Polars reads it back. pyarrow and pandas refuse the
# whole file, also for its other columns ("Integers with more than 64 bits not implemented"); DuckDB opens it, and the
# codes are BLOBs of 16 bytes in reverse. to_arrow() and to_pandas() fail as well. Way around: read_csv(...,
# schema_overrides={"iccid": pl.String}).
#
# Where it touches Lookscape: such a file is refused with the column's name and the way around
# (tests/catalogue/tables/test_formats.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet polars==2.1.0 pyarrow==26.0.1 pandas==3.1.1 duckdb==2.0.1
printf 'name,iccid\none,89049032000001000000\ntwo,89049032000001000018\n' > sims.csv
venv/bin/python - <<'PY'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

sims = pl.read_csv("sims.csv")
assert sims.schema["iccid"] == pl.Int128, sims.schema
sims.write_parquet("sims.parquet")
assert pl.read_parquet("sims.parquet").equals(sims)
print("Polars:", sims.schema["iccid"], sims["iccid"].to_list())

asked = "select type, type_length, logical_type from parquet_schema('sims.parquet') where name = 'iccid'"
[stored] = duckdb.sql(asked).fetchall()
assert stored[:2] == ("FIXED_LEN_BYTE_ARRAY", "16") and not stored[2], stored
readers = {
    "pyarrow, metadata alone": lambda: pq.read_metadata("sims.parquet"),
    "pyarrow": lambda: pq.read_table("sims.parquet", columns=["name"]),
    "pandas": lambda: pd.read_parquet("sims.parquet", columns=["name"]),
    "to_arrow": sims.to_arrow,
    "to_pandas": sims.to_pandas,
}
for name, read in readers.items():
    try:
        read()
    except (pa.ArrowException, ValueError) as error:
        print(f"{name}: {error}")
    else:
        raise SystemExit(f"{name} reads it now")
[(kind, code), *_] = duckdb.sql("select typeof(iccid), iccid from 'sims.parquet'").fetchall()
assert kind == "BLOB" and len(code) == 16, (kind, code)
print("DuckDB:", kind, code)

pl.read_csv("sims.csv", schema_overrides={"iccid": pl.String}).write_parquet("text.parquet")
assert pd.read_parquet("text.parquet")["iccid"].tolist() == ["89049032000001000000", "89049032000001000018"]
PY
