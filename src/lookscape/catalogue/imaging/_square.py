"""Making a photo square without bending it: shrink, then pad on its own background colour."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

ImageU8 = NDArray[np.uint8]
Part = tuple[float, float, float, float]
"""Left, top, right, bottom of a box, as fractions of width and height."""

_BORDER = 2
_CLOSE = 24

# Pixels of the border that are looked at; more tell no more.
_SAMPLE = 1024


def background_colour(pixels: ImageU8) -> tuple[int, int, int]:
    """The colour a photo stands on, from its outermost two pixels all round; `pixels` is H x W x 3.

    The median of the border if at least half of the border is within 24 levels of it in every channel (a studio
    photo). Otherwise (a room, a street) the median of the commonest of 4,096 coarse colours, for the plain median
    could be a colour that is nowhere in the photo.
    """
    border = np.concatenate(
        [
            pixels[:_BORDER].reshape(-1, 3),
            pixels[-_BORDER:].reshape(-1, 3),
            pixels[:, :_BORDER].reshape(-1, 3),
            pixels[:, -_BORDER:].reshape(-1, 3),
        ]
    )
    border = border[:: -(-len(border) // _SAMPLE)]
    middle = _median(border)
    close = (np.abs(border.astype(np.int16) - middle) <= _CLOSE).all(axis=1)
    if 2 * np.count_nonzero(close) >= len(border):
        border = border[close]
    else:
        coarse = (border >> 4).astype(np.int32) @ np.array([256, 16, 1])
        border = border[coarse == np.bincount(coarse).argmax()]
    red, green, blue = (int(value) for value in _median(border))
    return red, green, blue


def shrink(pixels: ImageU8, *, size: tuple[int, int]) -> ImageU8:
    """Area-averaged to `size` (width, height); the same array when it has that size already."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(pixels: ImageU8, *, side: int) -> ImageU8:
    """H x W x 3 with the longer side at most `side` pixels, contiguous in memory; never enlarged."""
    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    return shrink(pixels, size=(max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))))


def cut(pixels: ImageU8, part: Part) -> ImageU8:
    """The pixels inside a box, at least one."""
    height, width, _ = pixels.shape
    left, top = min(int(part[0] * width), width - 1), min(int(part[1] * height), height - 1)
    right, bottom = max(math.ceil(part[2] * width), left + 1), max(math.ceil(part[3] * height), top + 1)
    return pixels[top:bottom, left:right]


def pad_to_square(pixels: ImageU8) -> ImageU8:
    """H x W x 3 centred on a square of the longer side, filled with the background colour."""
    height, width, _ = pixels.shape
    if height == width:
        return pixels
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    bottom, right = side - height - top, side - width - left
    colour = background_colour(pixels)
    square = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(square, np.uint8)


def upright(pixels: ImageU8, *, orientation: int) -> ImageU8:
    """Undo an EXIF orientation (Exif 2.32, table 4): 2 mirrored, 3 upside down, 6 and 8 on their side, ..."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _median(colours: ImageU8) -> NDArray[np.int16]:
    """The lower median of each column, a value that occurs in it."""
    middle = (len(colours) - 1) // 2
    return np.asarray(np.partition(colours, middle, axis=0)[middle], np.int16)
