"""How even the ground is that a product stands on, from the border of its photo.

Studio paper is one colour or shades slowly from one to another, so a plane in CIELAB fitted to the calmer half of the
border (least trimmed squares; Rousseeuw 1984) lies within noise of it, wherever the product touches the frame. A floor,
a cloth or a street does not lie in a plane. Bands that were added to make a photo square say nothing and are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.imaging import ImageU8, background_colour, shrunk

SIDE = 128
"""Pixels of the longer side at which the border is looked at."""

RIM = 3
"""Pixels of border."""

CALM = 0.4
"""The quantile of the distances from the plane that stands for the border: less than half, a product may lie on it."""

# Levels within which a band is of one colour, what JPEG leaves in it included; pixels that must be left inside.
_EVEN, _LEAST = 6, 8
# A band that was added: one block of JPEG in a photo of 256 pixels beyond its end, so much of the photo's height
# differs from its colour by more than so many levels.
_SMEARED, _STRAIGHT, _NOISE = 1 / 32, 0.65, 1
_ROUNDS = 4


@dataclass(frozen=True, kw_only=True)
class Ground:
    """`rows` and `columns` are the photo without added bands; `uneven` is in CIELAB units, 0 for perfect paper."""

    rows: slice
    columns: slice
    uneven: float

    @classmethod
    def of(cls, photo: ImageU8) -> "Ground":
        """Look at H x W x 3 sRGB bytes of any size."""
        rows, columns = own_part(photo)
        uneven = _unevenness(shrunk(_seen(photo, rows, columns), side=SIDE))
        return cls(rows=rows, columns=columns, uneven=uneven)


def own_part(photo: ImageU8) -> tuple[slice, slice]:
    """Rows and columns without the bands of one colour on two opposite sides; the whole photo if that is all."""
    height, width, _ = photo.shape
    across, down = _band(photo), _band(photo.transpose(1, 0, 2))
    if across >= down:
        return slice(0, height), slice(across, width - across)
    return slice(down, height - down), slice(0, width)


def _seen(photo: ImageU8, rows: slice, columns: slice) -> ImageU8:
    """The part whose border is the ground's: without bands, if these were added.

    White paper at both sides of a shoe is a band as well. A band that was added ends along a straight line on both
    sides; what JPEG smears over that line is left out too.
    """
    turned = rows.start > 0
    across = photo.transpose(1, 0, 2) if turned else photo
    band, width = (rows if turned else columns).start, across.shape[1]
    first = band + max(1, round(_SMEARED * width))
    if not band or width - 2 * first < _LEAST:
        return photo
    colour = np.median(across[:, :band].reshape(-1, 3), axis=0)
    ends = [np.abs(across[:, at] - colour).max(axis=1) > _NOISE for at in (first, width - 1 - first)]
    if min(float(end.mean()) for end in ends) < _STRAIGHT:
        return photo
    inner = across[:, first : width - first]
    return np.ascontiguousarray(inner.transpose(1, 0, 2) if turned else inner)


def _band(photo: NDArray[np.uint8]) -> int:
    """Columns of one colour at the left that the right has too; 0 if hardly anything is left between."""
    span = photo.max(axis=0).astype(np.int16) - photo.min(axis=0)
    corner = photo[0, 0].astype(np.int16)
    busy = (span.max(axis=1) > _EVEN) | (np.abs(photo[0] - corner).max(axis=1) > _EVEN)
    places = np.flatnonzero(busy)
    if not len(places):
        return 0
    band = int(min(places[0], len(busy) - 1 - places[-1]))
    return band if len(busy) - 2 * band >= _LEAST else 0


def _unevenness(photo: ImageU8) -> float:
    """The CALM quantile of the border's distances from its plane."""
    height, width, _ = photo.shape
    rim = np.ones((height, width), np.bool_)
    rim[RIM:-RIM, RIM:-RIM] = False
    down, across = np.nonzero(rim)
    lab_N3 = to_lab(photo)[rim]
    places_N3 = np.stack([np.ones(len(down)), down / height - 0.5, across / width - 0.5], axis=1)
    ground = to_lab(np.array([[background_colour(photo)]], np.uint8))[0, 0]
    distances_N = np.linalg.norm(lab_N3 - ground, axis=1)
    for _ in range(_ROUNDS):
        calm = distances_N <= np.median(distances_N)
        plane_33, *_rest = np.linalg.lstsq(places_N3[calm], lab_N3[calm], rcond=None)
        distances_N = np.linalg.norm(lab_N3 - places_N3 @ plane_33, axis=1)
    return float(np.quantile(distances_N, CALM))
