#!/bin/bash
# The same picture in 8 and in 16 bits, written as JPEG XL by imagecodecs: the second is shown much brighter.
#
# imagecodecs 2026.3.6, read by pillow-jxl-plugin 1.3.8 with Pillow 13.0.0, Linux. jpegxl_encode() takes bytes for sRGB,
# and 16-bit integers and floats for linear light: it writes RGB_D65_SRG_Rel_Lin into the file. A grey of 50 of 255 comes
# back as 50 from 8 bits; 50 * 257 of 65,535 comes back as 50 with that profile, which any viewer that heeds it shows as
# 122. Its own decoder gives the numbers back unchanged, so a round trip shows nothing. Way around: decode the light with
# 16 bits and write bytes, or code the values as light before. And the plugin makes 8 bits of deep colours without coding
# them: of 256 shadows of the darkest hundredth of the light 3 are left, whatever is done with the profile later.
#
# Where it touches Lookscape: profiles of linear light are told, and such pictures are decoded in full depth and coded
# before they become bytes (src/lookscape/catalogue/imaging/_jxl.py, tests/catalogue/imaging/test_imaging_formats.py).
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
from PIL import Image, ImageCms


def seen(pixels):
    """The stored colour, the name of its profile, and the colour on an sRGB screen."""
    with Image.open(io.BytesIO(imagecodecs.jpegxl_encode(pixels, lossless=True))) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        shown = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
        return image.getpixel((0, 0)), ImageCms.getProfileDescription(profile).strip(), shown.getpixel((0, 0))


grey = np.full((64, 64, 3), 50, np.uint8)
eight, sixteen = seen(grey), seen(grey.astype(np.uint16) * 257)
print("8 bits ", *eight)
print("16 bits", *sixteen)
assert (imagecodecs.jpegxl_decode(imagecodecs.jpegxl_encode(grey.astype(np.uint16) * 257, lossless=True)) == 12850).all()
assert eight[2] == (50, 50, 50)
assert sixteen == ((50, 50, 50), "RGB_D65_SRG_Rel_Lin", (122, 122, 122)), "16 bits are taken for something else now"

ramp = (np.linspace(0, 0.01, 256) * 65535).round().astype(np.uint16)
shadows = imagecodecs.jpegxl_encode(np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (64, 256, 3))), lossless=True)
with Image.open(io.BytesIO(shadows)) as image:
    left = len(np.unique(np.asarray(image)))
print("of", len(np.unique(imagecodecs.jpegxl_decode(shadows))), "shadows the plugin leaves", left)
assert left <= 4
PY
