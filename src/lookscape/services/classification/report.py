"""What a classifier's report says beyond `predict evaluate`: curves, thresholds, the photos of its mistakes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.representation.metrics import curves
from lookscape.representation.metrics.classes import softmax
from lookscape.services.classification.classifiers import HeldOutPredictions
from lookscape.services.classification.evaluate import evaluate
from lookscape.services.classification.records import Class, ClassifierReport, Curve, Step
from lookscape.services.classification.trained import read_trained
from lookscape.services.classification.words import in_short
from lookscape.services.photos.tiles import single, tiles
from lookscape.services.records import Progress

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier

SHOWN = 3
"""Values told worst, and as many told best, whose curves are drawn when nobody asks for others."""

THRESHOLDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)

DECIMALS = 4

Draw = Callable[[NDArray[np.bool_], NDArray[np.float64]], curves.Curve]


def report(
    engine: Engine,
    classifier: "TrainedClassifier",
    *,
    part: str,
    mistakes: int,
    linear: bool,
    values: Sequence[str],
    file: str,
    progress: Progress,
) -> ClassifierReport:
    """All numbers; curves of `values`, or of those told worst and best.

    Raises UnknownNameError for a value that it does not tell, and what `evaluate` raises.
    """
    from lookscape.classifiers.folder import FOLDER

    unknown = [value for value in values if value not in classifier.classes]
    if unknown:
        raise UnknownNameError("value", unknown[0], classifier.classes)
    found, predictions = evaluate(
        engine, classifier.name, part=part, mistakes=mistakes, linear=linear, progress=progress
    )
    shown = values or shown_values(found.classes)
    result = ClassifierReport(
        **found.model_dump(),
        made_at=datetime.now(UTC),
        file=file,
        key=classifier.key,
        train=read_trained(engine.folder / FOLDER / classifier.name).train,
        in_short=[],
        roc=_curves(predictions, classifier.classes, shown, draw=curves.roc, mean=curves.mean_roc),
        precision_recall=_curves(
            predictions, classifier.classes, shown, draw=curves.precision_recall, mean=curves.mean_precision_recall
        ),
        steps=[_step(predictions, threshold) for threshold in THRESHOLDS],
    )
    return result.model_copy(update={"in_short": in_short(result)})


def shown_values(classes: Sequence[Class]) -> list[str]:
    """All values that can be judged, the worst first; of many those told worst and best."""
    known = [one for one in classes if one.average_precision is not None]
    ranked = [one.value for one in sorted(known, key=lambda one: (one.average_precision or 0, one.value))]
    return ranked if len(ranked) <= 2 * SHOWN else ranked[:SHOWN] + ranked[-SHOWN:]


def pictures(engine: Engine, result: ClassifierReport) -> dict[str, bytes]:
    """The photos that the page shows, as WebP files by their ids."""
    wanted = [one.photo_id for one in result.mistakes]
    return single(wanted, tiles(engine, wanted))


def _curves(
    predictions: HeldOutPredictions,
    classes: Sequence[str],
    shown: Sequence[str],
    *,
    draw: Draw,
    mean: Callable[[Sequence[curves.Curve]], curves.Curve],
) -> list[Curve]:
    """The mean of all values that have contrast, then those to be shown. None without contrast."""
    chances_NK = softmax(predictions.logits_NK)
    found = {}
    for code, value in enumerate(classes):
        true_N = predictions.codes_N == code
        if true_N.any() and not true_N.all():
            found[value] = draw(true_N, chances_NK[:, code])
    if not found:
        return []
    own = [_written(value, curves.thinned(found[value])) for value in shown if value in found]
    return [_written("", mean(list(found.values()))), *own]


def _written(value: str, curve: curves.Curve) -> Curve:
    return Curve(
        value=value,
        area=round(curve.area, DECIMALS),
        x=curve.x_P.round(DECIMALS).tolist(),
        y=curve.y_P.round(DECIMALS).tolist(),
    )


def _step(predictions: HeldOutPredictions, threshold: float) -> Step:
    confidence_N = predictions.confidence_N >= threshold
    accuracy = round(float(predictions.correct_N[confidence_N].mean()), DECIMALS) if confidence_N.any() else None
    return Step(threshold=threshold, answered=round(float(confidence_N.mean()), DECIMALS), accuracy=accuracy)
