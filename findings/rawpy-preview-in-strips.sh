#!/bin/bash
# A DNG whose preview is a JPEG in several strips: rawpy gives the first strip as the whole preview, without a word.
#
# rawpy 0.28.0 with LibRaw 0.22.2 (tifffile 2026.3.3 with imagecodecs 2026.3.6 as writer and second reader), Linux. DNG
# lets a preview be "in strips or tiles" like any TIFF picture, each strip of compression 7 a JPEG of its own. With one
# strip of 1,200 x 800 extract_thumb() gives 1,200 x 800; with strips of 112 rows it gives a JPEG of 1,200 x 112, format
# JPEG, no error: the top of the photo. tifffile reads all 800 rows of the same file. Of several previews the largest is
# taken, also when all of it that is given is a strip and a smaller one is whole.
#
# Where it touches Lookscape: a preview much narrower than the sensor is refused as a strip
# (src/lookscape/catalogue/imaging/_raw.py, tests/catalogue/imaging/test_imaging_raw.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet rawpy==0.28.0 tifffile==2026.3.3 imagecodecs==2026.3.6 pillow==13.0.0 numpy==2.4.6
venv/bin/python - <<'PY'
import io

import numpy as np
import rawpy
import tifffile
from PIL import Image


def dng(*previews):
    """A DNG 1.1 with a mosaic of 1500 x 1000 and JPEGs, each its width and rows to a strip."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        matrix = (1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1)
        tags = [
            *((271, 2, 0, "Maker", True), (272, 2, 0, "One", True), (274, 3, 1, 1, True)),
            *((50706, 1, 4, b"\1\4\0\0", True), (50707, 1, 4, b"\1\1\0\0", True), (50708, 2, 0, "Maker One", True)),
            *((50721, 10, 9, matrix, True), (50728, 5, 3, (1, 1, 1, 1, 1, 1), True), (50778, 3, 1, 21, True)),
        ]
        options = {"photometric": "rgb", "subfiletype": 1, "metadata": None}
        file.write(np.zeros((160, 240, 3), np.uint8), subifds=1 + len(previews), extratags=tags, **options)
        mosaic = [(33421, 3, 2, (2, 2), True), (33422, 1, 4, b"\0\1\1\2", True), (50717, 4, 1, 4095, True)]
        file.write(np.full((1000, 1500), 800, np.uint16), photometric=32803, extratags=mosaic, metadata=None)
        for width, rows in previews:
            ramp = np.tile(np.linspace(0, 255, width * 2 // 3).astype(np.uint8)[:, None, None], (1, width, 3))
            file.write(ramp, compression="jpeg", rowsperstrip=rows, **options)
    return out.getvalue()


def given(data):
    with rawpy.imread(io.BytesIO(data)) as raw:
        preview = raw.extract_thumb()
    assert preview.format == rawpy.ThumbFormat.JPEG
    return Image.open(io.BytesIO(preview.data)).size


whole, strips, both = dng((1200, 800)), dng((1200, 112)), dng((1200, 112), (900, 600))
with tifffile.TiffFile(io.BytesIO(strips)) as file:
    read = file.pages[0].pages[1].asarray()
print("LibRaw", ".".join(map(str, rawpy.libraw_version)))
print("one strip", given(whole), "eight strips", given(strips), "beside a whole smaller one", given(both))
print("tifffile reads of the eight strips", read.shape, "last row", int(read[-1].mean()))
assert given(whole) == (1200, 800)
assert (read.shape, int(read[-1].mean())) == ((800, 1200, 3), 255)
assert (given(strips), given(both)) == ((1200, 112), (1200, 112)), "rawpy gives more than the first strip now"
PY
