"""A product as the orientation check sees it: cut out, in the middle, at one scale, wherever and however it stood.

Place and scale come from the moments of the silhouette, which turn with the product and do not change (Hu 1962). Only
what is inside of the silhouette is seen, so the corners that turning a photo leaves behind tell nothing.

What is learned from are differences between a product and its mirror image: of silhouette and of the directions of
edges (after Dalal & Triggs 2005). They change their sign when the product is mirrored, and so must the answers: a
mirrored product faces the other way and is turned the other way.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checks._orientation.edges import Lines
from lookscape.catalogue.foreground import Mask, find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8

Canvas = NDArray[np.uint8]
"""CANVAS x CANVAS x 2: lightness less the background's about 128, and the silhouette, 0 to 255."""
Features = NDArray[np.float32]

CANVAS = 128
"""Side of the canvas, pixels: room to turn a patch in."""

PATCH, CELLS = 64, 16
"""Side of the patch that is looked at, pixels, and cells along a side."""

NUM_FEATURES = CELLS * CELLS // 2 * 9

_REACH = 2.0
"""From the middle to the side of the patch, in deviations of the silhouette."""

_CONTRAST = 1.2
_QUIET = np.float32(1e-3)
# Edge directions are flat, steep, falling and rising; in a mirror the last two change places.
_MIRRORED = [0, 1, 3, 2, 4, 5, 7, 6, 8]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One photo. `sure` is how sure the silhouette is, 0 to 1.

    What is known without learning: `drop`, how much higher the left half of the silhouette is than the right one, in
    heights; `facing` and `turn` as its short lines have them.
    """

    canvas: Canvas
    sure: float
    drop: float
    facing: float
    turn: float

    @classmethod
    def of(cls, photo: ImageU8) -> "Sight":
        """H x W x 3 sRGB bytes of any size."""
        lab = to_lab(photo)
        found = find_foreground(photo, lab)
        lines = Lines.of(photo)
        return cls(
            canvas=_canvas(lab[..., 0], found.mask),
            sure=found.confidence,
            drop=_drop(found.mask),
            facing=lines.facing,
            turn=lines.turn,
        )


def features(canvas: Canvas, *, turned: float = 0.0) -> Features:
    """NUM_FEATURES numbers of a product that is first turned back by `turned` degrees, that is counter-clockwise."""
    patch = _patch(canvas, turned)
    cells = np.concatenate(
        [_directions(patch[..., 0]), _directions(patch[..., 1]), 2 * _pooled(patch[..., 1:])], axis=2
    )
    half = cells[:, : CELLS // 2] - cells[:, : CELLS // 2 - 1 : -1][..., _MIRRORED]
    return np.asarray(half.ravel(), np.float32)


def _canvas(light: NDArray[np.float32], mask: Mask) -> Canvas:
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    contrast = np.where(mask, light - np.median(border), 0)
    moments = cv2.moments(mask.astype(np.uint8), binaryImage=True)
    middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    deviation = max(float(np.sqrt((moments["mu20"] + moments["mu02"]) / moments["m00"])), 1.0)
    scale = PATCH / (2 * _REACH * deviation)
    both = np.dstack([np.clip(128 + _CONTRAST * contrast, 0, 255), 255.0 * mask]).astype(np.uint8)
    soft = cv2.GaussianBlur(both, (0, 0), max(0.45 / scale, 0.3), borderType=cv2.BORDER_REPLICATE)
    matrix = np.array([[scale, 0, 0], [0, scale, 0]])
    matrix[:, 2] = (CANVAS - 1) / 2 - scale * middle
    return np.asarray(cv2.warpAffine(soft, matrix, (CANVAS, CANVAS), borderValue=(128, 0)), np.uint8)


def _patch(canvas: Canvas, turned: float) -> NDArray[np.float32]:
    """PATCH x PATCH x 2: contrast about 0, silhouette 0 to 1."""
    matrix = cv2.getRotationMatrix2D(((CANVAS - 1) / 2, (CANVAS - 1) / 2), turned, 1.0)
    matrix[:, 2] -= (CANVAS - PATCH) / 2
    cut = cv2.warpAffine(canvas, matrix, (PATCH, PATCH), borderValue=(128, 0)).astype(np.float32)
    return np.asarray((cut - (128, 0)) / (60, 255), np.float32)


def _directions(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """CELLS x CELLS x 4: how much edge there is in each cell, flat, steep, falling and rising, in all about 1 each."""
    across, down = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(across, down) + _QUIET
    root = np.sqrt(strength)
    even, odd = (across * across - down * down) / strength**2 * root, 2 * across * down / strength**2 * root
    split = np.dstack([np.maximum(even, 0), np.maximum(-even, 0), np.maximum(odd, 0), np.maximum(-odd, 0)])
    cells = _pooled(split)
    return np.asarray(cells / np.sqrt(np.square(cells).mean() + _QUIET**2), np.float32)


def _pooled(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    pooled = cv2.resize(planes, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    return np.asarray(pooled, np.float32).reshape(CELLS, CELLS, -1)


def _drop(mask: Mask) -> float:
    """Mean height of the left half above the lowest row less that of the right half, over the mean of both."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    span = slice(int(columns[0]), int(columns[-1]) + 1)
    heights = np.where(mask.any(axis=0), int(rows[-1]) + 1 - mask.argmax(axis=0), 0)[span].astype(np.float64)
    half = len(heights) // 2
    if not half:
        return 0.0
    left, right = float(heights[:half].mean()), float(heights[-half:].mean())
    return (left - right) / (left + right)
