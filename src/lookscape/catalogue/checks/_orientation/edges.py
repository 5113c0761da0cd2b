"""Which way a product points and how far it is turned, from the many short straight lines along its outline.

Canny edges (PAMI 1986) go through the probabilistic Hough transform (Matas, Galambos & Kittler 2000). The lines of a
shoe that points right slope down to the right, from the collar to the toe, and the longest of them lie along its
sole: the sign of their angles tells the facing, the angle that most of their length shares tells the turn. Nothing is
learned.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import ImageU8

STEEPEST = 60.0
"""Turns beyond this many degrees are not looked for; a line that is steeper is not the sole."""

# Canny's two thresholds, levels; lines of at least so many pixels, with gaps of so many at most.
_WEAK, _STRONG = 60, 150
_VOTES, _SHORTEST, _GAP = 10, 8, 2
# Degrees: flatter lines tell no facing and steeper ones neither; the width in which angles count as the same.
_FLAT, _STEEP, _ALIKE = 8.0, 70.0, 2.0
_TRIED = np.arange(-STEEPEST, STEEPEST + 0.25, 0.5)


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Short lines: `ends` is L x 4 (x, y, x, y in pixels), `angles` -90 to 90 degrees, positive down to the right."""

    ends: NDArray[np.int32]
    angles: NDArray[np.float64]
    lengths: NDArray[np.float64]

    @classmethod
    def of(cls, photo: ImageU8) -> "Lines":
        """Those in a photo, H x W x 3 sRGB bytes."""
        grey = cv2.GaussianBlur(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
        edges = cv2.Canny(grey, _WEAK, _STRONG)
        found = cv2.HoughLinesP(edges, 1, np.pi / 180, _VOTES, minLineLength=_SHORTEST, maxLineGap=_GAP)
        ends = np.zeros((0, 4), np.int32) if found is None else np.asarray(found, np.int32).reshape(-1, 4)
        along = (ends[:, 2:] - ends[:, :2]).astype(np.float64)
        angles = (np.degrees(np.arctan2(along[:, 1], along[:, 0])) + 90) % 180 - 90
        return cls(ends=ends, angles=angles, lengths=np.hypot(along[:, 0], along[:, 1]))

    @property
    def signs(self) -> NDArray[np.int_]:
        """For each line 1 where it speaks for right, -1 for left, 0 for neither: too flat or too steep."""
        slope = np.abs(self.angles)
        return np.where((slope > _FLAT) & (slope < _STEEP), np.sign(self.angles), 0).astype(np.int_)

    @property
    def facing(self) -> float:
        """The share of the length that speaks for right less that for left: -1 to 1, 0 without lines."""
        telling = self.lengths * np.abs(self.signs)
        return float((self.lengths * self.signs).sum() / telling.sum()) if telling.any() else 0.0

    @property
    def turn(self) -> float:
        """Degrees that the product is turned clockwise, -STEEPEST to STEEPEST: the commonest angle by length."""
        if not len(self.angles):
            return 0.0
        apart = (self.angles[:, None] - _TRIED) / _ALIKE
        return float(_TRIED[(self.lengths[:, None] * np.exp(-0.5 * apart * apart)).sum(axis=0).argmax()])
