"""Compares two photos that lie over each other: the same drawing, and the same colours but for one tint of everything?

A copy has the same details everywhere, and its colours differ by one gain and one offset in each channel, as a filter
or a white balance changes them. In another colourway of the same model some part changes its colour and another does
not; photographed again, the details no longer fall on one another. Differences are averaged over a few pixels before
they are judged, so that sharpness, compression and a shift of half a pixel do not count.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checks._duplicate.alignment import Alignment, Sight

EXTENT = 112
"""Longer side of the product when compared, pixels."""

HOPELESS = 0.75
"""Correlation of the drawing below which colours need not be compared; one copy in a hundred has less than 0.9."""

Planes = NDArray[np.float32]

_SOFT, _DETAIL, _PATCH = 1.0, 3.0, 2.0
_RIM = np.ones((5, 5), np.uint8)
_NEAR = np.ones((3, 3), np.uint8)
_FEW, _SMALLEST = 64, 24
_CLIPPED = 250.0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was seen.

    `overlap` is the share of the smaller of both contents that lies on the other, `detail` the correlation of what is
    fine, `patch` the largest difference that is left in a patch after the tint is taken off and `spread` its root mean
    square, levels; `gain` and `offset` (RGB) make the one's colours the other's, `cast` is how far
    they move a colour of the photo on average, levels; `unfounded` how much of that white would not show.
    """

    overlap: float
    cover: float
    detail: float
    patch: float
    spread: float
    gain: tuple[float, float, float]
    offset: tuple[float, float, float]
    cast: float
    unfounded: float


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Both photos in one frame, h x w x 3 or h x w in grey, levels; `mask` where both have something to show."""

    one: Planes
    other: Planes
    mask: NDArray[np.bool_]
    overlap: float
    cover: float


def overlay(one: Sight, other: Sight, alignment: Alignment, *, extent: int = EXTENT, in_grey: bool = False) -> Overlay:
    """Draw both photos in the frame of the one's content, whose longer side is at most `extent` pixels."""
    photo, target = (one.grey, other.grey) if in_grey else (one.photo, other.photo)
    left, top, right, bottom = one.box
    step = max(one.extent, 1) / extent
    size = max(8, round((right - left) / step)), max(8, round((bottom - top) / step))
    to_one = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]], np.float64)
    to_other = alignment.matrix.astype(np.float64) @ np.vstack([to_one, [0, 0, 1]])
    drawn_one = _drawn(photo, to_one, size=size)
    drawn_other = _drawn(target[:, ::-1] if alignment.mirrored else target, to_other, size=size)
    inside = _inside(other, to_other, size=size, mirrored=alignment.mirrored)
    area = float(inside.sum())
    scale = max(alignment.scale * step, 1e-6)
    other_area = other.content.shape[0] * other.content.shape[1] / scale**2
    return Overlay(
        one=drawn_one,
        other=drawn_other,
        mask=inside,
        overlap=area / max(min(inside.size, other_area), 1.0),
        cover=area / max(inside.size, other_area, 1.0),
    )


def compare(one: Sight, other: Sight, alignment: Alignment) -> Comparison:
    """Judge two photos that lie over each other: in grey first, which rules out most."""
    extent = _sharpest(one, other, alignment)
    grey = overlay(one, other, alignment, extent=extent, in_grey=True)
    mask = cv2.erode(grey.mask.astype(np.uint8), _RIM, borderValue=0).astype(np.bool_)
    detail = _detail(grey, mask) if mask.sum() >= _FEW else 0.0
    if detail < HOPELESS:
        return _nothing_in_common(grey)
    both = overlay(one, other, alignment, extent=extent)
    settled = _settle(both, mask)
    left, tint, colours = settled.left, settled.tint, settled.colours
    patch = np.abs(cv2.GaussianBlur(left * mask[..., None], (0, 0), _PATCH)).max(axis=2)[mask]
    moved = (tint(colours) - colours).mean(axis=0)
    return Comparison(
        overlap=both.overlap,
        cover=both.cover,
        detail=detail,
        patch=float(np.quantile(patch, 0.995)),
        spread=_rms(left[mask]),
        gain=_three(tint.gain),
        offset=_three(tint.offset),
        cast=float(np.abs(moved).max()),
        unfounded=tint.unfounded(colours),
    )


def difference(both: Overlay) -> Planes:
    """What is left, h x w x 3, between both photos after the tint is taken off, levels with a sign."""
    if both.mask.sum() < _FEW:
        return np.zeros_like(both.one)
    return _settle(both, both.mask).left


def _settle(both: Overlay, mask: NDArray[np.bool_]) -> "_Settled":
    """The tint that explains more, of the one into the other or the other way round."""
    soft_one, soft_other = (
        np.asarray(cv2.GaussianBlur(drawn, (0, 0), _SOFT), np.float32) for drawn in (both.one, both.other)
    )
    ways = []
    for before, after in ((soft_one, soft_other), (soft_other, soft_one)):
        tint = _Tint.fit(before[mask], after[mask])
        ways.append(_Settled(left=_beyond(after, tint(before)), tint=tint, colours=before[mask]))
    return min(ways, key=lambda way: _rms(way.left[mask]))


