#!/bin/bash
# Label Studio's two flat exports disagree on what `name` and `id` are, where tasks have fields called so.
#
# label-studio-sdk 2.1.2, Linux. Tasks with the data {"image", "name": "Runner", "id": "SKU7"} and a <Choices name="name">,
# of which the first is annotated. JSON_MIN writes the choice over the field: `name` is the label where there is one,
# and the product's own name where there is none, so a reader takes "Boot" for a label; `id` is the number of the task and
# SKU7 is gone. CSV of the same tasks keeps the field as `_data_name` and leaves the label empty; there `id` is SKU7, and
# the number of the task is gone.
#
# Where it touches Lookscape: `annotate export --format label-studio` calls a control attribute[name] where a field or
# column is called so, `annotate import` reads it back from both, and takes `_data_...` for no label
# (tests/tools/test_files_of_other_programs.py, peers/label_studio.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet label-studio-sdk==2.1.2
venv/bin/python - <<'PY'
import csv
import json
from pathlib import Path

from label_studio_sdk.converter import Converter

choice = {"id": "r", "from_name": "name", "to_name": "image", "type": "choices", "value": {"choices": ["on the sole"]}}
tasks = [
    {"id": 1, "data": {"image": "a.jpg", "name": "Runner", "id": "SKU7"}, "annotations": [{"id": 5, "result": [choice]}]},
    {"id": 2, "data": {"image": "b.jpg", "name": "Boot", "id": "SKU8"}, "annotations": [{"id": 6, "result": []}]},
]
Path("tasks.json").write_text(json.dumps(tasks))
form = '<View><Image name="image" value="$image"/><Choices name="name" toName="image"><Choice value="on the sole"/></Choices></View>'
converter = Converter(form, "project")
for kind in ("JSON_MIN", "CSV"):
    converter.convert("tasks.json", kind, kind, is_dir=False)
flat = json.loads(Path("JSON_MIN/result.json").read_text())
[table] = Path("CSV").glob("*.csv")
rows = list(csv.DictReader(table.open()))
print("JSON_MIN:", [(one["id"], one["name"]) for one in flat])
print("CSV:     ", [(one["id"], one["name"], one["_data_name"]) for one in rows])
assert [(one["id"], one["name"]) for one in flat] == [(1, "on the sole"), (2, "Boot")], flat
assert not any("SKU" in str(value) or value == "Runner" for one in flat for value in one.values()), flat
assert [(one["id"], one["name"], one["_data_name"]) for one in rows] == [
    ("SKU7", "on the sole", "Runner"),
    ("SKU8", "", "Boot"),
], rows
PY
