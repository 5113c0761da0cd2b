"""Judge a classifier on photos it never saw: figures with intervals, mistakes, simpler means.

Beside it stand always saying the commonest value, and the linear head: logistic regression on frozen pretrained
features, taught by the same split. The difference to the linear head is paired photo by photo. Intervals redraw whole
groups of products. Values that people corrected since it was trained count as they are now.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.engine import Engine
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.classifiers.training import Task
    from lookscape.representation.metrics.classes import Figures
    from lookscape.representation.metrics.intervals import Interval
    from lookscape.services.classification.classifiers import Told

SLOW = True
BINS = 10


class Params(_tool.Params):
    """Which classifier, on which photos."""

    name: str = Field(default="", max_length=80, description="the classifier; the only one there is without it")
    part: Literal["test", "validation"] = Field(default="test", description="the photos to judge by")
    mistakes: int = Field(default=24, ge=0, le=500, description="most confident mistakes to list")
    linear: bool = Field(default=True, description="teach the linear head, too; some minutes for many photos")


class Share(_tool.Result):
    """A share of photos, 0 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float


class Class(_tool.Result):
    """One value. Each figure 0 to 1."""

    value: str
    precision: float = Field(description="share right of those told so")
    recall: float = Field(description="share told of those that are")
    f1: float
    support: int = Field(description="photos that have it")
    roc_auc: float | None = Field(description="how well its chance ranks photos; None without contrast")
    average_precision: float | None
    mostly_taken_for: str = Field(description="what those told wrong are told to be; empty without any")


class Bin(_tool.Result):
    """Photos of about the same confidence."""

    confidence: float = Field(description="mean, 0 to 1")
    accuracy: float
    low: float | None = Field(description="lower end of the accuracy's 95 % interval; None for a single group")
    high: float | None = Field(description="upper end")
    photos: int


class Mistake(_tool.Result):
    """A photo told wrong."""

    photo_id: str
    product_ids: list[str]
    value: str = Field(description="what it is")
    told: str = Field(description="what it was told to be")
    confidence: float


class Look(_tool.Result):
    """How training stood."""

    epoch: float
    train_loss: float = Field(description="nats, on photos as they were changed for training")
    loss: float = Field(description="nats, on validation photos")
    macro_f1: float
    kept: bool = Field(description="the best look, whose weights it has")


