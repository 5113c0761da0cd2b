"""Widths and heights of the files as they came, in pixels: their ranges, histograms and every pair that occurs."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.records import Photo
from lookscape.services.survey.figures import Histogram, Range, Spot

BINS = 24
DECIMALS = 4

Whole = NDArray[np.int64]


def ranges(photos: Sequence[Photo], files_N: Whole) -> list[Range]:
    """Of width, height and width over height, a file counting once."""
    if not photos:
        return []
    width_F, height_F = _of_files(photos, files_N)
    told = [("width", "px", width_F), ("height", "px", height_F), ("width / height", "", width_F / height_F)]
    return [_range(name, unit, values_F) for name, unit, values_F in told]


def histograms(photos: Sequence[Photo], files_N: Whole, codes_N: NDArray[np.intp], *, num: int) -> list[Histogram]:
    """Of width and height, for each of `num` groups."""
    if not photos:
        return []
    width_F, height_F = _of_files(photos, files_N)
    codes_F = np.repeat(codes_N, files_N)
    return [
        _histogram(name, values_F, codes_F, num=num) for name, values_F in (("width", width_F), ("height", height_F))
    ]


def spots(photos: Sequence[Photo], files_N: Whole, codes_N: NDArray[np.intp]) -> list[Spot]:
    """Every size that occurs in a group, the one with the most files first."""
    counted: Counter[tuple[int, int, int]] = Counter()
    for photo, files, code in zip(photos, files_N.tolist(), codes_N.tolist(), strict=True):
        counted[code, photo.width, photo.height] += files
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [
        Spot(group=group, width=width, height=height, files=files) for (group, width, height), files in ranked if files
    ]


def _of_files(photos: Sequence[Photo], files_N: Whole) -> tuple[Whole, Whole]:
    width_N, height_N = (np.array([getattr(photo, side) for photo in photos], np.int64) for side in ("width", "height"))
    return np.repeat(width_N, files_N), np.repeat(height_N, files_N)


def _range(name: str, unit: str, values_F: NDArray[np.number]) -> Range:
    low, quarter, median, three_quarters, high = (
        round(float(value), DECIMALS) for value in np.quantile(values_F, (0, 0.25, 0.5, 0.75, 1))
    )
    return Range(
        name=name, unit=unit, low=low, quarter=quarter, median=median, three_quarters=three_quarters, high=high
    )


def _histogram(name: str, values_F: Whole, codes_F: NDArray[np.intp], *, num: int) -> Histogram:
    """Bins of as many whole pixels each; there may be room above the largest."""
    low, high = int(values_F.min()), int(values_F.max())
    step = -(-(high - low + 1) // BINS)
    edges = np.arange(low, high + step + 1, step)
    counts = [np.histogram(values_F[codes_F == group], edges)[0].tolist() for group in range(num)]
    return Histogram(name=name, unit="px", edges=edges.tolist(), counts=counts)
