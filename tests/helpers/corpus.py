"""Photos made on the spot, and the damaged ones that the benchmarks use too."""

import importlib.util
import io
import sys
from pathlib import Path

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - Pillow writes JPEG XL with it
import tifffile
from PIL import Image

_PATH = Path(__file__).parents[2] / "benchmarks" / "_damage.py"
_spec = importlib.util.spec_from_file_location("_damage", _PATH)
damage = importlib.util.module_from_spec(_spec)
sys.modules["_damage"] = damage
_spec.loader.exec_module(damage)


def smooth(width=96, height=64):
    """A photo without hard edges, so that lossy formats keep it closely: three ramps."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.round(np.stack([40 + 180 * x, 220 - 150 * y, 60 + 120 * x * y], -1)).astype(np.uint8)


def encoded(image, photo_format, **options):
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    out = io.BytesIO()
    image.save(out, photo_format, **options)
    return out.getvalue()


def heif(*images, **options):
    """A HEIC; of several pictures the first is the primary one unless `primary_index` says another."""
    first, *rest = (Image.fromarray(image) if isinstance(image, np.ndarray) else image for image in images)
    file = pillow_heif.from_pillow(first)
    for image in rest:
        file.add_from_pillow(image)
    out = io.BytesIO()
    file.save(out, **{"quality": 95, **options})
    return out.getvalue()


def tiff(pixels, **options):
    """Planes first when `planarconfig` says so."""
    out = io.BytesIO()
    if options.get("planarconfig") == "separate":
        pixels = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


def psnr(a, b):
    error = np.mean((np.asarray(a, float) - np.asarray(b, float)) ** 2)
    return 10 * np.log10(255**2 / max(error, 1e-9))
