"""Predict the missing values of an attribute from the photos, and write the confident ones.

Products with a value from a person, the source or a name are the training set. Nearest neighbours, logistic regression,
the same with a kernel, label spreading and all together are tried on held-out products, with copies of one photo kept
on one side, and the best is used. Its confidence is calibrated on the same trials: of the predictions with 90 %
confidence, 90 % were correct. What is below the threshold is left open. Any value from a person, the source or a
measure takes precedence over predictions; all of one run are one act, which `annotate undo` reverts, and the next run
replaces them.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.imputation.report import Report, Step, Tried, ValueCount, write_report
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.services.labels.guesses import IMPUTE
from lookscape.services.spaces.intervals import wilson
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.services.imputation.fit import Fitted
    from lookscape.services.imputation.table import Labels, Table

SLOW = True
STEPS = 100

Result = Report


class Params(_tool.Params):
    """Which attribute, from what, and how confident."""

    name: str = _tool.positional("the attribute to fill", min_length=1, max_length=LONGEST_NAME)
    space: tuple[str, ...] = Field(default=(), description="Spaces to use; default: the default model's")
    method: str = Field(default="auto", description="auto, knn, logistic, kernel, spreading or together")
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="confidence from which predictions are written; default: by `accuracy`",
    )
    accuracy: float = Field(default=0.9, gt=0, lt=1, description="share of written predictions that should be correct")
    dry_run: bool = Field(default=False, description="write nothing, only report")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Try, choose, write. Raises UnknownNameError without such an attribute, UsageError with too little known."""
    from threadpoolctl import threadpool_limits

    from lookscape.services.imputation.fit import check_labels, fit
    from lookscape.services.imputation.table import open_table, read_labels

    name = clean_name(params.name)
    with engine.catalogue.exclusive(IMPUTE):
        table = open_table(engine, params.space, without=name, progress=progress)
        labels = read_labels(engine, table, name, fewest=2)
        check_labels(
            name,
            labels,
            known_names=[facet.name for facet in engine.catalogue.facets(Filter(), max_values=1)],
            kind=engine.catalogue.column_kinds([name]).get(name),
        )
        rows_M = np.flatnonzero(labels.open_N)
        if not len(rows_M):
            raise UsageError(f"every product with a photo has its {name} already; there is nothing to predict")
        with threadpool_limits(1):
            fitted = fit(table, labels, rows_M, method=params.method, progress=progress)
        threshold = _threshold(params, fitted.confidence_M)
        write_M = fitted.confidence_M >= threshold
        found = _predictions(name, table, labels, fitted, write_M)
        act = None if params.dry_run or not found else engine.catalogue.annotate(found, by=IMPUTE).id
        report = _report(name, labels, fitted, threshold=threshold, act=act)
        write_report(engine, report)
    return report


def _threshold(params: Params, confidence_M: NDArray[np.float64]) -> float:
    from lookscape.services.imputation.calibration import lowest_threshold

    if params.threshold is not None:
        return params.threshold
    return lowest_threshold(confidence_M, accuracy=params.accuracy)


def _predictions(
    name: str, table: "Table", labels: "Labels", fitted: "Fitted", write_M: NDArray[np.bool_]
) -> list[Attribute]:
    """Values where they are sure enough; where they are not, a word that an earlier run wrote is taken back."""
    found = []
    for row, code, sure, sure_enough in zip(
        fitted.rows_M, fitted.codes_M, fitted.confidence_M.tolist(), write_M, strict=True
    ):
        product_id, confidence = table.product_ids[row], round(sure, 4)
        if sure_enough:
            value = labels.values[code]
        elif product_id in labels.predicted:
            value = ""
        else:
            continue
        found.append(
            Attribute(
                product_id=product_id,
                name=name,
                value=value,
                origin=Origin.PREDICTED,
                confidence=confidence,
                unknown=not value,
            )
        )
    return found


def _report(name: str, labels: "Labels", fitted: "Fitted", *, threshold: float, act: int | None) -> Report:
    from lookscape.representation.metrics.classes import calibration_error

    sure_M, right_K = fitted.confidence_M, fitted.right_K
    written = int((sure_M >= threshold).sum())
    expected = _mean(sure_M[sure_M >= threshold])
    surer = np.argsort(-fitted.held_out_K, kind="stable")[: max(1, len(right_K) // 2)]
    return Report(
        words=_words(name, written=written, missing=len(sure_M), expected=expected, done=act is not None),
        name=name,
        act=act,
        known=int(labels.known_N.sum()),
        missing=len(sure_M),
        written=written,
        open=len(sure_M) - written,
        expected=round(expected, 4),
        threshold=round(threshold, 4),
        method=fitted.chosen.method,
        accuracy=round(float(right_K.mean()), 4),
        surer_half=round(float(right_K[surer].mean()), 4),
        calibration_error=round(calibration_error(fitted.held_out_K, right_K), 4),
        values=_values(labels, fitted, threshold=threshold),
        rare=list(labels.rare),
        several=labels.several,
        methods=_methods(labels, fitted),
        curve=[_step(fitted, number / STEPS) for number in range(STEPS)],
    )


def _words(name: str, *, written: int, missing: int, expected: float, done: bool) -> str:
    if not written:
        return f"none of {missing:,} missing values of {name} could be predicted confidently enough; all are left open"
    verb = "were written" if done else "would be written"
    return (
        f"{written:,} predicted values of {name} {verb}, about {expected:.0%} of them should be correct; "
        f"{missing - written:,} are left open"
    )


def _values(labels: "Labels", fitted: "Fitted", *, threshold: float) -> list[ValueCount]:
    """The commonest first."""
    written_M = fitted.codes_M[fitted.confidence_M >= threshold]
    found = []
    for code, value in enumerate(labels.values):
        right_K = fitted.right_K[fitted.held_out_codes_K == code]
        known, written = int((labels.codes_N == code).sum()), int((written_M == code).sum())
        found.append(ValueCount(value=value, known=known, right=round(_mean(right_K), 4), written=written))
    return sorted(found, key=lambda one: (-one.known, one.value))


def _methods(labels: "Labels", fitted: "Fitted") -> list[Tried]:
    total = len(fitted.right_K)
    told = [(trial.method, trial.right, trial.words) for trial in fitted.trials]
    commonest = int(np.bincount(fitted.held_out_codes_K[fitted.held_out_codes_K >= 0]).argmax())
    baseline = int((fitted.held_out_codes_K == commonest).sum())
    told.append(("majority", baseline, f"always {labels.values[commonest]}"))
    found = []
    for place, (method, right, words) in enumerate(told):
        low, high = (round(end, 4) for end in wilson(right, total))
        accuracy = round(right / total, 4)
        found.append(Tried(method=method, accuracy=accuracy, low=low, high=high, settings=words, chosen=place == 0))
    return found


def _step(fitted: "Fitted", threshold: float) -> Step:
    sure_M = fitted.confidence_M[fitted.confidence_M >= threshold]
    kept_K = fitted.held_out_K >= threshold
    return Step(
        threshold=threshold,
        written=len(sure_M),
        expected=round(_mean(sure_M), 4),
        seen=round(_mean(fitted.right_K[kept_K]), 4),
        seen_of=int(kept_K.sum()),
    )


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    """0 of nothing."""
    return float(values.mean()) if len(values) else 0.0
