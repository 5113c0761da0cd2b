"""Which way of telling a value is best, found by trying them on products whose value is known.

Groups of products are dealt into FOLDS; each fold is predicted by what was learned from the others. All settings of all
methods, on all views, are first compared on two folds by their log score, then the best of each method on all of them,
and beside these `together`: their mean, weighted so that its log score is best (the linear opinion pool, Stone 1961, by
expectation maximisation). The one that is right most often is chosen. Values too rare to be learned count as wrong for
all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from lookscape.services.imputation.learners import METHODS, MOST_SPREAD, Chances, Codes, Learner, Rows

FOLDS, FIRST = 5, 2
LEAST = 1e-3
"""The smallest chance that a log score takes for true."""

POOL_ROUNDS = 50
TOGETHER = "together"

Report = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One learner on one view."""

    method: str
    view: str
    learner: Learner
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A method at its best: its chances for products when they were held out."""

    method: str
    entries: tuple[Entry, ...]
    chances_NK: Chances
    right: int

    @property
    def words(self) -> str:
        """Settings and views, for people."""
        if len(self.entries) == 1:
            return f"{self.entries[0].learner.words}, on {self.entries[0].view}"
        return ", ".join(f"{one.weight:.0%} {one.method}" for one in self.entries if one.weight >= LEAST)


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """N products whose value is known; a code of -1 is a value too rare to be learned."""

    views: Mapping[str, Rows]
    codes_N: Codes
    groups_N: NDArray[np.intp]
    num_classes: int


def folds_of(groups_N: NDArray[np.intp], *, seed: int = 0) -> NDArray[np.intp]:
    """The fold of each row, whole groups together; fewer folds where there are fewer groups."""
    number = min(FOLDS, len(np.unique(groups_N)))
    folds_N = np.zeros(len(groups_N), np.intp)
    for fold, (_, held) in enumerate(
        GroupKFold(number, shuffle=True, random_state=seed).split(groups_N, groups=groups_N)
    ):
        folds_N[held] = fold
    return folds_N


def try_methods(
    known: Known, folds_N: NDArray[np.intp], methods: Sequence[str], report: Report = lambda done, total: None
) -> list[Trial]:
    """Every method at its best, the one that is right most often first; `together` only where there are several."""
    entries = [
        Entry(method=method, view=view, learner=learner)
        for method in methods
        for view in known.views
        for learner in METHODS[method]
        if method != "spreading" or len(known.codes_N) <= MOST_SPREAD
    ]
    total = FIRST * len(entries) + (FOLDS - FIRST) * len(methods)
    steps = _Steps(total, report)
    first: dict[Entry, Chances] = {one: np.zeros((len(folds_N), known.num_classes)) for one in entries}
    for one, chances_NK in first.items():
        for fold in range(FIRST):
            _predict_fold(known, folds_N == fold, one, chances_NK)
            steps.step()
    judged = folds_N < FIRST
    trials = []
    for method in dict.fromkeys(one.method for one in entries):
        mine = [one for one in entries if one.method == method]
        best = max(mine, key=lambda one: _log_score(known, first[one], judged))
        for fold in range(FIRST, int(folds_N.max()) + 1):
            _predict_fold(known, folds_N == fold, best, first[best])
            steps.step()
        trials.append(_trial(known, method, (best,), first[best]))
    if len(trials) > 1:
        trials.append(_pooled(known, trials))
    return sorted(trials, key=lambda trial: -trial.right)


def predict(known: Known, entries: Sequence[Entry], others: Mapping[str, Rows]) -> Chances:
    """M x K: what these learners, taught by all that is known, say of other products, on average."""
    taught_N = known.codes_N >= 0
    codes_N = known.codes_N[taught_N]
    used = [one for one in entries if one.weight >= LEAST]
    found = [
        one.weight * one.learner.chances(known.views[one.view][taught_N], codes_N, others[one.view], known.num_classes)
        for one in used
    ]
    return np.asarray(np.sum(found, axis=0) / sum(one.weight for one in used))


def _predict_fold(known: Known, held_N: NDArray[np.bool_], entry: Entry, chances_NK: Chances) -> None:
    taught_N = ~held_N & (known.codes_N >= 0)
    if held_N.any() and taught_N.any():
        rows = known.views[entry.view]
        codes = known.codes_N[taught_N]
        chances_NK[held_N] = entry.learner.chances(rows[taught_N], codes, rows[held_N], known.num_classes)


def _pooled(known: Known, trials: Sequence[Trial]) -> Trial:
    chances_TNK = np.stack([trial.chances_NK for trial in trials])
    held_N = np.flatnonzero(known.codes_N >= 0)
    true_TN = np.maximum(chances_TNK[:, held_N, known.codes_N[held_N]], LEAST)
    weights_T = np.full(len(trials), 1 / len(trials))
    for _ in range(POOL_ROUNDS):
        parts_TN = weights_T[:, None] * true_TN
        weights_T = (parts_TN / parts_TN.sum(axis=0)).mean(axis=1)
    entries = tuple(
        replace(trial.entries[0], weight=float(weight)) for trial, weight in zip(trials, weights_T, strict=True)
    )
    return _trial(known, TOGETHER, entries, np.einsum("t,tnk->nk", weights_T, chances_TNK))


def _log_score(known: Known, chances_NK: Chances, judged_N: NDArray[np.bool_]) -> float:
    rows = np.flatnonzero(judged_N & (known.codes_N >= 0))
    return float(np.log(np.maximum(chances_NK[rows, known.codes_N[rows]], LEAST)).sum())


def _right(known: Known, chances_NK: Chances, judged_N: NDArray[np.bool_]) -> int:
    return int((chances_NK.argmax(axis=1) == known.codes_N)[judged_N].sum())


def _trial(known: Known, method: str, entries: tuple[Entry, ...], chances_NK: Chances) -> Trial:
    right = _right(known, chances_NK, np.ones(len(chances_NK), np.bool_))
    return Trial(method=method, entries=entries, chances_NK=chances_NK, right=right)


class _Steps:
    """Counts what is done."""

    def __init__(self, total: int, report: Report) -> None:
        self._done, self._total, self._report = 0, total, report

    def step(self) -> None:
        """One more."""
        self._done += 1
        self._report(self._done, max(self._total, self._done))