class Result(_tool.Result):
    """How well it tells."""

    words: str = Field(description="the outcome in a sentence")
    name: str
    attribute: str
    split: str
    part: str
    names_whole: bool = Field(
        default=True,
        description="whether the split keeps similar names on one side",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    photos: int
    groups: int = Field(description="groups of products that are not independent of each other")
    corrected: int = Field(default=0, description="photos whose value is another one than when it was trained")
    gone: int = Field(
        default=0, description="photos left out, as they were put aside or have none of its values any more"
    )
    accuracy: Share
    macro_f1: Share
    macro_precision: float
    macro_recall: float
    top5: float | None = Field(description="share whose value is among the five likeliest; None for few values")
    calibration_error: float = Field(description="mean gap between confidence and accuracy, 15 bins of equal mass")
    majority: float = Field(description="accuracy of always saying the commonest value")
    linear: Share | None = Field(description="accuracy of the linear head")
    gain: Share | None = Field(description="accuracy above the linear head's, paired photo by photo")
    classes: list[Class] = Field(description="the commonest first")
    confusion: list[list[int]] = Field(
        description="photos: rows are true values, columns told ones, in the order of `order`",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    order: list[str] = Field(description="the values", json_schema_extra=_tool.MACHINES_ONLY)
    calibration: list[Bin] = Field(description="from unsure to sure", json_schema_extra=_tool.MACHINES_ONLY)
    mistakes: list[Mistake] = Field(description="the surest first", json_schema_extra=_tool.MACHINES_ONLY)
    looks: list[Look] = Field(description="the course of training", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge by what it said when it was trained.

    Raises UnknownNameError for a classifier there is not, UsageError when its split was made anew since.
    """
    return judged(engine, params, progress)[0]


def judged(engine: Engine, params: Params, progress: _tool.Progress) -> "tuple[Result, Told]":
    """The figures and what they are of. Raises as `run`."""
    from lookscape.classifiers.trained import FOLDER
    from lookscape.representation.metrics.classes import judge
    from lookscape.representation.metrics.intervals import bootstrap_mean
    from lookscape.representation.splits.saved import open_split
    from lookscape.services.classification.classifiers import majority, open_told, read_task, told_now

    classifier = engine.classifier(params.name)
    task = read_task(
        engine,
        classifier.attribute,
        classifier.split,
        side=classifier.side,
        classes=classifier.classes,
        progress=progress,
    )
    said = open_told(engine, classifier, part=params.part)
    told = told_now(engine, classifier, said, task)
    figures = judge(told.logits_NK, told.codes_N, names=classifier.classes, groups_N=told.groups_N)
    linear_N = _linear(engine, task, told, progress) if params.linear else None
    linear = None if linear_N is None else _share(bootstrap_mean(linear_N, groups=told.groups_N))
    gain = None if linear_N is None else _share(bootstrap_mean(told.right_N - linear_N, groups=told.groups_N))
    commonest = majority(task, told.codes_N)
    result = Result(
        words=_words(classifier.attribute, figures, gain, majority=commonest),
        name=classifier.name,
        attribute=classifier.attribute,
        split=classifier.split,
        part=params.part,
        names_whole=open_split(engine.folder, classifier.split).making.by_name,
        photos=len(told.codes_N),
        groups=figures.accuracy.num_groups,
        corrected=_corrected(said, told),
        gone=len(said.codes_N) - len(told.codes_N),
        accuracy=_share(figures.accuracy),
        macro_f1=_share(figures.macro_f1),
        macro_precision=round(figures.macro_precision, 4),
        macro_recall=round(figures.macro_recall, 4),
        top5=None if figures.top5 is None else round(figures.top5, 4),
        calibration_error=round(figures.calibration_error, 4),
        majority=round(commonest, 4),
        linear=linear,
        gain=gain,
        classes=_classes(figures),
        confusion=figures.confusion_KK.tolist(),
        order=list(classifier.classes),
        calibration=_bins(told),
        mistakes=_mistakes(engine, told, classifier.classes, most=params.mistakes),
        looks=_looks(engine.folder / FOLDER / classifier.name),
    )
    return result, told


def _corrected(said: "Told", told: "Told") -> int:
    was = dict(zip(said.photo_ids, said.codes_N.tolist(), strict=True))
    return sum(was[photo_id] != code for photo_id, code in zip(told.photo_ids, told.codes_N.tolist(), strict=True))


def _looks(folder: Path) -> list[Look]:
    """The course of a classifier's training; empty where the file is of another one, or gone."""
    from lookscape.classifiers.evaluations import read_looks
    from lookscape.services.classification.trained import read_trained

    best = read_trained(folder).best_step
    looks = [
        Look(
            epoch=round(one.epoch, 2),
            train_loss=one.train_loss,
            loss=one.loss,
            macro_f1=one.macro_f1,
            kept=one.step == best,
        )
        for one in read_looks(folder)
    ]
    return looks if any(look.kept for look in looks) else []


def _linear(engine: Engine, task: "Task", told: "Told", progress: _tool.Progress) -> NDArray[np.float64]:
    """1 for each judged photo that the linear head tells right."""
    from threadpoolctl import threadpool_limits

    from lookscape.services.photos.photos import CataloguePhotos
    from lookscape.services.splits.claim import Labelled, linear_head_right

    place = {photo_id: row for row, photo_id in enumerate(task.pixels.ids)}
    train = task.rows("train")
    judged = np.array([place[photo_id] for photo_id in told.photo_ids], np.intp)
    rows = np.concatenate([train, judged])
    photos = CataloguePhotos(engine, progress=progress)
    features_ND = photos.features([task.pixels.ids[row] for row in rows])
    codes_N = np.concatenate([task.codes_N[train], told.codes_N])
    groups_N = np.unique(np.concatenate([task.groups_N[train], told.groups_N]), return_inverse=True)[1]
    labelled = Labelled(rows_ND=features_ND, codes_N=codes_N, groups_N=groups_N)
    progress(0, 1, "teaching the linear head")
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
    told = f"{attribute} told right for {accuracy.value:.0%} ({accuracy.low:.0%} to {accuracy.high:.0%})"
    if gain is None:
        return f"{told}; always saying the commonest value, for {majority:.0%}"
    if gain.low > 0:
        return f"{told}, {100 * gain.value:.0f} points above the linear head"
    return (
        f"{told}; that it beats the linear head is not shown ({100 * gain.low:+.0f} to {100 * gain.high:+.0f} points)"
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
                mostly_taken_for=figures.classes[int(wrong_K.argmax())].name if wrong_K.any() else "",
            )
        )
    return sorted(found, key=lambda one: (-one.support, one.value))


def _bins(told: "Told") -> list[Bin]:
    order = np.argsort(told.sure_N, kind="stable")
    return [_bin(told, part) for part in np.array_split(order, min(BINS, len(order))) if len(part)]


def _bin(told: "Told", part: NDArray[np.intp]) -> Bin:
    from lookscape.representation.metrics.intervals import bootstrap_mean

    right_N, groups_N = told.right_N[part], told.groups_N[part]
    several = len(np.unique(groups_N)) > 1
    found = bootstrap_mean(right_N, groups=groups_N) if several else None
    return Bin(
        confidence=round(float(told.sure_N[part].mean()), 4),
        accuracy=round(float(right_N.mean()), 4),
        low=round(found.low, 4) if found else None,
        high=round(found.high, 4) if found else None,
        photos=len(part),
    )


def _mistakes(engine: Engine, told: "Told", classes: Sequence[str], *, most: int) -> list[Mistake]:
    wrong = [row for row in np.argsort(-told.sure_N, kind="stable") if not told.right_N[row]][:most]
    owners = engine.catalogue.products_of_photos([told.photo_ids[row] for row in wrong])
    return [
        Mistake(
            photo_id=told.photo_ids[row],
            product_ids=list(owners.get(told.photo_ids[row], ())),
            value=classes[int(told.codes_N[row])],
            told=classes[int(told.guesses_N[row])],
            confidence=round(float(told.sure_N[row]), 4),
        )
        for row in wrong
    ]
