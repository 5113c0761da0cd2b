"""Plane curves as (N, 2) float arrays: splines through points, offsets, ribbons and dashes."""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Curve: TypeAlias = NDArray[np.float64]

# Catmull-Rom: rows are powers of t (1, t, t^2, t^3), columns the four control points.
# Catmull and Rom, A class of local interpolating splines, 1974.
_CATMULL_ROM = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]], dtype=np.float64)


_LEFT = np.array([-1.0, 1.0])


@cache
def _basis(samples: int) -> Curve:
    t = np.arange(samples) / samples
    return np.stack([t**0, t, t**2, t**3], axis=1) @ _CATMULL_ROM


def spline(points: Sequence[Sequence[float] | Curve] | Curve, *, samples: int = 8) -> Curve:
    """A smooth open curve through the points, `samples` vertices to a segment."""
    knots = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    windows = np.stack([padded[k : k + len(knots) - 1] for k in range(4)], axis=1)
    inner = np.einsum("tk,skd->std", _basis(samples), windows).reshape(-1, 2)
    return np.concatenate([inner, knots[-1:]])


def discs(centres: Curve, radius: float, *, sides: int = 16) -> Curve:
    """Circles of one radius as polygons: shape (K, sides, 2) for centres (K, 2)."""
    angle = 2 * np.pi * np.arange(sides) / sides
    found: Curve = centres[:, None] + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return found


def shift(curve: Curve, x: float, y: float) -> Curve:
    """The curve moved as a whole."""
    found: Curve = curve + np.array([x, y])
    return found


def normals(curve: Curve) -> Curve:
    """Unit normals at the vertices, to the left of the direction of travel."""
    along = np.empty_like(curve)
    along[1:-1] = curve[2:] - curve[:-2]
    along[0], along[-1] = curve[1] - curve[0], curve[-1] - curve[-2]
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-12)
    found: Curve = along[:, ::-1] * _LEFT
    return found


def offset(curve: Curve, distance: float | NDArray[np.float64]) -> Curve:
    """The curve moved to its left by a distance, which may vary along it."""
    found: Curve = curve + normals(curve) * np.reshape(distance, (-1, 1))
    return found


def ribbon(curve: Curve, width: float | NDArray[np.float64]) -> Curve:
    """The outline of a band around the curve; the width may vary along it."""
    half = np.broadcast_to(np.asarray(width, dtype=np.float64) / 2, len(curve))
    side = normals(curve) * half[:, None]
    return np.concatenate([curve + side, (curve - side)[::-1]])


def lengths(curve: Curve) -> NDArray[np.float64]:
    """Arc length from the start to each vertex."""
    steps = np.diff(curve, axis=0)
    return np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])


def at(curve: Curve, fraction: float | NDArray[np.float64]) -> Curve:
    """Points at fractions in [0, 1] of the arc length; shape (K, 2)."""
    run = lengths(curve)
    where = np.atleast_1d(np.asarray(fraction, dtype=np.float64)) * run[-1]
    return np.stack([np.interp(where, run, curve[:, 0]), np.interp(where, run, curve[:, 1])], axis=1)


def part(curve: Curve, start: float, stop: float, *, samples: int = 24) -> Curve:
    """The stretch between two fractions of the arc length, resampled evenly."""
    return at(curve, np.linspace(start, stop, samples))


def dashes(curve: Curve, *, length: float, gap: float, width: float) -> Curve:
    """A stitched seam: short quadrilaterals along the curve, shape (K, 4, 2)."""
    total = lengths(curve)[-1]
    starts = np.arange(0.0, max(total - length, 1e-9), length + gap) / total
    heads, tails = at(curve, starts), at(curve, starts + length / total)
    along = tails - heads
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-12)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * (width / 2)
    return np.stack([heads + side, tails + side, tails - side, heads - side], axis=1)
