"""Lays one photo over another: the shift, the scale and the mirroring that make them agree best, if any.

First at 40 pixels by brute force: one photo, at a few scales and mirrored too, is slid over the other (normalised
cross-correlation; Lewis, "Fast normalized cross-correlation", 1995). Then the best place is refined at 96 pixels by
maximising the enhanced correlation coefficient, which light and contrast do not disturb (Evangelidis & Psarakis, PAMI
2008). A photo is taken without its even margins, so that what was padded or cut away there does not matter. Most pairs
that merely look alike end here: they do not agree well enough at 40 pixels, agree only when bent, or at 96 pixels their
fine drawing is another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import ImageU8

Matrix = NDArray[np.float32]
Plane = NDArray[np.float32]
"""Grey levels, h x w."""
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels."""

COARSE, FINE = 40, 96
"""Longer side of the product, pixels, when it is searched for and when its place is refined."""

SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.70)
"""How much smaller the one may be than the other, because the rest was cut away."""

WORTH_SEARCHING = 0.72
"""Least correlation at every other scale."""

WORTH_REFINING = 0.80
"""Least correlation at the coarse size; of 1,500 altered photos two had less."""

BENT = 0.2
"""Most skew; copies have 0.02, what merely looks alike is bent until it fits."""

ALIKE = 0.3
"""Least correlation of the fine drawing at 96 pixels."""

EVEN = 10
"""Levels within which a margin counts as even, what JPEG leaves in one included."""

BLOCK = 8
"""Pixels that JPEG compresses together."""

LEAST_CONTENT = 0.15
"""Share of the longer side below which what is there is taken for a speck on an even photo."""

_MARGIN = 6
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
_SMOOTHING = 5
_DETAIL = 2.0


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
    """A photo (H x W x 3 bytes), and what of it is needed to lay it over others, worked out once.

    `file_side` is the longer side of its file, pixels, if that is not the photo's.
    """

    photo: ImageU8
    file_side: int | None = None

    @property
    def side(self) -> int:
        """Longer side of its file, pixels."""
        return self.file_side or max(self.photo.shape)

    @cached_property
    def box(self) -> Box:
        """Left, top, right, bottom of what is not an even margin, pixels; everything if that is hardly anything."""
        columns, rows = _uneven(self.photo), _uneven(self.photo.transpose(1, 0, 2))
        least = max(self.photo.shape) * LEAST_CONTENT
        if not len(columns) or not len(rows) or max(np.ptp(columns), np.ptp(rows)) < least:
            return 0, 0, self.photo.shape[1], self.photo.shape[0]
        left, right = _within_padding(self.photo.transpose(1, 0, 2), int(columns[0]), int(columns[-1]) + 1)
        top, bottom = _within_padding(self.photo, int(rows[0]), int(rows[-1]) + 1)
        return left, top, right, bottom

    @property
    def content(self) -> ImageU8:
        """The photo within its box."""
        left, top, right, bottom = self.box
        return self.photo[top:bottom, left:right]

    @cached_property
    def grey(self) -> ImageU8:
        """The photo in grey, H x W."""
        return np.asarray(cv2.cvtColor(self.photo, cv2.COLOR_RGB2GRAY), np.uint8)

    @property
    def _grey_content(self) -> ImageU8:
        left, top, right, bottom = self.box
        return self.grey[top:bottom, left:right]

    @cached_property
    def extent(self) -> int:
        """Longer side of the box, pixels."""
        return int(max(self.content.shape[:2]))

    @cached_property
    def coarse(self) -> dict[tuple[float, bool], Plane]:
        """Grey content at every scale of the search, and mirrored; scales at which it is even are left out."""
        small = {scale: _resized(self._grey_content, COARSE * scale / self.extent) for scale in SCALES}
        uneven = {scale: plane for scale, plane in small.items() if float(plane.std()) >= 1}
        mirrored = {(scale, True): np.ascontiguousarray(plane[:, ::-1]) for scale, plane in uneven.items()}
        return mirrored | {(scale, False): plane for scale, plane in uneven.items()}

    @cached_property
    def padded(self) -> dict[bool, Plane]:
        """Grey content at full coarse size with its border continued, to slide others over, and mirrored."""
        sides = _MARGIN, _MARGIN, _MARGIN, _MARGIN
        full = {way: self.coarse[1.0, way] for way in (False, True) if (1.0, way) in self.coarse}
        return {way: _plane(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_REPLICATE)) for way, plane in full.items()}

    @cached_property
    def fine(self) -> Plane:
        """Grey content whose longer side is FINE pixels; what a square was padded with would pull at the place."""
        return _resized(self._grey_content, FINE / self.extent)

    @cached_property
    def drawing(self) -> Plane:
        """What is fine in `fine`."""
        return _plane(self.fine - cv2.GaussianBlur(self.fine, (0, 0), _DETAIL))


def align(one: Sight, other: Sight) -> Alignment | None:
    """The best way to lay `one` over `other`, or None when there is no good one."""
    places = [_place(one, other, SCALES[::2], mirrored=mirrored) for mirrored in (False, True)]
    if max(place[0] for place in places) < WORTH_SEARCHING:
        return None
    places += [_place(one, other, SCALES[1::2], mirrored=mirrored) for mirrored in (False, True)]
    correlation, matrix, mirrored = max(places, key=lambda place: place[0])
    if correlation < WORTH_REFINING:
        return None
    return _refined(one, other, Alignment(matrix=matrix, mirrored=mirrored))


