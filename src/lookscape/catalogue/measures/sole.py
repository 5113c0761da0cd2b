"""The sole seen from the side: how thick and how light it is, and how far the heel is raised.

The line between sole and upper is the path from heel to toe that follows the strongest change of colour between what
lies above and below it; found by dynamic programming, as in seam carving (Avidan and Shamir 2007).
"""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.measuring import Subject

SIDE_VIEW = True

UNITS: Mapping[str, str] = {
    "sole.thickness": "thickness under the forefoot, in shoe lengths",
    "sole.heel_thickness": "thickness under the heel, in shoe lengths",
    "sole.lightness": "median CIELAB L* of the sole, 0 (black) to 100 (white)",
    "sole.contrast": "CIELAB distance (CIE76) across the line between sole and upper",
}

# Where the line may run, in shoe lengths above the ground, and the rows above and below it that are compared.
_LOWEST, _HIGHEST, _REACH = 0.035, 0.20, 0.022
# Columns that are looked at: the sole curls up at both ends.
_START, _STOP = 0.04, 0.94
# A change of colour above this is as good as any; a step of the line by one row costs this much.
_CLEAR, _STEP = 24.0, 1.5

_FOREFOOT, _HEEL = (0.58, 0.80), (0.08, 0.26)

Field = NDArray[np.float32]


def measure(subject: Subject) -> dict[str, float | str]:
    """Thickness and lightness below the line."""
    width = subject.mask.shape[1]
    strip = _strip(subject, rows=round((_HIGHEST + 2 * _REACH) * width))
    reach = max(1, round(_REACH * width))
    change = _change(strip, reach=reach)
    first = max(round(_LOWEST * width), reach)
    line = first + _best_path(np.minimum(change[first : round(_HIGHEST * width)], _CLEAR))
    columns = np.linspace(_START, _STOP, strip.shape[1])
    low = np.interp(columns, np.linspace(0, 1, width), np.clip(subject.outline.bottom, 0, None)) * width

    def thickness(stretch: tuple[float, float]) -> float:
        inside = (columns >= stretch[0]) & (columns <= stretch[1])
        return float(np.median((line - low)[inside])) / width

    height = np.arange(len(strip))[:, None]
    sole = strip[(height < line - 1) & (height > low + 1), 0]
    return {
        "sole.thickness": thickness(_FOREFOOT),
        "sole.heel_thickness": thickness(_HEEL),
        "sole.lightness": float(np.median(sole)) if len(sole) else float(np.median(strip[:first, :, 0])),
        "sole.contrast": float(np.median(change[line, np.arange(len(line))])),
    }


def _strip(subject: Subject, *, rows: int) -> Field:
    """The lowest rows, from the ground line up, (rows, W', 3); places that are not product repeat the one above."""
    height, width = subject.mask.shape
    columns = np.arange(round(_START * width), round(_STOP * width))
    place = np.rint(subject.outline.ground[columns]).astype(int) - 1 - np.arange(rows)[:, None]
    place = np.clip(place, 0, height - 1)
    inside = subject.mask[place, columns]
    strip = subject.lab[place, columns]
    first = inside.argmax(axis=0)
    below = np.arange(rows)[:, None] < first
    return np.where(below[..., None], strip[first, np.arange(len(columns))], strip)


def _change(strip: Field, *, reach: int) -> Field:
    """CIE76 distance between the mean colours of `reach` rows above and below each row, (rows, W')."""
    box = cv2.blur(strip, (max(3, strip.shape[1] // 24), reach), borderType=cv2.BORDER_REPLICATE)
    half = reach // 2 + 1
    up, down = np.roll(box, -half, axis=0), np.roll(box, half, axis=0)
    change = np.sqrt(((up - down) ** 2).sum(axis=-1))
    change[:half], change[-half:] = 0, 0
    return np.asarray(change, np.float32)


def _best_path(gain: Field) -> NDArray[np.int_]:
    """The row in each column so that the gains add up to most, less _STEP for each row that the path climbs or falls."""
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
