"""Printed patterns: how much of the panel colour lies over the upper colour, in [0, 1], by place on the shoe.

A pattern is a function of a grid of shoe coordinates; its edges are as soft as one pixel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lookscape.catalogue.rendering.drawing.canvas import Plane, View
from lookscape.catalogue.rendering.drawing.textures import sample
from lookscape.catalogue.rendering.factors import Factors, Pattern


@dataclass(frozen=True)
class Cloth:
    """Where a pattern is printed: shoe coordinates of the pixels, the view, and the relative period."""

    x: Plane
    y: Plane
    view: View
    stretch: float

    def edge(self, signed: Plane) -> Plane:
        """From a signed distance in shoe lengths to coverage in [0, 1], with an edge one pixel wide."""
        found: Plane = np.clip(signed * np.float32(self.view.scale) + 0.5, 0.0, 1.0)
        return found

    def cloud(self, name: str, repeats: float) -> Plane:
        """Smooth noise of unit deviation."""
        return sample(name, self.view, shape=(self.x.shape[0], self.x.shape[1]), repeats=repeats / self.stretch)


def print_pattern(factors: Factors, view: View, *, shape: tuple[int, int]) -> tuple[Plane, Plane]:
    """Coverage by the panel colour and by the accent colour (only camouflage has three)."""
    inverse = np.linalg.inv(view.matrix[:, :2]).astype(np.float32)
    across = np.arange(shape[1], dtype=np.float32)[None, :] - np.float32(view.matrix[0, 2])
    down = np.arange(shape[0], dtype=np.float32)[:, None] - np.float32(view.matrix[1, 2])
    x, y = inverse[0, 0] * across + inverse[0, 1] * down, inverse[1, 0] * across + inverse[1, 1] * down
    return PRINTS[factors.pattern](Cloth(x, y, view, factors.pattern_scale))


def _one(cover: Plane) -> tuple[Plane, Plane]:
    return cover, np.zeros_like(cover)


def _wave(phase: Plane, period: float, duty: float) -> Plane:
    """Signed distance to stripes that take up a share of each period."""
    folded = np.abs(np.mod(phase / np.float32(period), 1.0) - 0.5)
    found: Plane = (np.float32(duty / 2) - folded) * np.float32(period)
    return found


def _stripes(cloth: Cloth) -> tuple[Plane, Plane]:
    period = 0.044 * cloth.stretch
    return _one(cloth.edge(_wave(cloth.x + 0.32 * cloth.y, period, 0.42)))


def _zebra(cloth: Cloth) -> tuple[Plane, Plane]:
    bent = cloth.x + 0.35 * cloth.y + 0.016 * cloth.cloud("coarse", 1.3)
    swell = 0.0055 * cloth.cloud("fine", 1.6)
    return _one(cloth.edge(_wave(bent, 0.058 * cloth.stretch, 0.46) + swell))


def _camouflage(cloth: Cloth) -> tuple[Plane, Plane]:
    # Noise over its slope (about 1 / 0.045 per shoe length) reads as a distance.
    first = cloth.cloud("coarse", 1.7) + 0.35 * cloth.cloud("fine", 2.2)
    second = cloth.cloud("fine", 1.1)
    return cloth.edge((first - 0.25) * np.float32(0.04)), cloth.edge((second - 0.85) * np.float32(0.04))


def _dots(cloth: Cloth) -> tuple[Plane, Plane]:
    period = np.float32(0.046 * cloth.stretch)
    row = np.floor(cloth.y / (0.87 * period))
    u = np.mod(cloth.x / period + 0.5 * np.mod(row, 2), 1.0) - 0.5
    v = cloth.y / period - 0.87 * (row + 0.5)
    return _one(cloth.edge((0.27 - np.sqrt(u * u + v * v)) * period))


def _colour_block(cloth: Cloth) -> tuple[Plane, Plane]:
    split = 0.36 + 0.16 * (cloth.stretch - 1)
    return _one(cloth.edge(0.9 * (split + 0.30 * cloth.y - cloth.x)))


def _plain(cloth: Cloth) -> tuple[Plane, Plane]:
    return _one(np.zeros_like(cloth.x))


PRINTS: Mapping[Pattern, Callable[[Cloth], tuple[Plane, Plane]]] = {
    Pattern.PLAIN: _plain,
    Pattern.STRIPES: _stripes,
    Pattern.ZEBRA: _zebra,
    Pattern.CAMOUFLAGE: _camouflage,
    Pattern.DOTS: _dots,
    Pattern.COLOUR_BLOCK: _colour_block,
}
