"""Which products to label next, and whether that helps more than labelling any.

Uncertain products (small margin between the two likeliest values) in dense places are taken first, and spread out by
k-means weighted with both, one from each heap (Zhdanov, "Diverse mini-batch active learning", 2019). What it gains is
found by playing it through on products whose value is known: some are hidden, the picks among them uncovered, and the
accuracy on others compared with that after random picks. The interval of repeated splits of the same products is
Nadeau & Bengio's (Machine Learning 2003), as plain ones are too narrow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

from lookscape.services.imputation.learners import Chances, Codes, Learner, Rows

BREADTH = 10
"""Candidates for each pick."""

WORTHY = 1 / 3
"""Share of the groups that may be candidates, so that a small catalogue's sure products are not among them."""

CLOSE = 20
"""Neighbours whose distance says how dense a place is."""

REPEATS, DRAWS = 12, 3
JUDGED, HIDDEN = 0.3, 0.4
"""Shares of the groups that accuracy is judged on, and that wait to be picked."""

MOST_PLAYED = 2000
"""Known products that it is played through with."""

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Rises of accuracy by labelling, 0 to 1, found from `started` labels; `low` and `high` of picked less random."""

    started: float
    before: float
    picked: float
    random: float
    low: float
    high: float

    @property
    def can_tell(self) -> bool:
        """Picks were surely better than random ones."""
        return self.low > 0


def pick(rows_ND: Rows, chances_NK: Chances | None, groups_N: Places, *, num: int, seed: int = 0) -> Places:
    """Places of at most `num` rows, of as many groups, the most telling first; without chances all are as uncertain."""
    worth_N = _density(rows_ND)
    if chances_NK is not None and chances_NK.shape[1] > 1:
        best_N2 = np.sort(chances_NK, axis=1)[:, -2:]
        worth_N = worth_N * (1 - (best_N2[:, 1] - best_N2[:, 0]))
    falling = np.argsort(-worth_N, kind="stable")
    _, first = np.unique(groups_N[falling], return_index=True)
    candidates = falling[np.sort(first)][: max(num, min(BREADTH * num, int(WORTHY * len(first))))]
    if len(candidates) <= num:
        return candidates
    weights = np.maximum(worth_N[candidates], 1e-9)
    heaps = KMeans(num, n_init=1, random_state=seed).fit(rows_ND[candidates], sample_weight=weights)
    apart = np.linalg.norm(rows_ND[candidates] - heaps.cluster_centers_[heaps.labels_], axis=1)
    chosen = [int(candidates[own[np.argmin(apart[own])]]) for own in _members(heaps.labels_)]
    return np.array(sorted(chosen, key=lambda place: -worth_N[place]), np.intp)


def play(
    rows_ND: Rows,
    codes_N: Codes,
    groups_N: Places,
    *,
    learner: Learner,
    num: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Gain | None:
    """Pick `num` labels and draw as many, REPEATS times; None with too few to hide any. Codes of -1 are never right."""
    scores: list[tuple[float, float, float]] = []
    started: list[int] = []
    for repeat in range(REPEATS):
        report(repeat, REPEATS)
        rng = np.random.default_rng(repeat)
        dealt = rng.permutation(np.unique(groups_N))
        ends = [int(JUDGED * len(dealt)), int((JUDGED + HIDDEN) * len(dealt))]
        judged, hidden, taught = (np.flatnonzero(np.isin(groups_N, part)) for part in np.split(dealt, ends))
        if len(hidden) < 2 * num or len(np.unique(codes_N[taught][codes_N[taught] >= 0])) < 2:
            continue
        score = _Score(rows_ND, codes_N, learner, judged)
        chances = score.chances(taught, hidden)
        picked = hidden[pick(rows_ND[hidden], chances, groups_N[hidden], num=num, seed=repeat)]
        drawn = [rng.choice(hidden, len(picked), replace=False) for _ in range(DRAWS)]
        by_chance = np.mean([score(np.concatenate([taught, more])) for more in drawn])
        scores.append((score(taught), score(np.concatenate([taught, picked])), float(by_chance)))
        started.append(len(taught))
    return _gain(np.array(scores), started) if len(scores) > 2 else None


class _Score:
    """Accuracy on the judged rows after learning from some others."""

    def __init__(self, rows_ND: Rows, codes_N: Codes, learner: Learner, judged: Places) -> None:
        self._rows, self._codes, self._learner, self._judged = rows_ND, codes_N, learner, judged
        self._num_classes = int(codes_N.max()) + 1

    def chances(self, taught: Places, others: Places) -> Chances:
        """Of other rows."""
        kept = taught[self._codes[taught] >= 0]
        return self._learner.chances(self._rows[kept], self._codes[kept], self._rows[others], self._num_classes)

    def __call__(self, taught: Places) -> float:
        """Accuracy, 0 to 1."""
        told = self.chances(taught, self._judged).argmax(axis=1)
        return float((told == self._codes[self._judged]).mean())


def _gain(scores_R3: Numbers, started: Sequence[int]) -> Gain:
    before, picked, drawn = scores_R3.mean(axis=0)
    ahead_R = scores_R3[:, 1] - scores_R3[:, 2]
    count = len(ahead_R)
    spread = np.sqrt(ahead_R.var(ddof=1) * (1 / count + JUDGED / (1 - JUDGED)))
    half = float(student.ppf(0.975, count - 1) * spread)
    middle = float(ahead_R.mean())
    return Gain(
        started=float(np.mean(started)),
        before=float(before),
        picked=float(picked - before),
        random=float(drawn - before),
        low=middle - half,
        high=middle + half,
    )


def _density(rows_ND: Rows) -> Numbers:
    """1 where the nearest rows are as far as usual, more where they are closer."""
    if len(rows_ND) < 2:
        return np.ones(len(rows_ND))
    near = NearestNeighbors(n_neighbors=min(CLOSE, len(rows_ND) - 1)).fit(rows_ND)
    apart_N = near.kneighbors()[0].mean(axis=1)
    usual = float(np.median(apart_N)) or 1.0
    return np.asarray(np.clip(usual / np.maximum(apart_N, 1e-9), 0.25, 4.0))


def _members(labels_N: NDArray[np.integer]) -> list[Places]:
    return [np.flatnonzero(labels_N == number) for number in np.unique(labels_N)]
