#!/bin/bash
# Two tables with the same unique 18-digit codes, one with an empty cell: pandas joins each code to all others.
#
# pandas 3.1.1, Linux. An empty cell makes the column of shipping codes (SSCC, 18 digits) float64, in which codes that
# differ in their last digits are one number; without a gap it is int64. merge() compares the two as floats: two priced
# codes and three in stock give six rows in place of two, without a warning, which pandas has for floats that are no
# whole numbers alone. Before the merge the keys look right: the right side says that they are unique. Way around:
# read_csv(..., dtype={"sscc": str}), dtype_backend="numpy_nullable", or validate="one_to_one".
#
# Where it touches Lookscape: codes are text from the table to every export (docs/kinds.md).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pandas==3.1.1
printf 'sscc,price\n340123450000000018,1\n,2\n340123450000000032,3\n' > prices.csv
printf 'sscc,stock\n340123450000000018,10\n340123450000000025,20\n340123450000000032,30\n' > stock.csv
venv/bin/python - <<'PY'
import warnings

import pandas as pd

warnings.simplefilter("error")


def joined(**how):
    prices, stock = (pd.read_csv(name, **how) for name in ("prices.csv", "stock.csv"))
    return prices, stock, prices.dropna().merge(stock, on="sscc")


prices, stock, both = joined()
assert (str(prices["sscc"].dtype), str(stock["sscc"].dtype), stock["sscc"].is_unique) == ("float64", "int64", True)
print(both)
assert len(both) == 6, both
assert sorted(zip(both["price"], both["stock"])) == [(1, 10), (1, 20), (1, 30), (3, 10), (3, 20), (3, 30)]
for how in ({"dtype": {"sscc": str}}, {"dtype_backend": "numpy_nullable"}):
    right = joined(**how)[2]
    assert sorted(zip(right["price"], right["stock"])) == [(1, 10), (3, 30)], right
print("as text or Int64:", len(right), "rows")
PY
