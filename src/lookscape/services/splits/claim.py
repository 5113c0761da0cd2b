"""What a split claims, and what it would without its leaks: the linear head on frozen features, told the same photos.

Logistic regression on standardised features learns from the photos that train and is judged on those held out. Then
everything in the group of a held-out photo is taken out of what it learns from, and it is judged on the same photos
again. As fewer photos teach less, whatever they are, it is also taught without as many others, drawn at random: the
difference to that is what knowing the answers was worth. Its strength is chosen as a person with that split would, on
a part of what it learns from: drawn photo by photo where nobody minds leaks, by whole groups where they are taken out.
Intervals redraw whole groups (see metrics/intervals.py).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from lookscape.representation.metrics.intervals import Interval, bootstrap_mean
from lookscape.services.records import Progress

STRENGTHS = (0.001, 0.01, 0.1)
"""scikit-learn's C."""

ROUNDS = 500
CHOSEN_ON = 0.2
"""Share of what is learned from that the strength is chosen on."""

DRAWS = 3
"""Times that as many others are taken out."""

MOST, MOST_CHOSEN = 20_000, 6_000
"""Photos that are learned from, and that the strength is chosen with; more take long and change little."""

Rows = NDArray[np.intp]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Shares of the held-out photos told right. `fair` is with fewer photos of any kind, `clean` without their like.

    `inflated` is fair less clean. `dropped` photos of `trained` are like one of those `judged`; `majority` is right by
    always saying the commonest class of those that train.
    """

    trained: int
    judged: int
    dropped: int
    claimed: Interval
    fair: Interval
    clean: Interval
    inflated: Interval
    majority: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """N photos with D features, the numbers of their classes and of their groups."""

    rows_ND: Matrix
    codes_N: Rows
    groups_N: Rows


def measure_claim(
    labelled: Labelled, *, train: Rows, held_out: Rows, progress: Progress, seed: int = 0
) -> Claim | None:
    """Of these places; None when nothing, or one class, would be left to learn from, or one group is held out."""
    rng = np.random.default_rng(seed)
    codes_N, groups_N = labelled.codes_N, labelled.groups_N
    train = np.sort(rng.choice(train, MOST, replace=False)) if len(train) > MOST else train
    clean = train[~np.isin(groups_N[train], groups_N[held_out])]
    if len(np.unique(codes_N[clean])) < 2 or len(np.unique(groups_N[held_out])) < 2:
        return None
    taught = [train] if len(clean) < len(train) else []
    taught += [np.sort(rng.choice(train, len(clean), replace=False)) for _ in range(DRAWS * len(taught))]
    right = []
    with threadpool_limits(1):
        for number, part in enumerate([*taught, clean]):
            progress(number, len(taught) + 1, "training on the split")
            units = groups_N[part] if part is clean else np.arange(len(part))
            right.append(linear_head_right(labelled, part, held_out, units=units, rng=rng))
    fair_M = np.mean(right[1:-1] or right, axis=0)
    groups_M = groups_N[held_out]
    commonest = np.bincount(codes_N[train]).argmax()
    return Claim(
        trained=len(train),
        judged=len(held_out),
        dropped=len(train) - len(clean),
        claimed=bootstrap_mean(right[0], groups=groups_M),
        fair=bootstrap_mean(fair_M, groups=groups_M),
        clean=bootstrap_mean(right[-1], groups=groups_M),
        inflated=bootstrap_mean(fair_M - right[-1], groups=groups_M),
        majority=float((codes_N[held_out] == commonest).mean()),
    )


def linear_head_right(
    labelled: Labelled, train: Rows, held_out: Rows, *, units: Rows, rng: np.random.Generator
) -> NDArray[np.float64]:
    """1 where a held-out row is told right by the linear head; `units` are not parted to choose its strength."""
    strength = _choose(labelled, train, units=units, rng=rng)
    told = _fitted(labelled, train, strength).predict(labelled.rows_ND[held_out])
    return np.asarray(told == labelled.codes_N[held_out], np.float64)


def _choose(labelled: Labelled, train: Rows, *, units: Rows, rng: np.random.Generator) -> float:
    """The strength that tells a part right best; `units` are never parted for it. The weaker of equals."""
    share_T = rng.permutation(int(units.max()) + 1)[units] / (int(units.max()) + 1)
    wanted = min(1.0, MOST_CHOSEN / len(train))
    judged, rest = train[share_T < CHOSEN_ON * wanted], train[(share_T >= CHOSEN_ON * wanted) & (share_T < wanted)]
    if not len(judged) or len(np.unique(labelled.codes_N[rest])) < 2:
        return STRENGTHS[len(STRENGTHS) // 2]
    told = [_fitted(labelled, rest, strength).predict(labelled.rows_ND[judged]) for strength in STRENGTHS]
    return STRENGTHS[int(np.argmax([(one == labelled.codes_N[judged]).mean() for one in told]))]


def _fitted(labelled: Labelled, train: Rows, strength: float) -> Pipeline:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=ROUNDS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a rare class settles late and changes nothing
        return model.fit(labelled.rows_ND[train], labelled.codes_N[train])


def part_rows(parts: Sequence[str], wanted: str) -> Rows:
    """Places of a part."""
    return np.flatnonzero(np.array([part == wanted for part in parts], np.bool_))
