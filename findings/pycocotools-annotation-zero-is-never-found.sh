#!/bin/bash
# COCO annotations whose ids begin at 0: pycocotools counts the detection of the one with id 0 as wrong, however right.
#
# pycocotools 2.0.11, Linux. The format's description asks for unique ids and no more, and exporters that count from 0
# make such files. COCOeval keeps the id of the matched annotation in an array of zeros and takes zero for "none", so that
# a perfect detector of one box has AP 0.0 where it has 1.0 with the id 1; with n boxes it loses one, in silence.
# `COCO.loadRes`, `getAnnIds` and `loadAnns` treat the id 0 as any other.
#
# Where it touches Lookscape: its COCO export numbers from 1 (src/lookscape/services/labels/formats/coco.py), and its COCO
# source takes ids of any kind (src/lookscape/catalogue/sources/coco.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pycocotools==2.0.11
venv/bin/python - <<'PY'
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

BOX = [10, 10, 50, 50]


def precision(first, boxes):
    """Average precision of a detector that finds each box where it is, ids counted from `first`."""
    images = [{"id": number, "width": 100, "height": 100} for number in range(boxes)]
    common = {"category_id": 1, "bbox": BOX, "area": 2500, "iscrowd": 0}
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": images,
        "categories": [{"id": 1, "name": "boot"}],
        "annotations": [{"id": first + image["id"], "image_id": image["id"], **common} for image in images],
    }
    truth.createIndex()
    assert truth.loadAnns(first)[0]["bbox"] == BOX
    found = truth.loadRes([{"image_id": n, "category_id": 1, "bbox": BOX, "score": 0.9} for n in range(boxes)])
    judged = COCOeval(truth, found, "bbox")
    judged.evaluate()
    judged.accumulate()
    judged.summarize()
    return round(float(judged.stats[0]), 3)


with contextlib.redirect_stdout(io.StringIO()):
    got = {(first, boxes): precision(first, boxes) for boxes in (1, 4) for first in (1, 0)}
for (first, boxes), value in got.items():
    print(f"{boxes} boxes, ids from {first}: AP {value}")
assert got[1, 1] == got[1, 4] == 1.0
assert got[0, 1] == 0.0 and got[0, 4] < 1.0, "the annotation with id 0 is found now"
PY
