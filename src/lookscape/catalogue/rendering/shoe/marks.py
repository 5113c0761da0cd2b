"""The brand marks: eight invented signs drawn on the side panel.

Each is a function of nothing but shape: closed outlines in a unit frame, x from -1 (heel) to 1 (toe) and y up.
"""

from collections.abc import Callable, Mapping

import numpy as np

from lookscape.catalogue.rendering.drawing.curves import Curve, discs, ribbon, spline


def comet() -> list[Curve]:
    """A round head, and three trails that taper away behind it."""
    trails = []
    for y, start, stop in ((0.20, 0.30, -0.75), (0.0, 0.12, -1.10), (-0.20, 0.30, -0.60)):
        line = np.stack([np.linspace(start, stop, 6), np.full(6, y)], axis=1)
        trails.append(ribbon(line, np.linspace(0.13, 0.03, 6)))
    return [*trails, *discs(np.array([(0.55, 0.0)]), 0.33, sides=28)]


def wave() -> list[Curve]:
    """One long ribbon that swells and falls along the whole panel."""
    line = spline([(-1.25, -0.32), (-0.75, 0.10), (-0.2, -0.18), (0.35, 0.22), (1.15, -0.30)])
    width = 0.06 + 0.24 * np.sin(np.linspace(0, np.pi, len(line))) ** 0.7
    return [ribbon(line, width)]


def leaf() -> list[Curve]:
    """Two blades either side of a vein."""
    upper = np.concatenate(
        [
            spline([(-1.0, -0.42), (-0.45, 0.30), (0.95, 0.50)]),
            spline([(0.95, 0.50), (0.1, 0.18), (-1.0, -0.42)]),
        ]
    )
    lower = np.concatenate(
        [
            spline([(-0.92, -0.52), (0.15, 0.02), (0.98, 0.36)]),
            spline([(0.98, 0.36), (0.35, -0.42), (-0.92, -0.52)]),
        ]
    )
    return [upper, lower]


def ring() -> list[Curve]:
    """An open ring around a dot."""
    angle = np.linspace(0.5, 0.5 + 1.72 * np.pi, 44)
    arc = 0.40 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return [ribbon(arc, 0.15), *discs(np.array([(0.0, 0.0)]), 0.12, sides=28)]


def peaks() -> list[Curve]:
    """A ridge of two summits over its reflection."""
    ridge = np.array(
        [
            (-0.80, -0.34),
            (-0.28, 0.42),
            (-0.02, 0.06),
            (0.24, 0.34),
            (0.80, -0.34),
            (0.50, -0.34),
            (0.22, 0.02),
            (0.0, -0.26),
            (-0.27, 0.08),
            (-0.54, -0.34),
        ]
    )
    base = np.array([(-0.86, -0.44), (0.86, -0.44), (0.86, -0.56), (-0.86, -0.56)])
    return [ridge, base]


def bolt() -> list[Curve]:
    """A broken stroke, like a spark drawn with a ruler."""
    return [
        np.array([(-1.0, 0.12), (0.10, 0.56), (-0.06, 0.16), (0.92, 0.34), (-0.36, -0.56), (-0.16, -0.10)]),
        np.array([(0.42, -0.36), (0.98, 0.10), (1.16, 0.10), (0.60, -0.36)]),
    ]


def star() -> list[Curve]:
    """Four curved points, the long ones along the foot."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    return [np.stack([0.66 * np.sign(x) * np.abs(x) ** 2.6, 0.60 * np.sign(y) * np.abs(y) ** 2.6], axis=1)]


def bars() -> list[Curve]:
    """Two leaning bars and a short third, cut square."""
    found = []
    for x, low, high in ((-0.46, -0.62, 0.46), (-0.04, -0.62, 0.40), (0.38, -0.62, 0.02)):
        lean = 0.22 * (high - low)
        found.append(np.array([(x, low), (x + 0.25, low), (x + 0.25 - lean, high), (x - lean, high)]))
    return found


MARKS: Mapping[str, Callable[[], list[Curve]]] = {
    sign.__name__: sign for sign in (comet, wave, leaf, ring, peaks, bolt, star, bars)
}
