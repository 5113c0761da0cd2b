"""The sole seen from the side: how thick and how light it is, how thick under the heel, and how high the shoe rises
above it.

The line between sole and upper is the highest of the nearly straight lines that show a change of colour all along the
shoe: panels of the upper end somewhere, and the seam between midsole and outsole lies below. It is then followed
column by column by dynamic programming, as in seam carving (Avidan and Shamir 2007).
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.measures.silhouette import ankle_height
from lookscape.catalogue.measuring import Subject

SIDE_VIEW = True

UNITS: Mapping[str, str] = {
    "sole.thickness": "thickness under the forefoot, in shoe lengths",
    "sole.heel_thickness": "thickness under the heel, in shoe lengths",
    "shape.collar_height": "height of the opening's rim above the sole, in shoe lengths",
    "sole.lightness": "median CIELAB L* of the sole's wall, 0 (black) to 100 (white)",
    "sole.contrast": "CIELAB distance (CIE76) between the sole's wall and what is above it",
}

# Where the line may run above the forefoot, and how much higher than that at the heel per length, in shoe lengths.
_LOWEST, _HIGHEST = 0.035, 0.19
_SLOPES = np.linspace(-0.02, 0.10, 10)
# Columns that are looked at, as the sole curls up at both ends; where the forefoot's middle is; every how many pixels.
_START, _STOP, _MIDDLE, _EVERY = 0.04, 0.94, 0.69, 3
# A change of colour above this (CIE76, over two rows) is as good as any.
_CLEAR = 8.0
# A line counts by the weakest stretches of its length; one with this share of the best line's weight is as good.
_STRETCHES, _WEAKEST, _AS_GOOD = 9, 6, 0.48
# A sole has one colour along the shoe, the upper has many: what lies this many rows below a line tells them apart. A
# mean distance (CIE76) of _MIXED between the stretches halves the line's weight.
_BELOW, _MIXED = 4, 5.0
# Soles are seldom thicker than the first under the forefoot; a line at the second counts half.
_RARE = (0.11, 0.19)
# How far the line may leave the straight one, in shoe lengths, and what a step of one row costs.
_BEND, _STEP = 0.022, 1.5

# Rows on either side of the line over which its change is centred, and what an even place counts as.
_AROUND, _NO_CHANGE = 2, 1e-3

# The wall, as shares of the sole's height: what is below is the outsole and its shadow, above the joint.
_WALL = (0.4, 0.9)
# Rows under the upper edge that are mixed with the background.
_EDGE = 3
# A line fainter than this (CIE76) or lower than this (shoe lengths) is not the sole's.
_FAINT, _THINNEST = 1.5, 0.02

_FOREFOOT, _HEEL = (0.58, 0.80), (0.08, 0.26)

Field = NDArray[np.float32]


def measure(subject: Subject) -> dict[str, float | str]:
    """Thickness and lightness below the line; nothing where no line shows."""
    width = subject.mask.shape[1]
    strip = _strip(subject, rows=round((_HIGHEST + 0.07) * width))
    if strip.shape[1] <= _STRETCHES:
        return {}
    change = _change(strip)
    line = _followed(change, _straight(strip, width=width), reach=max(1, round(_BEND * width)))
    joint = _between_rows(change, line)
    columns = np.linspace(_START, _STOP, strip.shape[1])
    low = np.interp(columns, np.linspace(0, 1, width), np.clip(subject.outline.bottom, 0, None)) * width

    def thickness(stretch: tuple[float, float]) -> float:
        inside = (columns >= stretch[0]) & (columns <= stretch[1])
        return float(np.mean((joint - low)[inside]) / width)

    height = np.arange(len(strip))[:, None]
    share = (height - low) / np.maximum(line - low, 1)
    sole = strip[(share > _WALL[0]) & (share < _WALL[1])]
    upper = strip[(height > line + 1) & (height < line + 2 + _BEND * width)]
    shown = float(np.median(change[line, np.arange(len(line))]))
    if shown < _FAINT or not len(sole) or min(thickness(_FOREFOOT), thickness(_HEEL)) < _THINNEST:
        return {}
    return {
        "sole.thickness": thickness(_FOREFOOT),
        "sole.heel_thickness": thickness(_HEEL),
        "shape.collar_height": ankle_height(subject.outline) - thickness(_HEEL),
        "sole.lightness": float(np.median(sole[:, 0])),
        "sole.contrast": float(np.linalg.norm(np.median(sole, axis=0) - np.median(upper, axis=0))),
    }


def _strip(subject: Subject, *, rows: int) -> Field:
    """The lowest rows, from the ground line up, (rows, W', 3).

    Below the product and above it its own outermost colours go on, so that its outline is not taken for a line on it.
    """
    height, width = subject.mask.shape
    columns = np.arange(round(_START * width), round(_STOP * width), _EVERY)
    place = np.rint(subject.outline.ground[columns]).astype(int) - 1 - np.arange(rows)[:, None]
    place = np.clip(place, 0, height - 1)
    inside = subject.mask[place, columns]
    lowest = inside.argmax(axis=0)
    highest = np.maximum(rows - 1 - inside[::-1].argmax(axis=0) - _EDGE, lowest)
    within = np.clip(np.arange(rows)[:, None], lowest, highest)
    return subject.lab[np.take_along_axis(place, within, axis=0), columns]


def _change(strip: Field) -> Field:
    """CIE76 distance between the colours above and below each place, smoothed along the shoe, (rows, W')."""
    smooth = cv2.blur(strip, (max(3, strip.shape[1] // 20), 1), borderType=cv2.BORDER_REPLICATE)
    change = np.zeros(strip.shape[:2], np.float32)
    change[1:-1] = _length(smooth[2:] - smooth[:-2])
    return change


def _length(vectors: Field) -> Field:
    """Euclidean length along the last axis."""
    return np.asarray(np.sqrt(np.einsum("...k,...k->...", vectors, vectors)), np.float32)


def _straight(strip: Field, *, width: int) -> NDArray[np.int_]:
    """The row of the highest good straight line in each column.

    Colours are averaged along each stretch of a line before they are compared, so that prints and mesh cancel out.
    """
    rows, columns = strip.shape[:2]
    run = (_MIDDLE - np.linspace(_START, _STOP, columns)) * width
    starts = np.linspace(0, columns, _STRETCHES + 1).astype(int)
    place = np.arange(rows)[:, None] + np.rint(_SLOPES[:, None, None] * run).astype(int)
    along = strip[np.clip(place, 0, rows - 1), np.arange(columns)]
    sums: Field = np.add.reduceat(along, starts[:-1], axis=2)
    means = np.asarray(sums / np.diff(starts)[:, None], np.float32)
    weights = np.zeros((len(_SLOPES), rows), np.float32)
    weights[:, 1:-1] = _weakest(np.minimum(_length(means[:, 2:] - means[:, :-2]), _CLEAR))
    weights[:, _BELOW:] /= 1 + (_spread(means)[:, :-_BELOW] / _MIXED) ** 2
    best = weights.max(axis=0) * np.interp(np.arange(rows) / width, _RARE, [1.0, 0.5])
    best[: round(_LOWEST * width)], best[round(_HIGHEST * width) :] = 0, 0
    peaks = (best >= np.roll(best, 1)) & (best >= np.roll(best, -1))
    chosen = int(np.flatnonzero(peaks & (best >= _AS_GOOD * best.max()))[-1])
    slope = _SLOPES[weights[:, chosen].argmax()]
    line = np.clip(chosen + np.rint(slope * run), 1, rows - 2)
    return np.asarray(line, np.int_)


def _weakest(change: Field) -> Field:
    """The sum over the weakest stretches of each row or the next, (K, rows, S) to (K, rows)."""
    near = change.copy()
    near[:, 1:] = np.maximum(near[:, 1:], change[:, :-1])
    near[:, :-1] = np.maximum(near[:, :-1], change[:, 1:])
    return np.asarray(np.partition(near, _WEAKEST - 1, axis=-1)[..., :_WEAKEST].sum(axis=-1), np.float32)


def _spread(means: Field) -> Field:
    """How far the stretches are from their median colour, without the two farthest: (K, rows, S, 3) to (K, rows)."""
    middle = np.partition(means, _STRETCHES // 2, axis=2)[:, :, _STRETCHES // 2, None]
    apart = _length(means - middle)
    return np.asarray(np.partition(apart, _STRETCHES - 3, axis=-1)[..., : _STRETCHES - 2].mean(axis=-1), np.float32)


def _followed(change: Field, line: NDArray[np.int_], *, reach: int) -> NDArray[np.int_]:
    """The row of the strongest change in each column, at most `reach` from the line."""
    rows = np.clip(line + np.arange(-reach, reach + 1)[:, None], 0, len(change) - 1)
    columns = np.arange(len(line))
    return np.asarray(rows[_best_path(np.minimum(change[rows, columns], 2 * _CLEAR)), columns])


def _between_rows(change: Field, line: NDArray[np.int_]) -> NDArray[np.float64]:
    """Where the change around each row of the line has its centre, so that thickness does not go in whole rows."""
    rows = np.clip(line + np.arange(-_AROUND, _AROUND + 1)[:, None], 0, len(change) - 1)
    weights = change[rows, np.arange(len(line))].astype(np.float64) + _NO_CHANGE
    return np.asarray((rows * weights).sum(axis=0) / weights.sum(axis=0))


def _best_path(gain: Field) -> NDArray[np.int_]:
    """The row in each column with the largest sum of gains, less _STEP for each row climbed or fallen."""
    rows, columns = gain.shape
    best = gain[:, 0]
    came = np.zeros((columns, rows), np.int_)
    stay = np.arange(rows)
    for column in range(1, columns):
        moves = np.full((3, rows), -np.inf, np.float32)
        moves[0, 1:], moves[1], moves[2, :-1] = best[:-1] - _STEP, best, best[1:] - _STEP
        chosen = moves.argmax(axis=0)
        came[column] = stay + chosen - 1
        best = moves[chosen, stay] + gain[:, column]
    path = np.empty(columns, np.int_)
    path[-1] = best.argmax()
    for column in range(columns - 1, 0, -1):
        path[column - 1] = came[column, path[column]]
    return path
