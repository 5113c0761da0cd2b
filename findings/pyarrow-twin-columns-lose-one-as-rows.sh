#!/bin/bash
# A Parquet file with two columns of one name: pyarrow writes it and reads it, but its rows as dicts have the last alone,
# and the two ways to read a file of its own disagree about whether it can be read.
#
# pyarrow 26.0.1 (DuckDB 2.0.1 beside it), Linux. The Parquet format numbers the columns of a schema and asks for no
# unique names; a join, or a shop's table with two columns `colour`, makes such files. `ParquetFile.read()` has both
# columns, `Table.to_pylist()` of it gives the last one's value and says nothing, as does `RecordBatch.to_pylist()`, which
# is how rows are usually walked. `parquet.read_table()` of the same file raises "Multiple matches for FieldRef". DuckDB
# has both, the second under another name.
#
# Where it touches Lookscape: it walks rows by the place of their columns, so that twins are several values of one
# attribute (src/lookscape/catalogue/tables/parquet.py, tests/catalogue/tables/test_photos_in_tables.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pyarrow==26.0.1 duckdb==2.0.1
venv/bin/python - <<'PY'
import warnings

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

warnings.simplefilter("error")
columns = [pa.array(["0001", "0002"]), pa.array(["red", "black"]), pa.array(["dark", None])]
pq.write_table(pa.Table.from_arrays(columns, names=["sku", "colour", "colour"]), "twins.parquet")

with pq.ParquetFile("twins.parquet") as file:
    table = file.read()
    batch = next(file.iter_batches())
print("columns    ", table.column_names, [column.to_pylist() for column in table.columns])
print("to_pylist  ", table.to_pylist())
assert [column.to_pylist() for column in table.columns] == [column.to_pylist() for column in columns]
wanted = [{"sku": "0001", "colour": "dark"}, {"sku": "0002", "colour": None}]
assert table.to_pylist() == batch.to_pylist() == wanted, "rows have both values now, or it is said"
try:
    pq.read_table("twins.parquet")
except pa.ArrowInvalid as error:
    print("read_table ", str(error).splitlines()[0])
else:
    raise AssertionError("read_table reads it now")
rows = duckdb.sql("select * from 'twins.parquet'")
print("duckdb     ", rows.columns, rows.fetchall())
assert rows.fetchall() == [("0001", "red", "dark"), ("0002", "black", None)]
PY
