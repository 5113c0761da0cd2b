#!/bin/bash
# Hugging Face datasets: one row of metadata beside class folders drops the classes and every other photo, also when asked
# for labels; a file name with the word test in it drops every photo but that one.
#
# datasets 5.2.0, Linux. Folders boot/ and heel/ of two photos each load as four rows of image and label. With a
# metadata.csv of one row beside them there is one row of image and product_id: no warning, and drop_labels=False, which
# is said to keep the labels, changes nothing. Without metadata, and one of the four called side_test_1.jpg, there is one
# row, in a split test, again without a word. A class folder called train is taken for a split: its photos load without
# label, those of the other class not at all.
#
# Where it touches Lookscape: copies of `clean export` are called by their hash, a row stands for every photo, and the
# table lies beside them; `ingest` reads every photo that a table does not name, and says which folder it took for a split
# (docs/exports.md, peers/in_datasets.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet datasets==5.2.0 pillow==12.3.0
export HOME=$dir HF_HUB_OFFLINE=1
venv/bin/python - <<'PY'
import shutil
from pathlib import Path

from datasets import load_dataset
from PIL import Image


def made(name, rename=(), rows=()):
    for number, place in enumerate(("boot/side", "boot/top", "heel/side", "heel/top")):
        path = Path(name, f"{place}.jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (50, 40), (60 * number, 0, 0)).save(path)
    for old, new in rename:
        Path(name, old).rename(Path(name, new))
    if rows:
        Path(name, "metadata.csv").write_text("\n".join(rows) + "\n")
    return name


def found(name, **asked):
    loaded = load_dataset("imagefolder", data_dir=name, cache_dir=f"cache-{name}-{len(asked)}", **asked)
    return {split: (len(rows), rows.column_names) for split, rows in loaded.items()}


plain, both = made("plain"), made("both", rows=("file_name,product_id", "boot/side.jpg,P1"))
word = made("word", rename=[("boot/side.jpg", "boot/side_test_1.jpg")])
train = made("class", rename=[("boot", "train")])
said = [found(plain), found(both), found(both, drop_labels=False), found(word), found(train)]
print(*said, sep="\n")
one_row = {"train": (1, ["image", "product_id"])}
assert said == [
    {"train": (4, ["image", "label"])},
    one_row,
    one_row,
    {"test": (1, ["image"])},
    {"train": (2, ["image"])},
], said
PY
