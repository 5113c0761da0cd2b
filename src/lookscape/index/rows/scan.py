"""Exact search over every row: a fast scan proposes, plain differences decide, ties go by id.

The scan (faiss: matrix products for l2 and cosine, vectorised l1, counted bits for hamming) may round. So a few
more rows than asked are proposed, their distances are computed again by differences, and a query whose last hit
could still tie with a row not proposed is asked again with more. The result is exact up to float32 differences.
"""

from dataclasses import dataclass
from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from lookscape.index import metrics
from lookscape.index.metrics import Bits
from lookscape.index.protocol import Metric, Neighbours, Vectors
from lookscape.index.rows.ids import Positions
from lookscape.index.rows.rows import Rows

Distances = NDArray[np.float32]

SPARE = 8
"""Rows proposed beyond those asked for."""

WIDEN = 4
"""How many times more are proposed when a tie may reach past the last proposal."""

BLOCK_BYTES = 32 << 20
"""Rows gathered at once for exact distances."""

ROUNDING = 2.0**-18
"""Bound on a proposal's error, relative to the terms it was summed from (float32, sums in blocks)."""

FAISS_METRICS = {Metric.L1: faiss.METRIC_L1, Metric.L2: faiss.METRIC_L2, Metric.COSINE: faiss.METRIC_L2}


@dataclass(frozen=True, kw_only=True)
class SignTable:
    """M x B packed sign bits of the rows about their mean."""

    bits_MB: Bits
    centre_D: Vectors

    @classmethod
    def of(cls, vectors_MD: Vectors) -> "SignTable":
        """One pass over the rows for the mean and one for the signs."""
        centre_D = metrics.mean(vectors_MD)
        return cls(bits_MB=metrics.sign_bits(vectors_MD, centre_D=centre_D), centre_D=centre_D)


class Found(NamedTuple):
    """N x K distances and positions, closest first, ties by id."""

    distances_NK: Distances
    positions_NK: Positions

    def named(self, rows: Rows) -> Neighbours:
        """The same with ids for positions."""
        width = self.positions_NK.shape[1]
        flat = iter(rows.ids.names(self.positions_NK.reshape(-1)))
        ids = tuple(zip(*[flat] * width, strict=True)) if width else ((),) * len(self.positions_NK)
        return Neighbours(ids=ids, distances=tuple(map(tuple, self.distances_NK.tolist())))


def scan(rows: Rows, queries_ND: Vectors, *, limit: int, signs: SignTable | None = None) -> Found:
    """The `limit` nearest of each (stored) query; under hamming `signs` are needed and there may be no holes."""
    width = min(limit, len(rows))
    distances_NK = np.empty((len(queries_ND), width), dtype=np.float32)
    positions_NK = np.empty((len(queries_ND), width), dtype=np.int64)
    asked = np.arange(len(queries_ND) if width else 0)
    proposed = width + SPARE
    while len(asked):
        proposed = min(proposed, len(rows.alive))
        if signs is None:
            found, bound_N = _by_value(rows, queries_ND[asked], num=proposed)
        else:
            found, bound_N = _by_sign(rows, signs, queries_ND[asked], num=proposed)
        distances_NK[asked] = found.distances_NK[:, :width]
        positions_NK[asked] = found.positions_NK[:, :width]
        if proposed == len(rows.alive):
            break
        asked = asked[found.distances_NK[:, width - 1] >= bound_N]
        proposed *= WIDEN
    return Found(distances_NK, positions_NK)


def _by_value(rows: Rows, queries_ND: Vectors, *, num: int) -> tuple[Found, Distances]:
    """The `num` proposals of each query in exact order, and a distance below which nothing was left out."""
    rough_NK, positions_NK = faiss.knn(queries_ND, rows.vectors, num, FAISS_METRICS[rows.metric])
    found = ordered(rows, queries_ND, positions_NK)
    last_N = rough_NK[:, -1]
    if rows.metric is Metric.L1:
        return found, last_N * (1 - ROUNDING)
    # |q|^2 - 2 q.x + |x|^2 rounds relative to its terms; a row nearer than the last has |x| <= |q| + d.
    length_N = np.einsum("nd,nd->n", queries_ND, queries_ND)
    terms_N = 6 * length_N + 4 * np.maximum(last_N, 0)
    squared_N = np.maximum(last_N - ROUNDING * terms_N, 0)
    return found, squared_N / 2 if rows.metric is Metric.COSINE else np.sqrt(squared_N)


def _by_sign(rows: Rows, signs: SignTable, queries_ND: Vectors, *, num: int) -> tuple[Found, Distances]:
    """As `_by_value`; counted bits are exact, so only a tie with the last proposal can hide a row."""
    query_bits_NB = metrics.sign_bits(queries_ND, centre_D=signs.centre_D)
    counts_NK, positions_NK = faiss.knn_hamming(query_bits_NB, signs.bits_MB, num)
    distances_NK = counts_NK.astype(np.float32)
    return by_distance_then_id(rows, distances_NK, positions_NK.astype(np.int64)), distances_NK[:, -1]


def ordered(rows: Rows, queries_ND: Vectors, positions_NK: Positions) -> Found:
    """Candidates of each query by their exact distance, ties by id, holes at infinity."""
    distances_NK = np.empty(positions_NK.shape, dtype=np.float32)
    block = max(1, BLOCK_BYTES // max(positions_NK.shape[1] * rows.dim * 4, 1))
    for start in range(0, len(queries_ND), block):
        part = slice(start, start + block)
        gathered_NKD = rows.vectors[positions_NK[part]]
        distances_NK[part] = metrics.distances(queries_ND[part], gathered_NKD, metric=rows.metric)
    distances_NK[~rows.alive[positions_NK]] = np.inf
    return by_distance_then_id(rows, distances_NK, positions_NK)


def by_distance_then_id(rows: Rows, distances_NK: Distances, positions_NK: Positions) -> Found:
    """Each query's candidates sorted by distance; equal distances go by id."""
    order_NK = np.argsort(distances_NK, axis=1, kind="stable")
    distances_NK = np.take_along_axis(distances_NK, order_NK, axis=1)
    positions_NK = np.take_along_axis(positions_NK, order_NK, axis=1)
    tied = np.flatnonzero((distances_NK[:, 1:] == distances_NK[:, :-1]).any(axis=1))
    for query in tied:
        keys = rows.ids.keys(positions_NK[query])
        positions_NK[query] = positions_NK[query][np.lexsort((keys, distances_NK[query]))]
    return Found(distances_NK, positions_NK)
