"""From a photo of any size to the square a network reads, without bending it."""

import io

import cv2
import numpy as np
from PIL import Image

from lookscape.catalogue.imaging import background_colour
from lookscape.errors import PhotoError
from lookscape.representation.protocol import ImageU8


def square(photo: ImageU8, *, side: int) -> ImageU8:
    """H x W x 3 scaled to fit and centred on a side x side x 3 square of the photo's own background colour."""
    height, width, _ = photo.shape
    if height == width == side:
        return photo
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    scaled = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if height == width:
        return np.asarray(scaled, np.uint8)
    canvas = np.empty((side, side, 3), np.uint8)
    canvas[:] = background_colour(photo)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = scaled
    return canvas


def decode(content: bytes, *, side: int) -> ImageU8:
    """A stored photo's pixels, at half, a quarter or an eighth of its size while that is still at least `side`.

    JPEG decoders shrink by powers of two almost for free. For blobs that ingest wrote, not for files from outside.
    Raises PhotoError when the bytes are damaged.
    """
    try:
        with Image.open(io.BytesIO(content)) as header:
            factor = max(header.size) // side
    except (OSError, Image.DecompressionBombError) as error:
        raise PhotoError("the stored photo is damaged; ingest it again") from error
    flags = next((flags for least, flags in _REDUCED if factor >= least), cv2.IMREAD_COLOR_RGB)
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise PhotoError("the stored photo is damaged; ingest it again")
    if flags != cv2.IMREAD_COLOR_RGB:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    return np.asarray(pixels, np.uint8)


_REDUCED = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)
