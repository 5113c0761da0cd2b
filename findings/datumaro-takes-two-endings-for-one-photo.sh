#!/bin/bash
# Datumaro knows a photo by its path without the ending: a COCO or CVAT file with a/side.jpg and a/side.png is refused whole.
#
# datumaro 1.13.12, Linux. COCO's file_name and CVAT's image name are two different names, pycocotools loads the file,
# and both photos are there. Datumaro, whose readers CVAT imports with, takes both for item a/side: "Item ('a/side',
# 'default') is repeated in the source sequence". An editor's and a shop's copy of one picture, side.jpg and side.png, lie
# beside each other in many folders.
#
# Where it touches Lookscape: files are told by their whole names everywhere, and a missing ending is passed over only
# where one file alone is meant; docs/exports.md says what Datumaro makes of such names.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet datumaro==1.13.12 pycocotools==2.0.11
venv/bin/python - <<'PY'
import json
import logging
from pathlib import Path

from PIL import Image

logging.disable(logging.CRITICAL)
import datumaro
from datumaro.components.errors import DatasetImportError, RepeatedItemError
from pycocotools.coco import COCO

names = ["a/side.jpg", "a/side.png", "a/top.jpg"]
for form in ("coco", "cvat"):
    for number, name in enumerate(names):
        path = Path(form, "images", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (50, 40), (60 * number, 0, 0)).save(path)
size = {"width": 50, "height": 40}
box = {"bbox": [0, 0, 50, 40], "area": 2000, "iscrowd": 0, "segmentation": [[0, 0, 50, 0, 50, 40, 0, 40]]}
document = {
    "info": {},
    "images": [{"id": n, "file_name": name, **size} for n, name in enumerate(names, 1)],
    "categories": [{"id": 1, "name": "red", "supercategory": ""}],
    "annotations": [{"id": n, "image_id": n, "category_id": 1, **box} for n in (1, 2, 3)],
}
Path("coco/annotations").mkdir()
Path("coco/annotations/instances_default.json").write_text(json.dumps(document))
images = "".join(
    f'<image id="{n}" name="{name}" width="50" height="40"><tag label="red" source="manual"/></image>'
    for n, name in enumerate(names)
)
labels = "<labels><label><name>red</name><attributes/></label></labels>"
Path("cvat/annotations.xml").write_text(
    f"<annotations><version>1.1</version><meta><task><mode>annotation</mode>{labels}</task></meta>{images}</annotations>"
)
assert len(COCO("coco/annotations/instances_default.json").imgs) == 3
said = {}
for form, kind in (("coco", "coco_instances"), ("cvat", "cvat")):
    try:
        said[form] = [item.id for item in datumaro.Dataset.import_from(form, kind)]
    except (RepeatedItemError, DatasetImportError) as error:
        said[form] = str(error.__cause__ or error)
print(said)
for form in ("coco", "cvat"):
    assert "('a/side', 'default') is repeated" in said[form], said
PY
