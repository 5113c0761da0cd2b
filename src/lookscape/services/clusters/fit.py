"""Groups of vectors: k-means with k from silhouettes (Rousseeuw 1987), or HDBSCAN (Campello et al., PAKDD 2013).

Both by scikit-learn, on the first principal components, by one thread so that the same vectors give the same groups.
Of more than FITTED rows a sample is grouped and the others join the group of the nearest centre, or of the nearest row.
The elbow is the k farthest below the line from the first to the last inertia (Satopää et al., ICDCS-W 2011). It decides
where the clearest silhouette is that of two groups with hardly anything between them: a cloud without groups is always
best cut in two. Weak is what Kaufman & Rousseeuw (Finding Groups in Data, 1990) call so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.index.protocol import Vectors

FITTED = 20_000
JUDGED = 4000
"""Rows of which silhouettes are computed: their number of pairs is what takes the time."""

WEAK = 0.5
"""Mean silhouette up to which a structure is weak and could be artificial."""

STARTS = 3
NOISE = -1
COMPONENTS = {"kmeans": 50, "hdbscan": 10}

Labels = NDArray[np.intp]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One number of groups: the sum of squared distances to the centres, and the mean silhouette in [-1, 1]."""

    k: int
    inertia: float
    silhouette: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """N labels from 0, NOISE for rows in no group; K x C centres; how sure each row's label is, in [0, 1]."""

    labels_N: Labels
    centres_KC: Numbers
    rows_NC: Numbers
    confidence_N: Numbers
    tried: tuple[Tried, ...]
    silhouette: float


def reduced(vectors_ND: Vectors, *, components: int, seed: int) -> Numbers:
    """N x C principal components, C at most what there is."""
    from sklearn.decomposition import PCA

    num = min(components, *vectors_ND.shape)
    some = _sample(len(vectors_ND), most=FITTED, seed=seed)
    fitted = PCA(num, svd_solver="full", random_state=seed).fit(vectors_ND[some].astype(np.float64))
    return np.asarray(fitted.transform(vectors_ND), np.float64)


def by_kmeans(
    rows_NC: Numbers, ks: Sequence[int], *, k: int | None, seed: int, report: Callable[[int, int], None]
) -> Fitted:
    """`k` groups; without it as many of `ks` as `choose` says."""
    from sklearn.cluster import KMeans

    some = _sample(len(rows_NC), most=FITTED, seed=seed)
    judged = _sample(len(some), most=JUDGED, seed=seed)
    wanted = sorted({*ks, k} if k else set(ks))
    fits: dict[int, Any] = {}
    tried = []
    for done, each in enumerate(wanted):
        report(done, len(wanted))
        fits[each] = KMeans(each, n_init=STARTS, random_state=seed).fit(rows_NC[some])
        score = silhouette(rows_NC[some][judged], fits[each].labels_[judged])
        tried.append(Tried(k=each, inertia=float(fits[each].inertia_), silhouette=score))
    chosen = k or choose(tried)
    labels_N, centres_KC = _ranked(fits[chosen].predict(rows_NC), fits[chosen].cluster_centers_)
    score = next(one.silhouette for one in tried if one.k == chosen)
    confidence_N = _margin(rows_NC, labels_N, centres_KC)
    return Fitted(
        labels_N=labels_N,
        centres_KC=centres_KC,
        rows_NC=rows_NC,
        confidence_N=confidence_N,
        tried=tuple(tried),
        silhouette=score,
    )


def by_hdbscan(rows_NC: Numbers, *, smallest: int, seed: int) -> Fitted:
    """As many groups of at least `smallest` rows as there are dense regions; the rest is noise."""
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import NearestNeighbors

    some = _sample(len(rows_NC), most=FITTED, seed=seed)
    model = HDBSCAN(min_cluster_size=smallest, copy=True).fit(rows_NC[some])
    found_S = np.where(model.labels_ < 0, NOISE, model.labels_)
    nearest_N = np.arange(len(some))
    if len(some) < len(rows_NC):
        nearest_N = NearestNeighbors(n_neighbors=1).fit(rows_NC[some]).kneighbors(rows_NC, return_distance=False)[:, 0]
    labels_N, confidence_N = found_S[nearest_N], np.asarray(model.probabilities_, np.float64)[nearest_N]
    centres = [rows_NC[labels_N == label].mean(axis=0) for label in range(labels_N.max() + 1)]
    centres_KC = np.array(centres).reshape(len(centres), rows_NC.shape[1])
    labels_N, centres_KC = _ranked(labels_N, centres_KC)
    judged = np.flatnonzero(labels_N != NOISE)
    judged = judged[_sample(len(judged), most=JUDGED, seed=seed)]
    return Fitted(
        labels_N=labels_N,
        centres_KC=centres_KC,
        rows_NC=rows_NC,
        confidence_N=confidence_N,
        tried=(),
        silhouette=silhouette(rows_NC[judged], labels_N[judged]),
    )


def silhouette(rows_NC: Numbers, labels_N: Labels) -> float:
    """The mean silhouette; 0 where there is one group alone, or as many as rows."""
    from sklearn.metrics import silhouette_score

    if not 1 < len(np.unique(labels_N)) < len(labels_N):
        return 0.0
    return float(silhouette_score(rows_NC, labels_N))


def choose(tried: Sequence[Tried]) -> int:
    """The k with the largest silhouette, the smaller of equals; the elbow, if that would be two weak groups."""
    clearest = max(tried, key=lambda one: (one.silhouette, -one.k))
    if clearest.k == 2 and clearest.silhouette <= WEAK:
        return elbow(tried) or clearest.k
    return clearest.k


def elbow(tried: Sequence[Tried]) -> int | None:
    """The k where more groups begin to pay little; None with fewer than three."""
    if len(tried) < 3:
        return None
    k_T = np.array([one.k for one in tried], np.float64)
    y_T = np.array([one.inertia for one in tried])
    line_T = y_T[0] + (y_T[-1] - y_T[0]) * (k_T - k_T[0]) / (k_T[-1] - k_T[0])
    return int(k_T[int((line_T - y_T).argmax())])


def _ranked(labels_N: Labels, centres_KC: Numbers) -> tuple[Labels, Numbers]:
    """The same groups, the largest first."""
    sizes_K = np.bincount(labels_N[labels_N >= 0], minlength=len(centres_KC))
    order_K = np.argsort(-sizes_K, kind="stable")
    rank_K = np.argsort(order_K)
    renamed_N = labels_N.copy()
    renamed_N[labels_N >= 0] = rank_K[labels_N[labels_N >= 0]]
    return renamed_N, np.asarray(centres_KC)[order_K]


def _margin(rows_NC: Numbers, labels_N: Labels, centres_KC: Numbers) -> Numbers:
    """1 less the distance to the own centre over that to the next: 0 between two groups, near 1 at a centre."""
    from sklearn.metrics import pairwise_distances

    apart_NK = pairwise_distances(rows_NC, centres_KC)
    own_N = apart_NK[np.arange(len(rows_NC)), labels_N]
    apart_NK[np.arange(len(rows_NC)), labels_N] = np.inf
    return np.asarray(1 - own_N / np.maximum(apart_NK.min(axis=1), 1e-12)).clip(0, 1)


def _sample(num_rows: int, *, most: int, seed: int) -> Labels:
    if num_rows <= most:
        return np.arange(num_rows)
    return np.sort(np.random.default_rng(seed).choice(num_rows, most, replace=False))
