"""UMAP: a map from a fuzzy graph of neighbours (McInnes, Healy & Melville, arXiv:1802.03426), by umap-learn.

Its library draws random numbers with several threads in an order that changes from run to run, so it is given one.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.index.neighbourhood import Neighbourhood, Report

TITLE = "UMAP"
NEIGHBOURS = 15
LARGEST = {2: 200_000, 3: 200_000}

MIN_DISTANCE = 0.1
SPREAD = 10.0
"""Largest coordinate at the start, as in the library."""

CLOSE = 0.5
"""Distance on the map, in its units, at which a neighbour of a new row counts half as much as one by the nearest."""

Points = NDArray[np.float64]


def lay_out(near: Neighbourhood, start_ND: Points, *, seed: int, threads: int, report: Report) -> Points:
    """Coordinates of N rows, centred, from where they start (any scale)."""
    umap_ = _library()
    num_rows, num_dims = start_ND.shape
    drawn = np.random.RandomState(seed)
    report(0, 2)
    rows_NK = np.concatenate([np.arange(num_rows)[:, None], near.rows_NK], axis=1)  # the library counts a row itself
    far_NK = np.concatenate([np.zeros((num_rows, 1), np.float32), near.distances_NK], axis=1)
    graph, _, _ = umap_.fuzzy_simplicial_set(
        start_ND, rows_NK.shape[1], drawn, "euclidean", knn_indices=rows_NK, knn_dists=far_NK
    )
    report(1, 2)
    start_ND = (SPREAD * start_ND / np.abs(start_ND).max()).astype(np.float32)
    a, b = umap_.find_ab_params(1.0, MIN_DISTANCE)
    map_ND, _ = umap_.simplicial_set_embedding(
        start_ND, graph, num_dims, 1.0, a, b, 1.0, 5, None, start_ND, drawn, "euclidean", {}, densmap=False,
        densmap_kwds={}, output_dens=False, parallel=False,
    )  # fmt: skip
    return np.asarray(map_ND - map_ND.mean(axis=0), np.float64)


def place(near: Neighbourhood, map_MD: Points, *, threads: int, report: Report) -> Points:
    """Coordinates of N new rows: the mean of their neighbours by membership, of those that lie by the nearest one.

    The plain mean, with which the library starts, puts a row whose neighbours lie in two places between them, where
    nothing like it is.
    """
    umap_ = _library()
    far_NK = near.distances_NK.astype(np.float32)
    num = far_NK.shape[1]
    scale_N, nearest_N = umap_.smooth_knn_dist(far_NK, float(num), local_connectivity=0.0)
    weight_NK = np.exp(-np.maximum(far_NK - nearest_N[:, None], 0) / scale_N[:, None]).astype(np.float64)
    points_NKD = map_MD[near.rows_NK]
    apart_NK = ((points_NKD - points_NKD[:, :1]) ** 2).sum(axis=2)
    weight_NK /= 1 + apart_NK / CLOSE**2
    weight_NK /= weight_NK.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("nk,nkd->nd", weight_NK, points_NKD), np.float64)


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of optional parts that are not used here
        from umap import umap_

    return umap_