def _sharpest(one: Sight, other: Sight, alignment: Alignment) -> int:
    """The longer side at which neither photo has to be enlarged, EXTENT at most."""
    return max(_SMALLEST, min(EXTENT, one.extent, round(one.extent * alignment.scale)))


def _beyond(seen: Planes, expected: Planes) -> Planes:
    """How far a pixel is outside of what is expected within a pixel's distance, levels, with its sign."""
    low, high = cv2.erode(expected, _NEAR), cv2.dilate(expected, _NEAR)
    return np.asarray(np.maximum(seen - high, 0) - np.maximum(low - seen, 0), np.float32)


@dataclass(frozen=True)
class _Tint:
    """One gain and one offset for each channel; what goes beyond white or black is cut off."""

    gain: NDArray[np.float64]
    offset: NDArray[np.float64]

    @classmethod
    def fit(cls, before_NC: Planes, after_NC: Planes) -> "_Tint":
        """Least squares without what was cut off at white, then without the tenth that fits worst, per channel."""
        gain, offset = np.ones(3), np.zeros(3)
        for channel in range(3):
            usable = after_NC[:, channel] < _CLIPPED
            if usable.sum() < _FEW:
                continue
            before, after = (side[usable, channel].astype(np.float64) for side in (before_NC, after_NC))
            kept = np.ones(len(after), np.bool_)
            for _ in range(3):
                gain[channel], offset[channel] = _line(before[kept], after[kept])
                wrong = np.abs(gain[channel] * before + offset[channel] - after)
                kept = wrong <= np.partition(wrong, int(0.9 * (len(wrong) - 1)))[int(0.9 * (len(wrong) - 1))]
        return cls(gain, offset)

    def __call__(self, colours: Planes) -> Planes:
        return np.clip(colours * self.gain + self.offset, 0, 255).astype(np.float32)

    def unfounded(self, colours_NC: Planes) -> float:
        """How far it moves the photo's colours beyond what it would move white, levels.

        A tint of everything tints white too (if that can be seen: beyond white is cut off); paint leaves it alone.
        """
        moved = np.linalg.norm(colours_NC * (self.gain - 1) + self.offset, axis=1)
        return float(max(np.quantile(moved, 0.9) - np.linalg.norm(255 * (self.gain - 1) + self.offset), 0.0))


@dataclass(frozen=True, kw_only=True)
class _Settled:
    """What is left after a tint, h x w x 3, the tint, and the colours (N x 3) that it was taken to change."""

    left: Planes
    tint: _Tint
    colours: Planes


def _line(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float]:
    """Gain and offset, drawn to 1 as by a few pixels of great contrast, for photos of one colour."""
    mean_before, mean_after = before.mean(), after.mean()
    centred = before - mean_before
    prior = 20.0
    gain = (centred @ (after - mean_after) / len(before) + prior) / (centred @ centred / len(before) + prior)
    return float(gain), float(mean_after - gain * mean_before)


def _detail(both: Overlay, mask: NDArray[np.bool_]) -> float:
    """Correlation of the fine drawing of photos in grey, 0 where neither has any."""
    fine = []
    for drawn in (both.one, both.other):
        grey = cv2.GaussianBlur(drawn, (0, 0), _SOFT)
        fine.append((grey - cv2.GaussianBlur(grey, (0, 0), _DETAIL))[mask].astype(np.float64))
    strength = float(np.linalg.norm(fine[0]) * np.linalg.norm(fine[1]))
    return float(fine[0] @ fine[1]) / strength if strength > 1 else 0.0


def _drawn(photo: NDArray[np.uint8], matrix: NDArray[np.float64], *, size: tuple[int, int]) -> Planes:
    """The photo seen through `matrix`, averaged when that shrinks it."""
    step = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    source = np.ascontiguousarray(photo).astype(np.float32)
    if step > 1.1:
        source = cv2.GaussianBlur(source, (0, 0), 0.5 * float(np.sqrt(step**2 - 1)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _inside(other: Sight, matrix: NDArray[np.float64], *, size: tuple[int, int], mirrored: bool) -> NDArray[np.bool_]:
    """Where the other photo's content is."""
    left, top, right, bottom = other.box
    if mirrored:
        left, right = other.photo.shape[1] - right, other.photo.shape[1] - left
    columns, rows = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    x = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
    y = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
    return np.asarray((x >= left) & (x <= right - 1) & (y >= top) & (y <= bottom - 1), np.bool_)


def _nothing_in_common(both: Overlay) -> Comparison:
    return Comparison(
        overlap=both.overlap, cover=both.cover, detail=0.0, patch=255.0, spread=255.0,
        gain=(1.0, 1.0, 1.0), offset=(0.0, 0.0, 0.0), cast=0.0, unfounded=0.0,
    )  # fmt: skip


def _rms(values: Planes) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values.size else 255.0


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    red, green, blue = (round(float(value), 4) for value in values)
    return red, green, blue
