#!/bin/bash
# pandas.read_json makes dates of a column that was said to be text, because of the column's name.
#
# pandas 3.1.1, Linux. A frame of texts goes through to_json() and read_json(). Quoted "0042" comes back as 42 and "1E5"
# as 100000.0, and EANs in a column called `modified` as days in the year 2096. Saying dtype={"modified": "str"} or
# dtype_backend="numpy_nullable" keeps other columns and not this one: names such as date, modified, timestamp, and
# those that end in _at or _time, are turned into dates first. Ways around: dtype=False, or orient="table" on both
# sides.
#
# Where it touches Lookscape: JSON lines are read with every value as written (src/lookscape/catalogue/tables); a kind
# is learned from values, never from a word in a name alone (docs/kinds.md).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pandas==3.1.1
venv/bin/python - <<'PY'
import io

import pandas as pd

EANS = ["4006381333931", "4006381333948"]
frame = pd.DataFrame({"style": ["0042", "0043"], "season": ["1E5", "2E5"], "modified": EANS, "ean": EANS})
assert set(map(str, frame.dtypes)) == {"str"}, frame.dtypes
written = frame.to_json(orient="records")
assert '"style":"0042"' in written and '"modified":"4006381333931"' in written


def back(**how):
    return pd.read_json(io.StringIO(written), **how)


plain = back()
assert plain["style"].tolist() == [42, 43] and plain["season"].tolist() == [100000.0, 200000.0]
assert plain["modified"].dt.year.tolist() == [2096, 2096] and plain["ean"].tolist() == [4006381333931, 4006381333948]
print("as it is:", plain.iloc[0].to_dict())
said = back(dtype={"style": "str", "season": "str", "modified": "str", "ean": "str"})
nullable = back(dtype_backend="numpy_nullable")
for found in (said, nullable):
    assert found["modified"].dt.year.tolist() == [2096, 2096], found
    print("said to be text:", found.iloc[0].to_dict())
assert nullable["style"].tolist() == ["0042", "0043"] and nullable["ean"].tolist() == EANS
assert back(dtype=False)["modified"].tolist() == EANS
table = pd.read_json(io.StringIO(frame.to_json(orient="table")), orient="table")
assert table["modified"].tolist() == EANS and table["style"].tolist() == ["0042", "0043"]
PY
