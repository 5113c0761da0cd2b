"""Surface weaves as endless tiles, sampled in shoe coordinates so that every size shows the same shoe.

A tile holds the factor by which a surface's brightness changes (mean 0), already lit from above. The tiles depend on
nothing but fixed seeds, so they are made once; a pyramid of them, halved by area, keeps small sizes free of moire.
"""

from collections.abc import Callable, Mapping
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.drawing.canvas import Plane, View

_SIDE = 512


def _noise(seed: int, sigma: float) -> Plane:
    """Gaussian noise, blurred on a torus (exactly periodic), with unit deviation. Sigma in texels."""
    raw = np.random.Generator(np.random.PCG64(seed)).standard_normal((_SIDE, _SIDE))
    frequency = np.fft.fftfreq(_SIDE)
    window = np.exp(-2 * (np.pi * sigma * frequency) ** 2)
    soft = np.fft.ifft2(np.fft.fft2(raw) * window[:, None] * window[None, :]).real
    found: Plane = ((soft - soft.mean()) / soft.std()).astype(np.float32)
    return found


def _lit(height: Plane) -> Plane:
    """How much brighter a relief is, lit from above: its slope down the picture."""
    slope = height - np.roll(height, 1, axis=0)
    found: Plane = (slope / slope.std()).astype(np.float32)
    return found


def _leather() -> Plane:
    cells: Plane = np.sqrt(np.abs(_noise(11, 3.2)))
    return np.asarray(0.022 * _lit(cells) + 0.012 * _noise(12, 22), np.float32)


def _suede() -> Plane:
    nap = _noise(21, 1.3) + 0.9 * _noise(22, 3.0)
    return np.asarray(0.024 * nap + 0.008 * _noise(23, 14) + 0.010 * _noise(24, 44), np.float32)


def _mesh() -> Plane:
    """Round holes on a staggered grid, 16 across the tile, between lit threads."""
    x, y = np.meshgrid(np.arange(_SIDE), np.arange(_SIDE))
    turn = 2 * np.pi * 16 / _SIDE
    grid = np.cos(turn * (x + y) / 1.0) + np.cos(turn * (x - y) / 1.0)
    hole = 1 / (1 + np.exp(-7 * (grid - 0.55)))
    tile = -0.62 * hole + 0.05 * _lit(grid.astype(np.float32))
    return np.asarray(tile - tile.mean(), np.float32)


def _knit() -> Plane:
    """Columns of V stitches, 16 across and 24 down the tile."""
    x, y = np.meshgrid(np.arange(_SIDE) / _SIDE, np.arange(_SIDE) / _SIDE)
    column = np.abs(((16 * x) % 1) - 0.5)
    vee = np.cos(2 * np.pi * (24 * y + 1.1 * column))
    tile = 0.13 * vee - 0.22 * np.exp(-(((0.5 - column) / 0.07) ** 2)) - 0.10 * np.exp(-((column / 0.06) ** 2))
    return np.asarray(tile - tile.mean() + 0.015 * _noise(31, 6), np.float32)


# Name: how to make it, and how many tiles lie along one shoe length.
WEAVES: Mapping[str, tuple[Callable[[], Plane], float]] = {
    "leather": (_leather, 2.2),
    "suede": (_suede, 1.8),
    "mesh": (_mesh, 2.4),
    "knit": (_knit, 3.4),
}
_CLOUDS = {"coarse": (41, 26.0), "fine": (42, 13.0)}


@cache
def _pyramid(name: str) -> tuple[Plane, ...]:
    tile = WEAVES[name][0]() if name in WEAVES else _noise(*_CLOUDS[name])
    levels = [tile]
    while levels[-1].shape[0] > 8:
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return tuple(levels)


def sample(name: str, view: View, *, shape: tuple[int, int], repeats: float) -> Plane:
    """The tile as seen in a view, `repeats` times along a shoe length; shape is (height, width)."""
    texels = _SIDE * repeats / view.scale
    levels = _pyramid(name)
    level = int(np.clip(np.ceil(np.log2(max(texels, 1e-6)) - 0.25), 0, len(levels) - 1))
    tile = levels[level]
    grow = np.diag([1.0, -1.0]) * tile.shape[0] * repeats
    inverse = grow @ np.linalg.inv(view.matrix[:, :2])
    matrix = np.concatenate([inverse, -(inverse @ view.matrix[:, 2:])], axis=1)
    return _endless(tile, matrix, shape=shape)


def _endless(tile: Plane, matrix: NDArray[np.float64], *, shape: tuple[int, int]) -> Plane:
    """Sample a repeated tile at an affine map of the pixels, as cv2.warpAffine does with BORDER_WRAP.

    Laying out the stretch of the plane that is needed, then sampling inside it, is ten times faster than the wrapping.
    """
    corners = np.array([(x, y, 1.0) for x in (0, shape[1] - 1) for y in (0, shape[0] - 1)]) @ matrix.T
    low = np.floor(corners.min(axis=0)).astype(int) - 1
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    columns, rows = (np.arange(low[k], high[k]) % tile.shape[0] for k in (0, 1))
    laid = tile[rows][:, columns]
    local = matrix - np.array([[0, 0, low[0]], [0, 0, low[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    found: Plane = cv2.warpAffine(laid, local, shape[::-1], flags=flags)
    return found


def weave(name: str, view: View, *, shape: tuple[int, int]) -> Plane:
    """A material's weave as seen in a view."""
    return sample(name, view, shape=shape, repeats=WEAVES[name][1])
