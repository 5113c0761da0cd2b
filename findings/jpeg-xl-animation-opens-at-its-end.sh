#!/bin/bash
# A JPEG XL that moves: Pillow with pillow-jxl-plugin shows its last frame, says that it does not move, and saves that.
#
# pillow-jxl-plugin 1.3.8 with Pillow 13.0.0 (imagecodecs 2026.3.6 as writer and second reader), Linux. Three frames, red,
# green, blue: imagecodecs gives three, the first one red. The plugin opens the file blue, n_frames 1, is_animated False.
# The same three as GIF, WebP, PNG and AVIF open red, with 3 frames. So whoever takes "the first frame" by Pillow's rule
# shows another picture for this one format.
#
# Where it touches Lookscape: the header tells a picture that moves (have_animation, ISO 18181-1), and its first frame is
# decoded by imagecodecs (src/lookscape/catalogue/imaging/_jxl.py, tests/catalogue/imaging/test_imaging_formats.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 pillow-jxl-plugin==1.3.8 imagecodecs==2026.3.6 numpy==2.4.6
venv/bin/python - <<'PY'
import io

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401 - registers itself
from PIL import Image

COLOURS = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
frames = np.stack([np.full((64, 96, 3), colour, np.uint8) for colour in COLOURS])
jxl = imagecodecs.jpegxl_encode(frames, lossless=True, photometric="rgb")
assert [tuple(int(level) for level in frame[0, 0]) for frame in imagecodecs.jpegxl_decode(jxl)] == COLOURS
with Image.open(io.BytesIO(jxl)) as image:
    seen = image.getpixel((0, 0)), image.n_frames, image.is_animated
print("JXL ", *seen)
assert seen == (COLOURS[2], 1, False), "the plugin shows another frame now"

first, *rest = map(Image.fromarray, frames)
for name in ("GIF", "WEBP", "PNG", "AVIF"):
    out = io.BytesIO()
    first.save(out, name, save_all=True, append_images=rest, **({"lossless": True} if name == "WEBP" else {}))
    with Image.open(out) as image:
        colour, count = image.convert("RGB").getpixel((0, 0)), image.n_frames
    print(f"{name:4}", colour, count)
    assert count == 3
    assert max(abs(one - other) for one, other in zip(colour, COLOURS[0])) < 9
PY
