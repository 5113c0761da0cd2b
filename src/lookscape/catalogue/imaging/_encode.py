"""Pixels to files: the stored blob, and thumbnails for pages."""

import io

import cv2
import numpy as np
from PIL import Image

from lookscape.catalogue.imaging._square import ImageU8


def encode_jpeg(pixels: ImageU8, *, quality: int = 92) -> bytes:
    """H x W x 3 RGB as a JPEG with full colour resolution (a red line on white stays red); `quality` 1 to 100."""
    options = (
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    )
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    return bytes(encoded)


def encode_webp(pixels: ImageU8, *, quality: int = 80) -> bytes:
    """H x W x 3 RGB as a WebP: half the bytes of a JPEG. Effort 2 of 6 takes half the time of the default."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()
