#!/bin/bash
# LightlyStudio's COCO export has annotations without id, area and iscrowd: pycocotools ends with KeyError: 'id'.
#
# lightly-studio 1.2.0, pycocotools 2.0.11, Linux. A COCO file with all fields is taken in whole, and
# `dataset.export().to_coco_object_detections(...)` gives image_id, category_id and bbox of each annotation alone, absolute
# paths as file names, ids of images and categories from 0, no supercategories.
#
# Where it touches Lookscape: `annotate import` and COCO as a source need none of these ids, and a category called
# colour=red says its attribute without a supercategory (peers/in_lightly_studio.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet lightly-studio==1.2.0 pycocotools==2.0.11
export HOME=$dir LIGHTLY_STUDIO_ANALYTICS_ENABLED=false
venv/bin/python - <<'PY'
import json
from pathlib import Path

from PIL import Image

Path("photos").mkdir()
Image.new("RGB", (50, 40), (200, 0, 0)).save("photos/side.jpg")
box = {"bbox": [0, 0, 50, 40], "area": 2000, "iscrowd": 0, "segmentation": [[0, 0, 50, 0, 50, 40, 0, 40]]}
document = {
    "info": {},
    "images": [{"id": 7, "file_name": "side.jpg", "width": 50, "height": 40}],
    "categories": [{"id": 3, "name": "red", "supercategory": "colour"}],
    "annotations": [{"id": 9, "image_id": 7, "category_id": 3, **box}],
}
Path("coco.json").write_text(json.dumps(document))

import lightly_studio
from pycocotools.coco import COCO

COCO("coco.json")
lightly_studio.db_manager.connect(db_file="studio.db", cleanup_existing=True)
data = lightly_studio.ImageDataset.create("shoes")
data.add_samples_from_coco(annotations_json="coco.json", images_path="photos", embed=False, embed_annotations=False)
data.export().to_coco_object_detections("theirs.json")
theirs = json.loads(Path("theirs.json").read_text())
print(theirs)
assert theirs["annotations"] == [{"image_id": 0, "category_id": 0, "bbox": [0.0, 0.0, 50.0, 40.0]}], theirs
assert theirs["categories"] == [{"id": 0, "name": "red"}], theirs
try:
    COCO("theirs.json")
except KeyError as error:
    print("pycocotools: KeyError", error)
    assert error.args == ("id",)
else:
    raise SystemExit("pycocotools reads it now")
PY
