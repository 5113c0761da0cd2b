#!/bin/bash
# A picture with opacity, reduced to few colours and saved as GIF by Pillow: every colour but the first is another one.
#
# Pillow 13.0.0 (OpenCV 5.0.0 as second reader), Linux. Image.quantize() of RGBA gives mode P with a palette of four
# bytes a colour. The GIF writer puts these bytes into a table of three a
# colour: red becomes (128, 128, 255). No error; the numbers of colours and pixels are right, and OpenCV sees the same wrong
# colours, so it is the file. PNG, TIFF and BMP of the same image are right, and so is a GIF saved from RGBA directly.
# Way around: save the RGBA picture itself, or quantize its convert("RGB").
#
# Where it touches Lookscape: the GIFs that it writes are of RGB pictures (src/lookscape/representation/training/
# filmstrip.py, latents/drawings.py); photos that come as such GIFs look as they were sent.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
venv/bin/python - <<'PY'
import io

import cv2
import numpy as np
from PIL import Image

COLOURS = [(200, 40, 40), (40, 180, 40), (40, 40, 200), (128, 128, 128)]
photo = Image.new("RGBA", (320, 240))
PLACES = [(0, 0), (160, 0), (0, 120), (160, 120)]
for place, colour in zip(PLACES, COLOURS):
    photo.paste((*colour, 255), (*place, place[0] + 160, place[1] + 120))
few = photo.quantize(8)


def colours(image):
    return [image.convert("RGB").getpixel((x + 80, y + 60)) for x, y in PLACES]


def saved(image, name):
    out = io.BytesIO()
    image.save(out, name)
    return out.getvalue()


def read(data):
    return colours(Image.open(io.BytesIO(data)))


assert (few.mode, few.palette.mode, colours(few)) == ("P", "RGBA", COLOURS)
for name in ("PNG", "TIFF", "BMP", "GIF"):
    print(f"{name:4} of few colours", read(saved(few, name)))
print("GIF  of RGBA       ", read(saved(photo, "GIF")))
assert all(read(saved(few, name)) == COLOURS for name in ("PNG", "TIFF", "BMP"))
assert read(saved(photo, "GIF")) == read(saved(photo.convert("RGB").quantize(8), "GIF")) == COLOURS
wrong = read(saved(few, "GIF"))
assert wrong != COLOURS, "the palette is right now"
assert wrong[0] == (128, 128, 255), wrong
other = cv2.imdecode(np.frombuffer(saved(few, "GIF"), np.uint8), cv2.IMREAD_COLOR_RGB)
assert [tuple(int(level) for level in other[y + 60, x + 80]) for x, y in PLACES] == wrong
PY
