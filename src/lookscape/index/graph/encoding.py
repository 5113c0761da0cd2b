"""Short codes that keep neighbours: principal axes, what they leave out as one length, a byte each.

A row x about the mean is split into its part y on the first principal axes and a rest of length r. For a query
(y', r') the squared distance is |y - y'|^2 + r^2 + r'^2 - 2 r r' cos(rests). Taking the cosine as a constant a, this is
|y - y'|^2 + (r - a r')^2 plus a term of the query alone: the rest becomes one more code dimension, multiplied by a on
the query's side. `_graph` picks a. The axes are turned at random, which
changes no distance but spreads the variance evenly, so that one step size serves all and codes compare as integers.
"""

import numpy as np
from numpy.typing import NDArray

from lookscape.index.graph import kernels
from lookscape.index.graph.kernels import LINE, Codes, Encoding
from lookscape.index.protocol import Vectors

EXPLAINED = 0.9
"""Share of the variance the axes should hold, as far as MAX_CODE allows."""

MAX_CODE = 256
"""Most code dimensions."""

CLIPPED = 0.0005
"""Share of code values at each end that may fall outside a byte."""


def fit(sample_ND: Vectors, *, seed: int) -> Encoding:
    """From a sample of rows; `alignment` is 1, as for rows, until neighbours are known."""
    centre_D = sample_ND.mean(axis=0, dtype=np.float64)
    centred_ND = sample_ND - centre_D.astype(np.float32)
    variances_D, vectors_DD = np.linalg.eigh(centred_ND.T @ centred_ND / len(sample_ND))
    size = _code_size(variances_D[::-1])
    axes_CD = _axes(vectors_DD[:, ::-1].T, num=size - 1, seed=seed)
    projected_NC, rest_N = split(axes_CD, centred_ND)
    low, high = np.quantile(projected_NC[:, : sample_ND.shape[1]], [CLIPPED, 1 - CLIPPED])
    span = max(high - low, np.finfo(np.float32).tiny * 256)
    offset_C = np.full(size, low, dtype=np.float32)
    offset_C[-1] = np.median(rest_N) - span / 2
    return Encoding(
        centre_D=centre_D.astype(np.float32),
        axes_CD=axes_CD,
        offset_C=offset_C,
        scale=np.float32(255 / span),
        alignment=np.float32(1),
    )


def encode(encoding: Encoding, rows_ND: Vectors) -> Codes:
    """N x C codes of rows."""
    codes_NC = np.empty((len(rows_ND), len(encoding.offset_C)), dtype=np.uint8)
    kernels.encode(encoding, rows_ND, codes_NC)
    return codes_NC


def split(axes_CD: Vectors, centred_ND: Vectors) -> tuple[Vectors, NDArray[np.float32]]:
    """The parts on the axes and the lengths of the rests."""
    projected_NC = centred_ND @ axes_CD.T
    squared_N = np.einsum("nd,nd->n", centred_ND, centred_ND) - np.einsum("nc,nc->n", projected_NC, projected_NC)
    return projected_NC, np.sqrt(np.maximum(squared_N, 0))


def _code_size(variances_D: NDArray[np.floating]) -> int:
    """The smallest multiple of LINE whose axes (one dimension is for the rest) explain enough."""
    explained_D = np.cumsum(variances_D) / max(variances_D.sum(), np.finfo(np.float32).tiny)
    enough = int(np.searchsorted(explained_D, EXPLAINED)) + 1
    return min(MAX_CODE, -(-(enough + 1) // LINE) * LINE)


def _axes(principal_DD: Vectors, *, num: int, seed: int) -> Vectors:
    """`num` orthonormal rows spanning the first principal axes, turned at random; zero rows where D is smaller."""
    kept = min(num, len(principal_DD))
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(kept, kept)))
    axes_CD = np.zeros((num, principal_DD.shape[1]), dtype=np.float32)
    axes_CD[:kept] = turn @ principal_DD[:kept]
    return axes_CD
