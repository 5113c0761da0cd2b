"""Who is near whom, as positions: what a map is laid out from, and what places new rows into one.

Letters in names: N rows asked about, K neighbours of each, M rows looked among.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.index.protocol import Index, Metric, Vectors

BLOCK = 4096
"""Rows asked about at once: neighbours come with their names, which take much more room than positions."""

Positions = NDArray[np.int64]
Report = Callable[[int, int], None]
"""Called with steps done and steps in all; what it raises stops the work."""


@dataclass(frozen=True, kw_only=True)
class Neighbourhood:
    """For N rows the positions of their K nearest among `num_rows` others, and how far those are; nearest first.

    Distances behave like Euclidean ones: a Gaussian of them means something under every metric.
    """

    rows_NK: Positions
    distances_NK: Vectors
    num_rows: int

    def nearest(self, num: int) -> "Neighbourhood":
        """Only the first `num` of each."""
        rows_NK = np.ascontiguousarray(self.rows_NK[:, :num])
        distances_NK = np.ascontiguousarray(self.distances_NK[:, :num])
        return Neighbourhood(rows_NK=rows_NK, distances_NK=distances_NK, num_rows=self.num_rows)


def among_themselves(
    index: Index, ids: Sequence[str], vectors_ND: Vectors, *, num: int, report: Report
) -> Neighbourhood:
    """The `num` nearest of each row of an index that holds just these rows, itself left out; `ids` are sorted."""
    return _found(index, ids, vectors_ND, num=min(num, len(ids) - 1), own_N=np.arange(len(ids)), report=report)


def to_others(index: Index, ids: Sequence[str], queries_ND: Vectors, *, num: int, report: Report) -> Neighbourhood:
    """The `num` nearest of each query among the rows of an index that holds just `ids`, which are sorted."""
    return _found(index, ids, queries_ND, num=min(num, len(ids)), own_N=None, report=report)


def _found(
    index: Index, ids: Sequence[str], queries_ND: Vectors, *, num: int, own_N: Positions | None, report: Report
) -> Neighbourhood:
    names = np.array(ids)
    rows_NK = np.empty((len(queries_ND), num), np.int64)
    distances_NK = np.empty((len(queries_ND), num), np.float32)
    for start in range(0, len(queries_ND), BLOCK):
        report(start, len(queries_ND))
        part = slice(start, start + BLOCK)
        found = index.search(queries_ND[part], limit=num + (own_N is not None))
        found_BK = np.searchsorted(names, np.array(found.ids, dtype=names.dtype))
        far_BK = np.array(found.distances, np.float32)
        if own_N is not None:
            kept_BK = _without(found_BK, own_N[part])
            found_BK, far_BK = found_BK[kept_BK].reshape(-1, num), far_BK[kept_BK].reshape(-1, num)
        rows_NK[part], distances_NK[part] = found_BK, _euclidean(far_BK, metric=index.metric)
    return Neighbourhood(rows_NK=rows_NK, distances_NK=distances_NK, num_rows=len(ids))


def _without(found_BK: Positions, own_B: Positions) -> NDArray[np.bool_]:
    """All but one of each row: itself, or the last where many are equal and itself is not among them."""
    kept_BK: NDArray[np.bool_] = found_BK != own_B[:, None]
    kept_BK[kept_BK.all(axis=1), -1] = False
    return kept_BK


def _euclidean(distances_NK: Vectors, *, metric: Metric) -> Vectors:
    """1 - cosine is half the squared length of the chord; differing bits are squared lengths already."""
    if metric is Metric.COSINE:
        return np.asarray(np.sqrt(2 * np.maximum(distances_NK, 0)), np.float32)
    return np.asarray(np.sqrt(distances_NK), np.float32) if metric is Metric.HAMMING else distances_NK
