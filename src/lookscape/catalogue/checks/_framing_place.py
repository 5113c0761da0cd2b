"""Where in its photo a product stands, and where the frame cuts it off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.foreground import Mask, find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8

SIDES = ("left", "top", "right", "bottom")

# Levels within which a band counts as padding of one colour.
_EVEN = 3
# A product that merely touches the frame, however tightly it was cropped, is rounder there than one that was cut: its
# height on the frame is compared with that a little further inside, in shares of the photo. The ratios from which it is
# cut for half and for sure, and the shares of its height that must lie on the frame.
_INSIDE = 0.05
_RATIO, _ON_FRAME = (0.70, 0.85, 0.97), (0.05, 0.20)
# Photos that are not square are padded on two sides when they come in: their own sides, for the usual shapes (5:4, 4:3,
# 3:2, 16:9), lie this far inside of the square. A product that begins there with this much of its height is cut off.
_SHAPES = (4 / 5, 3 / 4, 2 / 3, 9 / 16)
_STRAIGHT, _NARROWEST = 0.35, 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """`left` to `bottom` bound the product, in shares of the photo; `sure` is how sure it is that they do, 0 to 1.

    `cuts` are, for each of SIDES, how sure it is that the frame cuts the product off there, 0 to 1.
    """

    left: float
    top: float
    right: float
    bottom: float
    sure: float
    cuts: tuple[float, float, float, float]

    @classmethod
    def of(cls, photo: ImageU8) -> "Place":
        """Found in H x W x 3 sRGB bytes of any size."""
        lab = to_lab(photo)
        found = find_foreground(photo, lab)
        rows, columns = np.flatnonzero(found.mask.any(axis=1)), np.flatnonzero(found.mask.any(axis=0))
        height, width = found.mask.shape
        return cls(
            left=int(columns[0]) / width,
            top=int(rows[0]) / height,
            right=(int(columns[-1]) + 1) / width,
            bottom=(int(rows[-1]) + 1) / height,
            sure=found.confidence,
            cuts=_cuts(photo, found.mask),
        )

    @property
    def extent(self) -> float:
        """Longer side of the product, in sides of the photo."""
        return max(self.right - self.left, self.bottom - self.top)

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of the box, across and down."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def _cuts(photo: ImageU8, mask: Mask) -> tuple[float, float, float, float]:
    """For each of SIDES; the photo is turned so that it is on the left: what was on top is, turned left once."""
    found = []
    for turns in range(len(SIDES)):
        own = np.rot90(mask, turns)
        padded = _is_padding(np.rot90(photo, turns), own)
        found.append(_cut(own, at=int(own.any(axis=0).argmax()) if padded else 0))
    return found[0], found[1], found[2], found[3]


def _cut(mask: Mask, *, at: int) -> float:
    """How surely the product is cut off at the column `at`."""
    here = int(mask[:, at].sum())
    inside = int(mask[:, min(at + max(1, round(_INSIDE * mask.shape[1])), mask.shape[1] - 1)].sum())
    share = here / max(int(mask.any(axis=1).sum()), 1)
    sure = np.interp(here / max(inside, 1), _RATIO, (0.0, 0.5, 1.0)) * np.interp(share, _ON_FRAME, (0.0, 1.0))
    return float(sure)


def _is_padding(photo: NDArray[np.uint8], mask: Mask) -> bool:
    """Whether the product begins, in a straight line, where a photo of a usual shape would, with nothing before it."""
    first, width = int(mask.any(axis=0).argmax()), mask.shape[1]
    if first < _NARROWEST or not any(abs(first - (1 - shape) / 2 * width) <= 1.5 for shape in _SHAPES):
        return False
    band = photo[:, : first - 1].astype(np.int16)
    even = int((band.max(axis=(0, 1)) - band.min(axis=(0, 1))).max()) <= _EVEN
    return even and int(mask[:, min(first + 1, width - 1)].sum()) >= _STRAIGHT * int(mask.any(axis=1).sum())
