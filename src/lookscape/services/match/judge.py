"""One Space under one metric, judged: each query's gallery ranked whole, and one query at a time against the clock.

Distances are exact; equal ones are in the order of photo ids, as in every index. Of each other product only its nearest
photo counts, and nothing of the query's own family.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.index.maintain import BACKENDS
from lookscape.index.metrics import mean
from lookscape.index.pairwise import all_distances
from lookscape.index.protocol import Index, Metric, Vectors
from lookscape.representation.metrics.retrieval import Retrieval, gathered, judge_ranking

RANKS = (1, 5, 10)
"""K of recall at K; the first is the match itself."""

BLOCK = 128
"""Queries whose distances are held at once."""

TIMED = 100
"""Queries that are timed, at most."""

Codes = NDArray[np.intp]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Gallery:
    """M photos in the order of their ids with the codes of their products, families and labels; N of them are queries.

    `queries_N` are rows of the gallery; `allowed_N` says which of the queries a Space may be judged on.
    """

    ids: tuple[str, ...]
    products_M: Codes
    families_M: Codes
    labels_M: Codes
    queries_N: Codes

    @cached_property
    def one_photo_each(self) -> bool:
        """Has every product one photo?"""
        return len(np.unique(self.products_M)) == len(self.products_M)

    def for_queries(self, queries_N: Codes) -> "Gallery":
        """The same with other queries."""
        return Gallery(
            ids=self.ids,
            products_M=self.products_M,
            families_M=self.families_M,
            labels_M=self.labels_M,
            queries_N=queries_N,
        )

    def others(self, row: int) -> NDArray[np.bool_]:
        """Rows that may match a query: M."""
        return np.asarray(self.families_M != self.families_M[row])


@dataclass(frozen=True, kw_only=True)
class Chance:
    """What no Space is needed for, in [0, 1].

    random_N: for each query, how likely a random other product has its label. commonest: the share of queries that
    the commonest label would answer.
    """

    random_N: Numbers
    commonest: float

    @classmethod
    def of(cls, gallery: Gallery) -> "Chance":
        """Exact, by counting products; nothing is drawn."""
        _, first = np.unique(gallery.products_M, return_index=True)
        labels_P, families_P = gallery.labels_M[first], gallery.families_M[first]
        random_N = np.empty(len(gallery.queries_N))
        for place, row in enumerate(gallery.queries_N):
            others = families_P != gallery.families_M[row]
            random_N[place] = (labels_P[others] == gallery.labels_M[row]).mean()
        commonest = np.bincount(labels_P).argmax()
        return cls(random_N=random_N, commonest=float((gallery.labels_M[gallery.queries_N] == commonest).mean()))


def judge(vectors_MD: Vectors, gallery: Gallery, metric: Metric) -> Retrieval:
    """Rank the gallery for every query. `vectors_MD` are in the gallery's order."""
    centre_D = mean(vectors_MD)
    found = []
    for start in range(0, len(gallery.queries_N), BLOCK):
        rows = gallery.queries_N[start : start + BLOCK]
        distances_BM = all_distances(vectors_MD[rows], vectors_MD, metric=metric, centre_D=centre_D)
        found += [
            judge_ranking(_ranked_labels(distances_M, gallery, int(row)) == gallery.labels_M[row], at=RANKS)
            for row, distances_M in zip(rows, distances_BM, strict=True)
        ]
    return gathered(found)


def query_ms(vectors_MD: Vectors, gallery: Gallery, metric: Metric) -> float:
    """Median milliseconds to find the first ten by comparing with every photo of the gallery, one query at a time."""
    index: Index = parts.load(BACKENDS, "exact").Backend(metric=metric, dim=vectors_MD.shape[1])
    index.add(gallery.ids, vectors_MD)
    rows = gallery.queries_N[:TIMED]
    index.search(vectors_MD[rows[:1]], limit=RANKS[-1])
    return float(1000 * np.median(list(_timed(index, vectors_MD, rows))))


def by_label(values_N: Numbers, labels_N: Codes) -> float:
    """The mean over the labels of the mean over their queries: every label counts the same."""
    return float(np.mean([values_N[labels_N == label].mean() for label in np.unique(labels_N)]))


def _timed(index: Index, vectors_MD: Vectors, rows: Codes) -> Iterator[float]:
    for row in rows:
        start = time.perf_counter()
        index.search(vectors_MD[row : row + 1], limit=RANKS[-1])
        yield time.perf_counter() - start


def _ranked_labels(distances_M: NDArray[np.float32], gallery: Gallery, row: int) -> Codes:
    """The labels of all other products, the closest first."""
    others = np.flatnonzero(gallery.others(row))
    order = others[np.argsort(distances_M[others], kind="stable")]
    if not gallery.one_photo_each:
        _, first = np.unique(gallery.products_M[order], return_index=True)
        order = order[np.sort(first)]
    return gallery.labels_M[order]
