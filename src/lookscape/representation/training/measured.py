"""What was measured on the photos, as the numbers that a model may ask for while it trains."""

import hashlib
import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.files import write_atomically
from lookscape.representation.spaces.pixels import Pixels

Measure = Callable[[Sequence[str], Sequence[str]], NDArray[np.float64]]
"""(photo ids, names of attributes) -> N x A numbers, NaN where one is not known."""

Rows = NDArray[np.intp]


def nothing(ids: Sequence[str], names: Sequence[str]) -> NDArray[np.float64]:
    """For catalogues where nothing was measured."""
    return np.full((len(ids), len(names)), np.nan)


def standardised(values_NA: NDArray[np.float64], *, rows: Rows) -> NDArray[np.float32]:
    """Columns less their means, over their deviations, both of the known values in `rows`; NaN stays NaN.

    A column that is known nowhere in `rows`, or is the same everywhere, is NaN throughout.
    """
    known = values_NA[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what NumPy says of columns without a known value
        mean_A, deviation_A = np.nanmean(known, axis=0), np.nanstd(known, axis=0)
    deviation_A = np.where(deviation_A > 0, deviation_A, np.nan)
    return np.asarray((values_NA - mean_A) / deviation_A, np.float32)


def write_measured(pixels: Pixels, names: Sequence[str], *, rows: Rows, measure: Measure, folder: Path) -> Path | None:
    """A file of N x A float32, a row for each row of Pixels, named by its content; None when nothing is wanted."""
    if not names:
        return None
    columns_NA = standardised(measure(pixels.ids, names), rows=rows)
    buffer = io.BytesIO()
    np.save(buffer, columns_NA)
    path = folder / f"measured-{hashlib.sha256(buffer.getvalue()).hexdigest()[:16]}.npy"
    if not path.is_file():
        write_atomically(path, buffer.getvalue())
    return path
