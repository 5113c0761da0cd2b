#!/bin/bash
# Of a Parquet file with the columns `name` and `Name`, DuckDB gives the values of `name` to SELECT "Name".
#
# duckdb 2.0.1, pyarrow 26.0.1, Linux. Parquet tells columns by capitals, and so do pandas, Polars and Arrow. DuckDB reads
# the second as `Name_1`; "Name", in quotation marks, is not refused but is the first column: a wrong value without a word.
# A third column that is called Name_1 becomes Name_1_1, and "Name_1" is then the second. A table made of the file keeps the
# new names, and a data frame that goes through DuckDB, as Embedding Atlas lets it, comes out with them.
#
# Where it touches Lookscape: no two columns of `atlas export` have one name, capitals aside; the file's schema says which
# attribute each is, and reads back as it was (services/maps/exported.py, tests/tools/test_round_trips_drawn.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1 pyarrow==26.0.1
venv/bin/python - <<'PY'
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

pq.write_table(pa.table({"name": ["Runner"], "Name": ["red"], "Name_1": ["boot"]}), "shoes.parquet")
columns = duckdb.sql("from 'shoes.parquet'").columns
said = {name: duckdb.sql(f"""select "{name}" from 'shoes.parquet'""").fetchall()[0][0] for name in ("name", "Name", "Name_1")}
arrow = {name: column[0].as_py() for name, column in zip(*(lambda t: (t.column_names, t.columns))(pq.read_table("shoes.parquet")))}
print("DuckDB's columns:", columns)
print("DuckDB:", said)
print("Arrow: ", arrow)
assert columns == ["name", "Name_1", "Name_1_1"], columns
assert said == {"name": "Runner", "Name": "Runner", "Name_1": "red"}, said
assert arrow == {"name": "Runner", "Name": "red", "Name_1": "boot"}, arrow
PY
