"""The four metrics in NumPy: what is stored for each, and the distance between a query and stored rows.

Letters in names: N queries, M rows, K candidates of a query, D dimensions, B bytes of packed bits.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.index.protocol import Metric, Vectors

Bits = NDArray[np.uint8]


def checked(vectors_ND: Vectors, *, dim: int) -> Vectors:
    """Contiguous float32 rows of `dim` dimensions, all finite; UsageError says which of these is not so."""
    rows_ND = np.ascontiguousarray(vectors_ND, dtype=np.float32)
    if rows_ND.ndim != 2 or rows_ND.shape[1] != dim:
        raise UsageError(f"vectors of shape {rows_ND.shape} given; this index takes rows of {dim} dimensions")
    # One pass without a temporary: a sum of squares is finite unless a value is not, or the sum overflows and the
    # slow test decides.
    flat = rows_ND.reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):
        total = flat.dot(flat)
    if not math.isfinite(total) and not np.isfinite(rows_ND).all():
        bad = int(np.flatnonzero(~np.isfinite(rows_ND).all(axis=1))[0])
        raise UsageError(f"vector {bad} holds a value that is not finite; leave it out or encode the photo again")
    return rows_ND


def checked_ids(ids: Sequence[str], *, num_rows: int) -> None:
    """One id per row and none twice, else UsageError."""
    if len(ids) != num_rows:
        raise UsageError(f"{len(ids)} ids given for {num_rows} vectors; give one id per vector")
    if len(set(ids)) != num_rows:
        seen: set[str] = set()
        twice = next(name for name in ids if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise UsageError(f"the id {twice!r} is given twice in one call; give each id once")


def stored(vectors_ND: Vectors, *, metric: Metric) -> Vectors:
    """Rows as an index keeps them: of length 1 under cosine (zero rows stay zero), else unchanged."""
    if metric is not Metric.COSINE:
        return vectors_ND
    # Scaling by the largest value first keeps the squares from overflowing or vanishing.
    largest_N1 = np.abs(vectors_ND).max(axis=1, keepdims=True, initial=0.0)
    largest_N1[largest_N1 == 0] = 1
    scaled_ND: Vectors = vectors_ND / largest_N1
    length_N1 = np.sqrt(np.einsum("nd,nd->n", scaled_ND, scaled_ND))[:, None]
    length_N1[length_N1 == 0] = 1
    scaled_ND /= length_N1
    return scaled_ND


def distances(queries_ND: Vectors, rows_NKD: Vectors, *, metric: Metric) -> NDArray[np.float32]:
    """N x K distances from each (stored) query to its own K (stored) rows, by plain differences.

    Under cosine 1 - q.x = |q - x|^2 / 2 for unit vectors, which is exact where it matters: near zero.
    """
    difference_NKD = rows_NKD - queries_ND[:, None, :]
    if metric is Metric.L1:
        summed_NK: NDArray[np.float32] = np.abs(difference_NKD, out=difference_NKD).sum(axis=2)
        return summed_NK
    squared_NK: NDArray[np.float32] = np.einsum("nkd,nkd->nk", difference_NKD, difference_NKD)
    if metric is Metric.L2:
        return np.sqrt(squared_NK, out=squared_NK)
    squared_NK *= 0.5
    squared_NK[~queries_ND.any(axis=1)] = 1.0
    squared_NK[~rows_NKD.any(axis=2)] = 1.0
    return squared_NK


def mean(rows_MD: Vectors, *, block: int = 4096) -> Vectors:
    """The mean row, summed in float64 block by block; zeros when there are no rows."""
    total_D = np.zeros(rows_MD.shape[1])
    for start in range(0, len(rows_MD), block):
        total_D += rows_MD[start : start + block].sum(axis=0, dtype=np.float64)
    centre_D: Vectors = (total_D / max(len(rows_MD), 1)).astype(np.float32)
    return centre_D


def sign_bits(vectors_ND: Vectors, *, centre_D: Vectors, block: int = 4096) -> Bits:
    """N x B packed signs of the centred vectors (1 where above the centre), B a multiple of 8 for fast counting."""
    num_rows, dim = vectors_ND.shape
    bits_NB = np.zeros((num_rows, -(-dim // 64) * 8), dtype=np.uint8)
    for start in range(0, num_rows, block):
        above = vectors_ND[start : start + block] > centre_D
        bits_NB[start : start + block, : -(-dim // 8)] = np.packbits(above, axis=1)
    return bits_NB
