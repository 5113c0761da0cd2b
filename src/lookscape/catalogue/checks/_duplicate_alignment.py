"""Lays one photo over another: the shift, the scale and the mirroring that make them agree best, if any.

First at 40 pixels by brute force: one photo, at a few scales and mirrored too, is slid over the other (normalised
cross-correlation; Lewis, "Fast normalized cross-correlation", 1995). Then the best place is refined at 96 pixels by
maximising the enhanced correlation coefficient, which light and contrast do not disturb (Evangelidis & Psarakis, PAMI
2008). A photo is taken without its even margins, so that what was padded or cut away there does not matter.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import ImageU8

Matrix = NDArray[np.float32]

COARSE, FINE = 40, 96
"""Longer side of the product, pixels, when it is searched for and when its place is refined."""

SCALES = (0.70, 0.76, 0.82, 0.88, 0.94, 1.0)
"""How much smaller the one may be than the other, because the rest was cut away."""

WORTH_REFINING = 0.70
"""Least correlation at the coarse size."""

EVEN = 10
"""Levels within which a margin counts as even, what JPEG leaves in one included."""

LEAST_CONTENT = 0.15
"""Share of the longer side below which what is there is taken for a speck on an even photo."""

_MARGIN = 6
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-4)
_SMOOTHING = 5


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """`matrix` (2 x 3) takes a pixel (x, y) of the one photo to the other, which is mirrored first if `mirrored`."""

    matrix: Matrix
    mirrored: bool

    @property
    def scale(self) -> float:
        """Pixels of the other photo for each of the one."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2].astype(np.float64)))))

    @property
    def skew(self) -> float:
        """How far from a change of size and place alone: 0 if that is all; the angle in radians if it is turned."""
        linear = self.matrix[:, :2].astype(np.float64) / max(self.scale, 1e-6)
        return float(np.linalg.norm(linear - np.eye(2)))