def _place(one: Sight, other: Sight, scales: Sequence[float], *, mirrored: bool) -> tuple[float, Matrix, bool]:
    """Correlation and place of the best of these scales."""
    best: tuple[float, Matrix, bool] = (-1.0, np.eye(2, 3, dtype=np.float32), mirrored)
    for scale in scales:
        found = _slide(one.coarse.get((scale, False)), other.padded.get(mirrored))
        if found and found[0] > best[0]:
            best = found[0], _matrix(one, other, scale=scale, at=found[1], mirrored=mirrored), mirrored
        if scale == 1.0:
            continue
        found = _slide(other.coarse.get((scale, mirrored)), one.padded.get(False))
        if found and found[0] > best[0]:
            matrix = _matrix(other, one, scale=scale, at=found[1], mirrored=mirrored, flipped=True)
            best = found[0], np.asarray(cv2.invertAffineTransform(matrix), np.float32), mirrored
    return best


def _slide(small: Plane | None, large: Plane | None) -> tuple[float, tuple[int, int]] | None:
    """Highest correlation of the small within the large and where; None when it does not fit in or one is even."""
    if small is None or large is None or small.shape[0] > large.shape[0] or small.shape[1] > large.shape[1]:
        return None
    scores = cv2.matchTemplate(large, small, cv2.TM_CCOEFF_NORMED)
    if not np.isfinite(scores).all():  # where the large is even
        scores = np.nan_to_num(scores, nan=-1.0, posinf=-1.0, neginf=-1.0)
    _, highest, _, at = cv2.minMaxLoc(scores)
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
    """The place made exact; None if it does not hold at the finer size."""
    target = _as_mirrored(other.fine, start)
    shrink_one, shrink_other = _shrinking(one, mirrored=False), _shrinking(other, mirrored=start.mirrored)
    first = shrink_other @ _square(start.matrix) @ np.linalg.inv(shrink_one)
    matrix = first[:2].astype(np.float32)
    mask = np.full(target.shape, 255, np.uint8)
    try:
        _, matrix = cv2.findTransformECC(one.fine, target, matrix, cv2.MOTION_AFFINE, _STEPS, mask, _SMOOTHING)
    except cv2.error:  # it does not converge: the photos have nothing in common
        return None
    refined = np.asarray(matrix, np.float32)
    found = np.linalg.inv(shrink_other) @ _square(refined) @ shrink_one
    alignment = Alignment(matrix=found[:2].astype(np.float32), mirrored=start.mirrored)
    if alignment.skew > BENT or _likeness(one.drawing, _as_mirrored(other.drawing, start), refined) < ALIKE:
        return None
    return alignment


def _as_mirrored(plane: Plane, alignment: Alignment) -> Plane:
    return np.ascontiguousarray(plane[:, ::-1]) if alignment.mirrored else plane


def _likeness(one: Plane, other: Plane, matrix: Matrix) -> float:
    """Correlation of two drawings where both are, which `matrix` lays over each other; 1 where there is none."""
    size = one.shape[1], one.shape[0]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    there = cv2.warpAffine(np.ones(other.shape, np.float32), matrix, size, flags=flags) > 0.99
    mine, its = one[there], cv2.warpAffine(other, matrix, size, flags=flags)[there]
    strength = float(np.linalg.norm(mine) * np.linalg.norm(its))
    return float(mine @ its) / strength if strength > 1 else 1.0


def _shrinking(sight: Sight, *, mirrored: bool) -> NDArray[np.float64]:
    """3 x 3: from pixels of the (mirrored) photo to those of `fine`; the centre of the first is (0, 0) in both."""
    left, top = _corner(sight, mirrored=mirrored)
    across = sight.fine.shape[1] / sight.content.shape[1]
    down = sight.fine.shape[0] / sight.content.shape[0]
    return np.array([[across, 0, (across - 1) / 2 - across * left], [0, down, (down - 1) / 2 - down * top], [0, 0, 1]])


def _square(matrix: Matrix) -> NDArray[np.float64]:
    return np.vstack([matrix.astype(np.float64), [0, 0, 1]])


def _resized(image: ImageU8, scale: float) -> Plane:
    size = max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return _plane(cv2.resize(image, size, interpolation=how))


def _plane(values: object) -> Plane:
    return np.asarray(values, np.float32)


def _within_padding(photo: ImageU8, start: int, stop: int) -> tuple[int, int]:
    """Rows from `start` to `stop`, less those into which JPEG carries what a square was padded with.

    It is padding, and not the ground of the product, where a block further in most of a row has another colour.
    """
    if stop - start < 4 * BLOCK:
        return start, stop
    padded = [
        float((np.abs(photo[inside].astype(np.int16) - photo[margin]).max(axis=1) > 2 * EVEN).mean()) > 0.5
        for inside, margin in ((start + BLOCK, max(start - 1, 0)), (stop - 1 - BLOCK, min(stop, len(photo) - 1)))
    ]
    return start + BLOCK * (padded[0] and start > 0), stop - BLOCK * (padded[1] and stop < len(photo))


def _uneven(photo: ImageU8) -> NDArray[np.intp]:
    """Columns that are not of one colour."""
    flat = np.ascontiguousarray(photo).reshape(len(photo), -1)
    highest, lowest = (cv2.reduce(flat, 0, how).reshape(-1, 3) for how in (cv2.REDUCE_MAX, cv2.REDUCE_MIN))
    return np.flatnonzero((highest.astype(np.int16) - lowest).max(axis=1) > EVEN)
