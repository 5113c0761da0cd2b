"""Every distance between some queries and some rows, for judging whole rankings where an index gives only the nearest.

L1 sums are faiss's; l2 and cosine come from products of matrices in float64, so that near rows are told apart; hamming
counts differing sign bits about a centre, as an index does about the mean of its rows.
"""

import numpy as np
from numpy.typing import NDArray

from lookscape.index.metrics import sign_bits, stored
from lookscape.index.protocol import Metric, Vectors

BLOCK_BYTES = 64 << 20
"""Differing bits looked at once."""

Distances = NDArray[np.float32]


def all_distances(queries_ND: Vectors, rows_MD: Vectors, *, metric: Metric, centre_D: Vectors) -> Distances:
    """N x M, as `Metric` says; `centre_D` is what hamming's signs are about, usually the mean of the rows."""
    if metric is Metric.HAMMING:
        return _differing(sign_bits(queries_ND, centre_D=centre_D), sign_bits(rows_MD, centre_D=centre_D))
    if metric is Metric.L1:
        import faiss

        found_NM: Distances = faiss.pairwise_distances(
            np.ascontiguousarray(queries_ND, np.float32), np.ascontiguousarray(rows_MD, np.float32), faiss.METRIC_L1
        )
        return found_NM
    return _by_products(queries_ND, rows_MD, metric=metric)


def bytes_of(dim: int, metric: Metric) -> int:
    """What one vector takes under a metric: float32, or a bit for each dimension, in whole bytes."""
    return -(-dim // 8) if metric is Metric.HAMMING else 4 * dim


def _by_products(queries_ND: Vectors, rows_MD: Vectors, *, metric: Metric) -> Distances:
    """|q - x|^2 = |q|^2 + |x|^2 - 2 q.x; cosine is half of that for vectors of length 1, and 1 to a zero vector."""
    queries = stored(np.asarray(queries_ND, np.float32), metric=metric).astype(np.float64)
    rows = stored(np.asarray(rows_MD, np.float32), metric=metric).astype(np.float64)
    squared_NM = queries @ (-2 * rows.T)
    squared_NM += np.einsum("nd,nd->n", queries, queries)[:, None]
    squared_NM += np.einsum("md,md->m", rows, rows)
    np.maximum(squared_NM, 0, out=squared_NM)
    if metric is Metric.L2:
        return np.sqrt(squared_NM, out=squared_NM).astype(np.float32)
    squared_NM *= 0.5
    squared_NM[~queries.any(axis=1)] = 1.0
    squared_NM[:, ~rows.any(axis=1)] = 1.0
    return squared_NM.astype(np.float32)


def _differing(queries_NB: NDArray[np.uint8], rows_MB: NDArray[np.uint8]) -> Distances:
    queries_NW, rows_MW = queries_NB.view(np.uint64), rows_MB.view(np.uint64)
    found_NM = np.empty((len(queries_NW), len(rows_MW)), np.float32)
    step = max(1, BLOCK_BYTES // max(rows_MW.nbytes, 1))
    for start in range(0, len(queries_NW), step):
        differing_BMW = queries_NW[start : start + step, None, :] ^ rows_MW
        found_NM[start : start + step] = np.bitwise_count(differing_BMW).sum(axis=2, dtype=np.int32)
    return found_NM
