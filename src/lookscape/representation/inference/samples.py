"""Drawn pictures on which an engine's arithmetic is compared with torch: blurred discs of many colours and sizes.

Noise would be no test: networks answer it with small, similar activations, and rounding weighs more than in photos.
"""

import cv2
import numpy as np

from lookscape.representation.protocol import ImageU8


def pictures(count: int, *, side: int) -> list[ImageU8]:
    """Squares of side x side x 3; always the same ones."""
    random = np.random.default_rng(0)
    return [_picture(random, side) for _ in range(count)]


def _picture(random: np.random.Generator, side: int) -> ImageU8:
    canvas = np.full((side, side, 3), random.integers(160, 256, 3), np.uint8)
    for _ in range(30):
        centre = (int(random.integers(side)), int(random.integers(side)))
        radius = int(random.integers(1, max(2, side // 4)))
        colour = [int(value) for value in random.integers(0, 256, 3)]
        cv2.circle(canvas, centre, radius, colour, thickness=-1, lineType=cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), side / 150), np.uint8)
