#!/bin/bash
# The same file holds other days when DuckDB reads another file before it.
#
# duckdb 2.0.1, Linux. m-january.csv holds 01/02/2024 and 01/03/2024. By itself DuckDB says the first of February and of
# March. Given as the second of two files, behind one with 01/25/2024, the same rows are the second and the third of
# January: the form of dates is found in the first file and applied to all, while one that fits both orders is read with
# the day first, without a word. Adding a file to a folder so changes days that were there before, by the order of
# names. Way around: read_csv(..., dateformat = '%m/%d/%Y').
#
# Where it touches Lookscape: a column of dates that all fit both orders is not one of dates, and `info` says why; a
# person says which (docs/kinds.md).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet duckdb==2.0.1
mkdir shop
printf 'sold\n01/02/2024\n01/03/2024\n' > shop/m-january.csv
venv/bin/python - <<'PY'
import duckdb

ASKED = "select sold from read_csv('shop/*.csv', filename = true) where filename like '%january%'"


def days(asked):
    return [str(day) for (day,) in duckdb.sql(asked).fetchall()]


alone = days(ASKED)
print("m-january.csv by itself:", alone)
assert alone == ["2024-02-01", "2024-03-01"], alone
with open("shop/a-late.csv", "w") as file:
    file.write("sold\n01/25/2024\n01/26/2024\n")
beside = days(ASKED)
print("m-january.csv behind another file:", beside)
assert beside == ["2024-01-02", "2024-01-03"], beside
assert days(ASKED.replace("filename = true", "filename = true, dateformat = '%m/%d/%Y'")) == beside
PY
