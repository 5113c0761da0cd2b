"""Evaluates a classifier by its predictions on photos it was not trained on, next to simple baselines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.services.classification.records import Bin, Class, Evaluation, EvaluationPoint, Mistake, Share
from lookscape.services.records import Progress

if TYPE_CHECKING:
    from lookscape.classifiers.task import Task
    from lookscape.representation.metrics.classes import Figures
    from lookscape.representation.metrics.intervals import Interval
    from lookscape.services.classification.classifiers import HeldOutPredictions

BINS = 10


def evaluate(
    engine: Engine, name: str, *, part: str, mistakes: int, linear: bool, progress: Progress
) -> "tuple[Evaluation, HeldOutPredictions]":
    """The figures of a classifier on a part of its split, and what they are of.

    `mistakes` are the surest to list; `linear` teaches the linear head, too. Raises UnknownNameError for a classifier
    there is not, UsageError when its split was made anew since.
    """
    from lookscape.classifiers.folder import FOLDER
    from lookscape.representation.metrics.classes import judge
    from lookscape.representation.metrics.intervals import bootstrap_mean
    from lookscape.representation.splits.saved import open_split
    from lookscape.services.classification.classifiers import majority, open_predictions, read_task, with_current_labels

    classifier = engine.classifier(name)
    task = read_task(
        engine,
        classifier.attribute,
        classifier.split,
        side=classifier.side,
        classes=classifier.classes,
        progress=progress,
    )
    held_out = open_predictions(engine, classifier, part=part)
    predictions = with_current_labels(engine, classifier, held_out, task)
    figures = judge(predictions.logits_NK, predictions.codes_N, names=classifier.classes, groups_N=predictions.groups_N)
    linear_N = _linear(engine, task, predictions, progress) if linear else None
    head = None if linear_N is None else _share(bootstrap_mean(linear_N, groups=predictions.groups_N))
    gain = (
        None
        if linear_N is None
        else _share(bootstrap_mean(predictions.correct_N - linear_N, groups=predictions.groups_N))
    )
    commonest = majority(task, predictions.codes_N)
    result = Evaluation(
        words=_words(classifier.attribute, figures, gain, majority=commonest),
        name=classifier.name,
        attribute=classifier.attribute,
        split=classifier.split,
        part=part,
        names_whole=open_split(engine.folder, classifier.split).making.by_name,
        photos=len(predictions.codes_N),
        groups=figures.accuracy.num_groups,
        corrected=_corrected(held_out, predictions),
        gone=len(held_out.codes_N) - len(predictions.codes_N),
        accuracy=_share(figures.accuracy),
        macro_f1=_share(figures.macro_f1),
        macro_precision=round(figures.macro_precision, 4),
        macro_recall=round(figures.macro_recall, 4),
        top5=None if figures.top5 is None else round(figures.top5, 4),
        calibration_error=round(figures.calibration_error, 4),
        majority=round(commonest, 4),
        linear=head,
        gain=gain,
        classes=_classes(figures),
        confusion=figures.confusion_KK.tolist(),
        order=list(classifier.classes),
        calibration=_bins(predictions),
        mistakes=_mistakes(engine, predictions, classifier.classes, most=mistakes),
        evaluations=_evaluations(engine.folder / FOLDER / classifier.name),
    )
    return result, predictions


def _corrected(held_out: "HeldOutPredictions", predictions: "HeldOutPredictions") -> int:
    was = dict(zip(held_out.photo_ids, held_out.codes_N.tolist(), strict=True))
    return sum(
        was[photo_id] != code
        for photo_id, code in zip(predictions.photo_ids, predictions.codes_N.tolist(), strict=True)
    )


def _evaluations(folder: Path) -> list[EvaluationPoint]:
    """The course of a classifier's training; empty where the file is of another one, or gone."""
    from lookscape.classifiers.evaluations import read_evaluations
    from lookscape.services.classification.trained import read_trained

    best = read_trained(folder).best_step
    evaluations = [
        EvaluationPoint(
            epoch=round(one.epoch, 2),
            train_loss=one.train_loss,
            loss=one.loss,
            macro_f1=one.macro_f1,
            kept=one.step == best,
        )
        for one in read_evaluations(folder)
    ]
    return evaluations if any(point.kept for point in evaluations) else []


