"""Drawn subjects whose measures are known."""

import cv2
import numpy as np

from lookscape.catalogue.imaging import ImageU8

WHITE = (255, 255, 255)
NAVY = (37, 54, 94)
RED = (194, 32, 44)
BLACK = (28, 28, 30)

LENGTH, COLLAR, TOE, SOLE = 200, 0.50, 0.20, 0.10
"""The shoe is LENGTH pixels long at scale 1; its heights above the ground are in lengths."""


def shoe(
    *,
    scale: float = 1.0,
    margin: int = 20,
    upper: tuple[int, int, int] = NAVY,
    sole: tuple[int, int, int] = RED,
    ground: tuple[int, int, int] = WHITE,
    heights: tuple[float, float, float] = (COLLAR, TOE, SOLE),
) -> ImageU8:
    """A square photo of a shoe facing right: a shaft, a straight instep falling to a flat toe box, a band as sole."""
    length = round(LENGTH * scale)
    side = length + 2 * margin
    photo = np.full((side, side, 3), ground, np.uint8)
    floor = side // 2 + length // 4

    def place(points: list[tuple[float, float]]) -> np.ndarray:
        return np.array([(margin + x * (length - 1), floor - y * length) for x, y in points]).round().astype(np.int32)

    collar, toe, thickness = heights
    outline = [(0, 0), (0, collar), (0.4, collar), (0.75, toe), (1, toe), (1, 0)]
    cv2.fillPoly(photo, [place(outline)], upper)
    cv2.fillPoly(photo, [place([(0, 0), (0, thickness), (1, thickness), (1, 0)])], sole)
    return photo


def block(size: tuple[int, int], colour: tuple[int, int, int], *, side: int = 240) -> ImageU8:
    """A rectangle (width, height) in the middle of a white square."""
    photo = np.full((side, side, 3), 255, np.uint8)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    photo[top : top + size[1], left : left + size[0]] = colour
    return photo
