"""From labels to predictions with a confidence: the methods tried, the best chosen, calibrated, and taught by all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.errors import UnknownNameError, UsageError
from lookscape.services.imputation.calibration import Calibration, held_out_confidence
from lookscape.services.imputation.choice import TOGETHER, Known, Trial, folds_of, predict, try_methods
from lookscape.services.imputation.learners import METHODS
from lookscape.services.imputation.table import Labels, Table
from lookscape.services.records import Progress

FEWEST = 20
"""Known values from which methods can be told apart at all."""

MOST_KNOWN = 20_000
"""Known values that are learned from; more take long and help little."""

FEW_NUMBERS = 12
"""Numbers with so few different values are names of kinds, as sizes are."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """`rows_K` are the products learned from; the held-out arrays are theirs, the others of the rows predicted."""

    trials: list[Trial]
    rows_K: NDArray[np.intp]
    held_out_codes_K: NDArray[np.intp]
    held_out_K: Numbers
    right_K: NDArray[np.bool_]
    rows_M: NDArray[np.intp]
    codes_M: NDArray[np.intp]
    confidence_M: Numbers

    @property
    def chosen(self) -> Trial:
        """The method that predicts."""
        return self.trials[0]


def check_labels(name: str, labels: Labels, *, known_names: list[str], kind: Reading | None = None) -> None:
    """Raises UnknownNameError or UsageError when there is nothing, or too little, to learn from.

    A kind that is not given is learned from the labels.
    """
    num_known = int(labels.known_N.sum())
    if not num_known:
        if name not in known_names:
            raise UnknownNameError("attribute", name, known_names)
        raise UsageError(f"no product with a photo has a value of {name} by a person or the source to train on")
    kind = kind or learn(name, dict.fromkeys([*labels.values, *labels.rare], 1))
    if _on_scale(labels, kind) > FEW_NUMBERS:
        raise UsageError(
            f"{name} is a {kind.kind}, and only names of kinds are predicted; a range as text would be one. If its "
            f"values are names all the same, run: lookscape annotate kind {name!r} code"
        )
    if num_known < FEWEST:
        raise UsageError(f"{num_known} known values of {name} are too few to train on; label at least {FEWEST}")
    if len(labels.values) < 2:
        raise UsageError(f"{name} has fewer than two values that two products share, so there is nothing to predict")


def fit(table: Table, labels: Labels, rows_M: NDArray[np.intp], *, method: str, progress: Progress) -> Fitted:
    """Choose, calibrate, and predict the rows asked for. Raises UsageError for a method there is not."""
    wanted = _methods(method)
    rows_K = _sampled(table, labels)
    known = Known(
        views={view: rows[rows_K] for view, rows in table.views.items()},
        codes_N=labels.codes_N[rows_K],
        groups_N=table.groups_N[rows_K],
        num_classes=len(labels.values),
    )
    if len(np.unique(known.groups_N)) < FEWEST:
        raise UsageError(f"nearly all known products are copies of each other; label at least {FEWEST} different ones")
    folds_K = folds_of(known.groups_N)
    report = lambda done, total: progress(done, total, "trying methods")  # noqa: E731
    trials = try_methods(known, folds_K, wanted, report)
    trials.sort(key=lambda trial: method not in ("auto", trial.method))
    chances_KC = trials[0].chances_NK
    right_K = chances_KC.argmax(axis=1) == known.codes_N
    top_K = chances_KC.max(axis=1)
    progress(0, 0, "predicting")
    chances_MC = predict(known, trials[0].entries, {view: rows[rows_M] for view, rows in table.views.items()})
    return Fitted(
        trials=trials,
        rows_K=rows_K,
        held_out_codes_K=known.codes_N,
        held_out_K=held_out_confidence(top_K, right_K, folds_K),
        right_K=right_K,
        rows_M=rows_M,
        codes_M=chances_MC.argmax(axis=1),
        confidence_M=Calibration.fit(top_K, right_K).confidence(chances_MC.max(axis=1)),
    )


def _methods(method: str) -> list[str]:
    if method in ("auto", TOGETHER):
        return list(METHODS)
    if method not in METHODS:
        raise UsageError(f"method {method!r} is not one of auto, {', '.join(METHODS)}, {TOGETHER}")
    return [method]


def _sampled(table: Table, labels: Labels) -> NDArray[np.intp]:
    """Rows whose value is known, whole groups, MOST_KNOWN of them or a little more."""
    rows = np.flatnonzero(labels.known_N)
    if len(rows) <= MOST_KNOWN:
        return rows
    groups = np.random.default_rng(0).permutation(np.unique(table.groups_N[rows]))
    rank = np.empty(int(table.groups_N.max()) + 1, np.intp)
    rank[groups] = np.arange(len(groups))
    order = rows[np.argsort(rank[table.groups_N[rows]], kind="stable")]
    last = rank[table.groups_N[order[MOST_KNOWN]]]
    return np.sort(order[rank[table.groups_N[order]] <= last])


def _on_scale(labels: Labels, kind: Reading) -> int:
    """Different numbers or dates among the labels."""
    if not kind.is_scale:
        return 0
    found = [kind.scale(value) for value in (*labels.values, *labels.rare)]
    return len({value for value in found if np.isfinite(value)})
