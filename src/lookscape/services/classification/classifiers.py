"""The classifiers trained on a catalogue: opened by name, and judged by what they said of photos they did not learn."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.records import Progress

if TYPE_CHECKING:
    from lookscape.classifiers.task import Task
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.metrics.classes import Figures

Codes = NDArray[np.intp]

UNEVEN = 3.0
"""Times as many photos of the commonest value as of the rarest from which on it is said."""

MOST_GONE = 0.1
"""Share of the held-out photos that may have lost their values before figures of the others mislead."""

NAMED = 5
"""Values that a note names."""


def slug(text: str) -> str:
    """A name that a folder may have: small letters, digits and dashes. Raises UsageError when nothing is left."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not found:
        raise UsageError(f"{text!r} has no letter to make a name of; give one with name and split")
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOutPredictions:
    """What a classifier said of N photos that it did not learn from; logits are at its calibrated temperature.

    `predicted_N` are the likeliest classes, `confidence_N` their probabilities, `correct_N` is 1 where they are right.
    """

    photo_ids: Sequence[str]
    codes_N: Codes
    groups_N: Codes
    logits_NK: NDArray[np.float32]
    predicted_N: Codes
    confidence_N: NDArray[np.float64]
    correct_N: NDArray[np.float64]


def open_predictions(engine: Engine, classifier: "TrainedClassifier", *, part: str) -> HeldOutPredictions:
    """What it said of the photos of a part."""
    from lookscape.classifiers.folder import FOLDER

    return read_predictions(engine.folder / FOLDER / classifier.name, part=part, temperature=classifier.temperature)


def learned_from(engine: Engine, name: str, split: str) -> frozenset[str] | None:
    """The photos that a classifier learned from; None where its split is gone or was made anew: nobody can say then."""
    from lookscape.classifiers.folder import FOLDER
    from lookscape.classifiers.held_out import split_changed
    from lookscape.representation.splits.saved import open_split, split_names

    if split not in split_names(engine.folder):
        return None
    parts = open_split(engine.folder, split).parts
    if split_changed(engine.folder / FOLDER / name, parts):
        return None
    return frozenset(photo_id for photo_id, part in parts.items() if part == "train")


def with_current_labels(
    engine: Engine, classifier: "TrainedClassifier", held_out: HeldOutPredictions, task: "Task"
) -> HeldOutPredictions:
    """What it said, with the values that photos have now; photos that are gone or have none of its values are left out.

    `task` is of the classifier's own classes. Raises UsageError when its split was made anew since, so that what it
    learned from cannot be told from what it did not, or when too many photos are left out.
    """
    if learned_from(engine, classifier.name, classifier.split) is None:
        raise UsageError(
            f"the split {classifier.split!r} was recreated since {classifier.name!r} was trained on it; train it again"
        )
    row_of = {photo_id: row for row, photo_id in enumerate(task.pixels.ids)}
    codes = [task.codes_N[row_of[one]] if one in row_of else -1 for one in held_out.photo_ids]
    codes_N = np.array(codes, np.intp)
    kept = np.flatnonzero(codes_N >= 0)
    gone = len(codes_N) - len(kept)
    if gone > MOST_GONE * len(codes_N):
        raise UsageError(
            f"{gone:,} of {len(codes_N):,} photos that {classifier.name!r} held out no longer have any of its values; "
            "train it again"
        )
    predicted_N = held_out.predicted_N[kept]
    return HeldOutPredictions(
        photo_ids=[held_out.photo_ids[row] for row in kept.tolist()],
        codes_N=codes_N[kept],
        groups_N=held_out.groups_N[kept],
        logits_NK=held_out.logits_NK[kept],
        predicted_N=predicted_N,
        confidence_N=held_out.confidence_N[kept],
        correct_N=np.asarray(predicted_N == codes_N[kept], np.float64),
    )


def read_predictions(folder: Path, *, part: str, temperature: float) -> HeldOutPredictions:
    """The same from a classifier's folder."""
    from lookscape import parquet
    from lookscape.classifiers.folder import PREDICTIONS
    from lookscape.representation.metrics.classes import softmax

    table = parquet.read(folder / PREDICTIONS)
    rows = np.flatnonzero([name == part for name in table["part"].to_pylist()])
    kept = table["logits"].combine_chunks()
    saved_NK = parquet.array(kept.flatten(), np.float32).reshape(len(kept), -1)
    logits_NK = np.asarray(saved_NK[rows] / np.float32(temperature), np.float32)
    codes_N = parquet.array(table["code"], np.int64).astype(np.intp)[rows]
    photo_ids = table["photo_id"].to_pylist()
    predicted_N = logits_NK.argmax(axis=1)
    return HeldOutPredictions(
        photo_ids=[photo_ids[row] for row in rows],
        codes_N=codes_N,
        groups_N=parquet.array(table["group"], np.int64).astype(np.intp)[rows],
        logits_NK=logits_NK,
        predicted_N=predicted_N,
        confidence_N=softmax(logits_NK).max(axis=1),
        correct_N=np.asarray(predicted_N == codes_N, np.float64),
    )


