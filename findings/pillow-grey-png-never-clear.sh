#!/bin/bash
# A grey PNG of 2 or 4 bits whose one grey is transparent: Pillow shows it opaque, libpng transparent. So with 16 bits.
#
# Pillow 13.0.0 (imagecodecs 2026.3.6 with libpng as second reader), Linux. tRNS gives the grey in the depth of the file
# (PNG 3, 11.3.1.1): 12 of 15. Pillow scales the pixels to 8 bits, 204, and leaves 12 in info["transparency"], which
# no pixel has: convert("RGBA") is opaque everywhere, and saved again the wrong grey is in the file. In 8 bits it is
# right. Of 16 bits has_transparency_data is True, and convert("RGBA") opaque and clipped to 255. Small icons and line
# drawings of spare parts that an optimiser has made small are such files: they come out on black or grey.
#
# Where it touches Lookscape: the grey is scaled as the pixels are, and heeded in 16 bits
# (src/lookscape/catalogue/imaging/_png.py, _colour.py, tests/catalogue/imaging/test_imaging_formats.py).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 imagecodecs==2026.3.6 numpy==2.4.6
venv/bin/python - <<'PY'
import io
import struct
import zlib

import imagecodecs
from PIL import Image


def png(depth, row, clear):
    """Eight equal rows of eight pixels."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, depth, 0, 0, 0, 0)),
        (b"tRNS", struct.pack(">H", clear)),
        (b"IDAT", zlib.compress((b"\0" + row) * 8)),
        (b"IEND", b""),
    )
    parts = [struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


FILES = {  # depth: a row of eight greys, its first the transparent one
    2: (bytes([0b10_00_01_11, 0b10_00_01_11]), 2),
    4: (bytes([0xC0, 0x12, 0x34, 0x56]), 12),
    8: (bytes([204, 0, 1, 2, 3, 4, 5, 6]), 204),
    16: (struct.pack(">8H", 52428, 0, 1, 2, 3, 4, 5, 6), 52428),
}
for depth, (row, clear) in FILES.items():
    data = png(depth, row, clear)
    with Image.open(io.BytesIO(data)) as image:
        info, grey = image.info["transparency"], image.getpixel((0, 0))
        alpha = image.convert("RGBA").getpixel((0, 0))[3]
    libpng = imagecodecs.png_decode(data)
    print(f"{depth:2} bits: pixel {grey}, transparency {info}, opacity by Pillow {alpha}, by libpng {int(libpng[0, 0, -1])}")
    assert libpng.shape[2] == 2
    assert libpng[0, 0, -1] == 0
    assert alpha == (0 if depth == 8 else 255), "Pillow heeds it now"
PY