@dataclass(frozen=True)
class Sight:
    """A photo (H x W x 3 bytes), and what of it is needed to lay it over others, worked out once."""

    photo: ImageU8

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what is not an even margin, pixels; everything if that is hardly anything."""
        columns, rows = _uneven(self.photo), _uneven(self.photo.transpose(1, 0, 2))
        least = max(self.photo.shape) * LEAST_CONTENT
        if not len(columns) or not len(rows) or max(np.ptp(columns), np.ptp(rows)) < least:
            return 0, 0, self.photo.shape[1], self.photo.shape[0]
        return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

    @property
    def content(self) -> ImageU8:
        """The photo within its box."""
        left, top, right, bottom = self.box
        return self.photo[top:bottom, left:right]

    @cached_property
    def extent(self) -> int:
        """Longer side of the box, pixels."""
        return int(max(self.content.shape[:2]))

    @cached_property
    def coarse(self) -> dict[float, NDArray[np.float32]]:
        """Grey content at every scale of the search."""
        grey = cv2.cvtColor(np.ascontiguousarray(self.content), cv2.COLOR_RGB2GRAY).astype(np.float32)
        return {scale: _resized(grey, COARSE * scale / self.extent) for scale in SCALES}

    @cached_property
    def padded(self) -> NDArray[np.float32]:
        """Grey content at full coarse size with its border continued, to slide others over."""
        sides = _MARGIN, _MARGIN, _MARGIN, _MARGIN
        return np.asarray(cv2.copyMakeBorder(self.coarse[1.0], *sides, cv2.BORDER_REPLICATE), np.float32)

    @cached_property
    def fine(self) -> NDArray[np.float32]:
        """The whole photo in grey, so that the content's longer side is FINE pixels."""
        grey = cv2.cvtColor(self.photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return _resized(grey, FINE / self.extent)


def align(one: Sight, other: Sight) -> Alignment | None:
    """The best way to lay `one` over `other`, or None when there is no good one."""
    places = [_place(one, other, mirrored=mirrored) for mirrored in (False, True)]
    correlation, matrix, mirrored = max(places, key=lambda place: place[0])
    if correlation < WORTH_REFINING:
        return None
    return _refined(one, other, Alignment(matrix=matrix, mirrored=mirrored))


def _place(one: Sight, other: Sight, *, mirrored: bool) -> tuple[float, Matrix, bool]:
    """Correlation and place of the best of all scales."""
    best: tuple[float, Matrix, bool] = (-1.0, np.eye(2, 3, dtype=np.float32), mirrored)
    for scale in SCALES:
        small, large = one.coarse[scale], other.padded[:, ::-1] if mirrored else other.padded
        found = _slide(small, large)
        if found and found[0] > best[0]:
            best = found[0], _matrix(one, other, scale=scale, at=found[1], mirrored=mirrored), mirrored
        if scale == 1.0:
            continue
        small = other.coarse[scale][:, ::-1] if mirrored else other.coarse[scale]
        found = _slide(small, one.padded)
        if found and found[0] > best[0]:
            matrix = _matrix(other, one, scale=scale, at=found[1], mirrored=mirrored, flipped=True)
            best = found[0], np.asarray(cv2.invertAffineTransform(matrix), np.float32), mirrored
    return best


def _slide(small: NDArray[np.float32], large: NDArray[np.float32]) -> tuple[float, tuple[int, int]] | None:
    """Highest correlation of the small within the large and where; None when it does not fit in or is even."""
    if small.shape[0] > large.shape[0] or small.shape[1] > large.shape[1] or float(small.std()) < 1:
        return None
    scores = cv2.matchTemplate(np.ascontiguousarray(large), np.ascontiguousarray(small), cv2.TM_CCOEFF_NORMED)
    _, highest, _, at = cv2.minMaxLoc(np.nan_to_num(scores, nan=-1.0, posinf=-1.0, neginf=-1.0))
    return float(highest), (int(at[0]), int(at[1]))


def _matrix(
    small: Sight, large: Sight, *, scale: float, at: tuple[int, int], mirrored: bool, flipped: bool = False
) -> Matrix:
    """From pixels of the small one's photo to the large one's; whichever is `other` is taken as mirrored."""
    up = COARSE * scale / small.extent * large.extent / COARSE
    small_left, small_top = _corner(small, mirrored=mirrored and flipped)
    large_left, large_top = _corner(large, mirrored=mirrored and not flipped)
    right = large_left + (at[0] - _MARGIN) * large.extent / COARSE - up * small_left
    down = large_top + (at[1] - _MARGIN) * large.extent / COARSE - up * small_top
    return np.array([[up, 0, right], [0, up, down]], np.float32)


def _corner(sight: Sight, *, mirrored: bool) -> tuple[int, int]:
    left, top, right, _ = sight.box
    return (sight.photo.shape[1] - right if mirrored else left), top


def _refined(one: Sight, other: Sight, start: Alignment) -> Alignment | None:
    target = other.fine[:, ::-1] if start.mirrored else other.fine
    shrink_one, shrink_other = _shrinking(one), _shrinking(other)
    first = shrink_other @ _square(start.matrix) @ np.linalg.inv(shrink_one)
    matrix = first[:2].astype(np.float32)
    mask = np.full(target.shape, 255, np.uint8)
    try:
        _, matrix = cv2.findTransformECC(
            one.fine, np.ascontiguousarray(target), matrix, cv2.MOTION_AFFINE, _STEPS, mask, _SMOOTHING
        )
    except cv2.error:  # it does not converge: the photos have nothing in common
        return None
    found = np.linalg.inv(shrink_other) @ _square(matrix) @ shrink_one
    return Alignment(matrix=found[:2].astype(np.float32), mirrored=start.mirrored)


def _shrinking(sight: Sight) -> NDArray[np.float64]:
    """3 x 3: from pixels of the photo to those of `fine`; the centre of the first pixel is (0, 0) in both."""
    across = sight.fine.shape[1] / sight.photo.shape[1]
    down = sight.fine.shape[0] / sight.photo.shape[0]
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])


def _square(matrix: Matrix) -> NDArray[np.float64]:
    return np.vstack([matrix.astype(np.float64), [0, 0, 1]])


def _resized(image: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    size = max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.float32)


def _uneven(photo: ImageU8) -> NDArray[np.intp]:
    """Columns that are not of one colour, or not of the colour of the edge that they continue."""
    spread = (photo.max(axis=0).astype(np.int16) - photo.min(axis=0)).max(axis=1) > EVEN
    return np.flatnonzero(spread)
