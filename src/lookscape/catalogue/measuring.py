"""What a photo shows, measured from its pixels: nothing is learned, so every product gets the same ruler.

A Subject is the product cut out of a standardised photo once: at one scale, facing right, with its outline. Each file
in `measures/` reads it and gives named values. Those that suppose footwear seen from the side say SIDE_VIEW = True and
are left out for anything else; every value comes with how sure it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.catalogue.foreground import Lab, Mask, find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8, shrunk

MEASURES = "lookscape.catalogue.measures"

VERSION = 3
"""Raised when a measure gives other values than before, so that products are measured anew."""

SIDE = 256
"""Photos larger than this are shrunk to it first."""

EXTENT = 192
"""Pixels of a Subject's longer side."""

LEAST_FOOTWEAR = 0.5
"""Side-view measures are left out below this."""

# Columns that are looked at for the ground line.
_NUM_FEET = 64
_RIM = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))

Value = float | str


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One value of a photo, and how sure it is: 0 to 1."""

    name: str
    value: Value
    confidence: float

    @property
    def text(self) -> str:
        """As the catalogue stores it: a number with three decimals."""
        return self.value if isinstance(self.value, str) else f"{self.value:.3f}"


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The silhouette column by column, from heel to toe, in lengths of the product; heights are above the ground line.

    `top` and `bottom` are the heights of the upper and lower edge, (W,). `ground` is the row of the ground line in each
    column, (W,): the longest side of the lower convex hull, which the product stands on.
    """

    top: NDArray[np.float64]
    bottom: NDArray[np.float64]
    ground: NDArray[np.float64]

    def stretch(self, start: float, stop: float) -> slice:
        """The columns between two shares of the length, at least one."""
        width = len(self.top)
        return slice(int(start * width), max(int(start * width) + 1, int(stop * width)))


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The product cut out of a photo, its longer side EXTENT pixels, turned so that its lower end is on the right.

    `lab` is h x w x (L* 0 to 100, a*, b*), `mask` h x w the product's pixels. `facing` is how it stood in the photo,
    `confidence` in [0, 1] how sure it is that the mask is the product.
    """

    lab: Lab
    mask: Mask
    facing: Literal["left", "right"]
    confidence: float

    @classmethod
    def of(cls, photo: ImageU8) -> "Subject":
        """Cut out of H x W x 3 sRGB bytes of any size."""
        small = shrunk(photo, side=SIDE)
        lab = to_lab(small)
        found = find_foreground(small, lab)
        rows, columns = _bounds(found.mask)
        lab, mask = _scaled(lab[rows, columns], found.mask[rows, columns])
        top = _heights(mask)
        middle = mask.shape[1] // 2
        left = bool(top[:middle].mean() < top[mask.shape[1] - middle :].mean()) if middle else False
        if left:
            lab, mask = lab[:, ::-1], mask[:, ::-1]
        return cls(
            lab=np.ascontiguousarray(lab),
            mask=np.ascontiguousarray(mask),
            facing="left" if left else "right",
            confidence=found.confidence,
        )

    @cached_property
    def inner(self) -> Mask:
        """The mask less a rim, where the product is mixed with what is behind it; the mask itself if that is all."""
        inner = cv2.erode(self.mask.astype(np.uint8), _RIM, borderValue=0).astype(np.bool_)
        return inner if inner.any() else self.mask

    @cached_property
    def colours(self) -> NDArray[np.float32]:
        """CIELAB of the inner pixels, (N, 3), N at least 1."""
        return self.lab[self.inner]

    @cached_property
    def outline(self) -> Outline:
        """The silhouette."""
        height, width = self.mask.shape
        filled = self.mask.any(axis=0)
        places = np.flatnonzero(filled)
        top = np.interp(np.arange(width), places, self.mask.argmax(axis=0)[filled])
        bottom = np.interp(np.arange(width), places, height - self.mask[::-1].argmax(axis=0)[filled])
        ground = _ground_line(bottom)
        return Outline(top=(ground - top) / width, bottom=(ground - bottom) / width, ground=ground)

    @cached_property
    def footwear(self) -> float:
        """How much the silhouette is that of a shoe or boot seen from the side, in [0, 1].

        It stands flat along most of its length, is neither a plate nor a tower, and is much lower in front than at the
        heel. A shirt does not stand flat; a bag or a wallet is as high in front as behind, handles or not.
        """
        outline = self.outline
        flat = float(np.mean(outline.bottom < 0.06))
        tall = float(outline.top.max())
        front = float(outline.top[outline.stretch(0.80, 0.97)].mean())
        back = float(outline.top[outline.stretch(0.03, 0.20)].mean())
        tilt = abs(float(outline.ground[-1] - outline.ground[0])) / len(outline.ground)
        return float(
            np.interp(flat, [0.55, 0.75], [0, 1])
            * np.interp(tall, [0.18, 0.25, 1.2, 1.6], [0, 1, 1, 0])
            * np.interp(front / max(back, 1e-6), [0.68, 0.85], [1, 0])
            * np.interp(tilt, [0.10, 0.20], [1, 0])
        )


def descriptions() -> dict[str, str]:
    """Every name that a measure may give, with what it means and its unit."""
    found: dict[str, str] = {}
    for name in parts.names(MEASURES):
        units: Mapping[str, str] = parts.load(MEASURES, name).UNITS
        found.update(units)
    return found


def measure(photo: ImageU8) -> list[Measurement]:
    """Everything that can be measured on a photo, H x W x 3 sRGB bytes, in the order of the names of the measures."""
    return list(_measure(Subject.of(photo)))


def _measure(subject: Subject) -> Iterator[Measurement]:
    for part in parts.names(MEASURES):
        module = parts.load(MEASURES, part)
        sure = subject.confidence
        if getattr(module, "SIDE_VIEW", False):
            if subject.footwear < LEAST_FOOTWEAR:
                continue
            sure *= subject.footwear
        for name, value in module.measure(subject).items():
            yield Measurement(name=name, value=value, confidence=round(sure, 3))


def _bounds(mask: Mask) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _scaled(lab: Lab, mask: Mask) -> tuple[Lab, Mask]:
    """Both at EXTENT pixels along the longer side; the mask keeps at least one."""
    scale = EXTENT / max(mask.shape)
    size = max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    cover = cv2.resize(mask.astype(np.float32), size, interpolation=how).reshape(size[::-1])
    larger = cv2.resize(lab, size, interpolation=how).reshape(*size[::-1], 3)
    return np.asarray(larger, np.float32), cover >= min(0.5, float(cover.max()))


def _heights(mask: Mask) -> NDArray[np.float64]:
    """Height of the upper edge in each column, in pixels above the lowest row."""
    return np.where(mask.any(axis=0), len(mask) - mask.argmax(axis=0), 0).astype(np.float64)


def _ground_line(bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """The row of the longest side of the lower hull, in every column; `bottom` is the row below the product."""
    columns = np.arange(len(bottom))
    hull = _lower_hull(columns[:: max(1, len(columns) // _NUM_FEET)], bottom)
    longest = int(np.diff(hull).argmax()) if len(hull) > 1 else 0
    first, last = hull[longest], hull[min(longest + 1, len(hull) - 1)]
    slope = (bottom[last] - bottom[first]) / max(last - first, 1)
    return np.asarray(bottom[first] + slope * (columns - first), np.float64)


def _lower_hull(columns: NDArray[np.int_], bottom: NDArray[np.float64]) -> list[int]:
    """The columns of the hull's corners from left to right, rows growing downwards (Andrew 1979, monotone chain)."""
    hull: list[int] = []
    rows = bottom.tolist()
    for place in columns.tolist():
        while len(hull) > 1:
            first, second = hull[-2], hull[-1]
            if (rows[second] - rows[first]) * (place - first) > (rows[place] - rows[first]) * (second - first):
                break
            hull.pop()
        hull.append(place)
    return hull
