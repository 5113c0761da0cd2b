#!/bin/bash
# In DuckDB the same expression gives '3.10' or '3.1' of one cell, as another column stands in the WHERE or not.
#
# duckdb 2.0.1, Linux. DESCRIBE says that the columns of a CSV file are DOUBLE, DATE and BOOLEAN, and so are their
# values. Yet `release::varchar` straight from the file gives what stands in it: 3.10, 1E5, 25/01/2024, yes. The cast is
# done by reading the column as text. Of a table made of the file it gives 3.1, 100000.0, 2024-01-25, true; and so it
# does of the file itself when WHERE compares any column, or the column stands beside its cast. Releases 3.1 and 3.10
# are two with one of these queries and one with the other. Way around: all_varchar = true.
#
# Where it touches Lookscape: a kind never changes a value, and texts are what was written in every place
# (tests/catalogue/columns/test_values_stay.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1
printf 'release,season,sold,vegan\n3.10,1E5,25/01/2024,yes\n3.9,2E5,26/01/2024,no\n' > shoes.csv
venv/bin/python - <<'PY'
import duckdb

TEXTS = "select release::varchar, season::varchar, sold::varchar, vegan::varchar from"
kinds = [kind for _, kind, *_ in duckdb.sql("describe from 'shoes.csv'").fetchall()]
print(kinds, duckdb.sql("from 'shoes.csv'").fetchall()[0])
assert kinds == ["DOUBLE", "DOUBLE", "DATE", "BOOLEAN"], kinds
of_file = duckdb.sql(f"{TEXTS} 'shoes.csv'").fetchall()[0]
duckdb.sql("create table shoes as from 'shoes.csv'")
of_table = duckdb.sql(f"{TEXTS} shoes").fetchall()[0]
beside = duckdb.sql(f"{TEXTS} 'shoes.csv' where season > 0").fetchall()[0]
mixed = duckdb.sql("select release::varchar, release from 'shoes.csv'").fetchall()[0]
print("of the file:", of_file)
print("of a table: ", of_table)
print("with a comparison:", beside)
print("beside the column itself:", mixed)
AS_WRITTEN, AS_VALUES = ("3.10", "1E5", "25/01/2024", "yes"), ("3.1", "100000.0", "2024-01-25", "true")
assert of_file == AS_WRITTEN, of_file
assert of_table == beside == AS_VALUES, (of_table, beside)
assert mixed == ("3.1", 3.1), mixed
PY