def figures_of(folder: Path, *, part: str) -> "Figures":
    """How well a classifier told the photos of a part."""
    from lookscape.representation import checkpoint
    from lookscape.representation.metrics.classes import judge

    about = checkpoint.load(folder).config
    predictions = read_predictions(folder, part=part, temperature=about["temperature"])
    return judge(predictions.logits_NK, predictions.codes_N, names=about["classes"], groups_N=predictions.groups_N)


def ready_split(engine: Engine, split: str, attribute: str, progress: Progress) -> list[str]:
    """Make a split for an attribute, or let it take in photos that came since, and say what to know about it.

    Raises NotFoundError for a damaged one.
    """
    from lookscape.representation.splits.saved import open_split, split_names

    there = split in split_names(engine.folder)
    if there and open_split(engine.folder, split).parts.keys() >= set(engine.catalogue.photo_ids()):
        return []
    made = engine.measure.split(split, **({} if there else {"label": attribute}), progress=progress)
    is_uneven = made.label == attribute and made.imbalance >= UNEVEN
    uneven = f"the most common value has {made.imbalance:,.0f} times as many photos as the rarest"
    return [*made.notes, *([uneven] if is_uneven else [])]


def late_values(task: "Task") -> list[str]:
    """A note on values that no training photo has: they came after the split, or are too rare."""
    if not task.left_out:
        return []
    ranked = sorted(task.left_out, key=lambda value: (-task.left_out[value], value))
    named = ", ".join(ranked[:NAMED]) + (" ..." if len(ranked) > NAMED else "")
    return [
        f"{sum(task.left_out.values()):,} photos were left out, as no training photo has their {task.attribute} "
        f"({named}); a new split may have: measure split NAME --label {task.attribute!r}"
    ]


def majority(task: "Task", codes_N: Codes | None = None) -> float:
    """Share of photos, test photos without `codes_N`, that have the commonest class of those that are learned from."""
    commonest = np.bincount(task.codes_N[task.rows("train")]).argmax()
    judged_N = task.codes_N[task.rows("test")] if codes_N is None else codes_N
    return float((judged_N == commonest).mean())


def read_task(
    engine: Engine,
    attribute: str,
    split: str,
    *,
    side: int,
    classes: Sequence[str] = (),
    progress: Progress,
) -> "Task":
    """Photos with classes and parts, `side` pixels wide. Raises UnknownNameError for a split there is not.

    A split serves any attribute, each value that some training product has being a class; the attribute that it was
    made for has its rare values merged as the split says. `classes` are those of a classifier that is there already.
    """
    from lookscape.classifiers.task import Task
    from lookscape.representation.spaces.pixels import prepare
    from lookscape.representation.splits.saved import open_split
    from lookscape.services.labels.classes import Merged, read_values
    from lookscape.services.photos.pictures import photo_set
    from lookscape.services.splits.groups import Catalogued

    saved = open_split(engine.folder, split)
    catalogued = Catalogued.open(engine, progress)
    group_of = dict(
        zip(catalogued.pixels.ids, catalogued.grouped(saved.making, progress).groups_N.tolist(), strict=True)
    )
    pixels = prepare(
        photo_set(engine, engine.catalogue.photo_ids()), side=side, folder=engine.folder / "cache", progress=progress
    )
    owners = [catalogued.products_of.get(photo_id, ()) for photo_id in pixels.ids]
    values = read_values(engine, attribute, owners)
    predictions = Merged(classes=saved.classes, rare=()).of(values) if saved.making.label == attribute else values
    parts = [
        saved.parts.get(photo_id, "") if value else "" for photo_id, value in zip(pixels.ids, predictions, strict=True)
    ]
    learned = list(classes) or sorted(
        {value for value, part in zip(predictions, parts, strict=True) if part == "train"}
    )
    code = {value: number for number, value in enumerate(learned)}
    late = Counter(value for value, name in zip(values, predictions, strict=True) if value and name not in code)
    return Task(
        attribute=attribute,
        split=split,
        classes=learned,
        pixels=pixels,
        codes_N=np.array([code.get(value, -1) for value in predictions], np.intp),
        parts_N=np.array([part if value in code else "" for value, part in zip(predictions, parts, strict=True)]),
        groups_N=np.array([group_of.get(photo_id, -1) for photo_id in pixels.ids], np.intp),
        left_out=late,
    )