def _linear(engine: Engine, task: "Task", predictions: "HeldOutPredictions", progress: Progress) -> NDArray[np.float64]:
    """1 for each test photo that the linear head predicts correctly."""
    from threadpoolctl import threadpool_limits

    from lookscape.services.photos.photos import CataloguePhotos
    from lookscape.services.splits.claim import Labelled, linear_head_right

    place = {photo_id: row for row, photo_id in enumerate(task.pixels.ids)}
    train = task.rows("train")
    judged = np.array([place[photo_id] for photo_id in predictions.photo_ids], np.intp)
    rows = np.concatenate([train, judged])
    photos = CataloguePhotos(engine, progress=progress)
    features_ND = photos.features([task.pixels.ids[row] for row in rows])
    codes_N = np.concatenate([task.codes_N[train], predictions.codes_N])
    groups_N = np.unique(np.concatenate([task.groups_N[train], predictions.groups_N]), return_inverse=True)[1]
    labelled = Labelled(rows_ND=features_ND, codes_N=codes_N, groups_N=groups_N)
    progress(0, 1, "training the linear head")
    places = np.arange(len(rows))
    with threadpool_limits(1):
        return linear_head_right(
            labelled,
            places[: len(train)],
            places[len(train) :],
            units=groups_N[: len(train)],
            rng=np.random.default_rng(0),
        )


def _share(found: "Interval") -> Share:
    return Share(value=round(found.value, 4), low=round(found.low, 4), high=round(found.high, 4))


def _words(attribute: str, figures: "Figures", gain: Share | None, *, majority: float) -> str:
    accuracy = figures.accuracy
    found = f"{attribute} predicted correctly for {accuracy.value:.0%} ({accuracy.low:.0%} to {accuracy.high:.0%})"
    if gain is None:
        return f"{found}; always predicting the most common value, for {majority:.0%}"
    if gain.low > 0:
        return f"{found}, {100 * gain.value:.0f} points above the linear head"
    return (
        f"{found}; that it beats the linear head is not shown ({100 * gain.low:+.0f} to {100 * gain.high:+.0f} points)"
    )


def _classes(figures: "Figures") -> list[Class]:
    found = []
    for place, one in enumerate(figures.classes):
        wrong_K = figures.confusion_KK[place].copy()
        wrong_K[place] = 0
        found.append(
            Class(
                value=one.name,
                precision=round(one.precision, 4),
                recall=round(one.recall, 4),
                f1=round(one.f1, 4),
                support=one.support,
                roc_auc=None if one.roc_auc is None else round(one.roc_auc, 4),
                average_precision=None if one.average_precision is None else round(one.average_precision, 4),
                most_confused_with=figures.classes[int(wrong_K.argmax())].name if wrong_K.any() else "",
            )
        )
    return sorted(found, key=lambda one: (-one.support, one.value))


def _bins(predictions: "HeldOutPredictions") -> list[Bin]:
    order = np.argsort(predictions.confidence_N, kind="stable")
    return [_bin(predictions, part) for part in np.array_split(order, min(BINS, len(order))) if len(part)]


def _bin(predictions: "HeldOutPredictions", part: NDArray[np.intp]) -> Bin:
    from lookscape.representation.metrics.intervals import bootstrap_mean

    correct_N, groups_N = predictions.correct_N[part], predictions.groups_N[part]
    several = len(np.unique(groups_N)) > 1
    found = bootstrap_mean(correct_N, groups=groups_N) if several else None
    return Bin(
        confidence=round(float(predictions.confidence_N[part].mean()), 4),
        accuracy=round(float(correct_N.mean()), 4),
        low=round(found.low, 4) if found else None,
        high=round(found.high, 4) if found else None,
        photos=len(part),
    )


def _mistakes(engine: Engine, predictions: "HeldOutPredictions", classes: Sequence[str], *, most: int) -> list[Mistake]:
    wrong = [row for row in np.argsort(-predictions.confidence_N, kind="stable") if not predictions.correct_N[row]][
        :most
    ]
    owners = engine.catalogue.products_of_photos([predictions.photo_ids[row] for row in wrong])
    return [
        Mistake(
            photo_id=predictions.photo_ids[row],
            product_ids=list(owners.get(predictions.photo_ids[row], ())),
            value=classes[int(predictions.codes_N[row])],
            predicted=classes[int(predictions.predicted_N[row])],
            confidence=round(float(predictions.confidence_N[row]), 4),
        )
        for row in wrong
    ]
