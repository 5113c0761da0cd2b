"""The classifiers trained on a catalogue: opened by name, and judged by what they said of photos they did not learn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.representation.classified import Classified
    from lookscape.representation.classifying import Task
    from lookscape.representation.metrics.classes import Figures

Codes = NDArray[np.intp]


def slug(text: str) -> str:
    """A name that a folder may have: small letters, digits and dashes. Raises UsageError when nothing is left."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not found:
        raise UsageError(f"{text!r} has no letter that a name could be made of; give one with name and split")
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What a classifier said of N photos that it did not learn from; logits are at its calibrated temperature.

    `guesses_N` are the likeliest classes, `sure_N` their chances, `right_N` is 1 where they are the true ones, else 0.
    """

    photo_ids: Sequence[str]
    codes_N: Codes
    groups_N: Codes
    logits_NK: NDArray[np.float32]
    guesses_N: Codes
    sure_N: NDArray[np.float64]
    right_N: NDArray[np.float64]


def open_told(engine: Engine, classifier: "Classified", *, part: str) -> Told:
    """What it said of the photos of a part."""
    from lookscape.representation.classified import FOLDER

    return read_told(engine.folder / FOLDER / classifier.name, part=part, temperature=classifier.temperature)


def read_told(folder: Path, *, part: str, temperature: float) -> Told:
    """The same from a classifier's folder."""
    from pyarrow import parquet

    from lookscape.representation.classified import PREDICTIONS
    from lookscape.representation.metrics.classes import softmax

    table = parquet.read_table(folder / PREDICTIONS, filters=[("part", "=", part)])
    logits_NK = np.stack(table["logits"].to_pylist()).astype(np.float32) / np.float32(temperature)
    codes_N = table["code"].to_numpy().astype(np.intp)
    guesses_N = logits_NK.argmax(axis=1)
    return Told(
        photo_ids=table["photo_id"].to_pylist(),
        codes_N=codes_N,
        groups_N=table["group"].to_numpy().astype(np.intp),
        logits_NK=logits_NK,
        guesses_N=guesses_N,
        sure_N=softmax(logits_NK).max(axis=1),
        right_N=np.asarray(guesses_N == codes_N, np.float64),
    )


def figures_of(folder: Path, *, part: str) -> "Figures":
    """How well a classifier told the photos of a part."""
    from lookscape.representation import checkpoint
    from lookscape.representation.metrics.classes import judge

    about = checkpoint.load(folder).config
    told = read_told(folder, part=part, temperature=about["temperature"])
    return judge(told.logits_NK, told.codes_N, names=about["classes"], groups_N=told.groups_N)


def lacks_photos(engine: Engine, split: str) -> bool:
    """Whether a split has to be made, or to take in photos that came since. Raises NotFoundError for a damaged one."""
    from lookscape.representation.saved_split import open_split, split_names

    if split not in split_names(engine.folder):
        return True
    return not open_split(engine.folder, split).parts.keys() >= set(engine.catalogue.photo_ids())


def label_of(engine: Engine, split: str, attribute: str) -> dict[str, str]:
    """What to ask `measure split` for: the attribute, or for a split that is there what it was made with."""
    from lookscape.representation.saved_split import split_names

    return {} if split in split_names(engine.folder) else {"label": attribute}


def majority(task: "Task", *, part: str = "test") -> float:
    """Share of a part's photos that have the commonest class of those that are learned from."""
    commonest = np.bincount(task.codes_N[task.rows("train")]).argmax()
    return float((task.codes_N[task.rows(part)] == commonest).mean())


def read_task(engine: Engine, attribute: str, split: str, *, side: int, progress: _tool.Progress) -> "Task":
    """Photos with classes and parts, `side` pixels wide. Raises UnknownNameError for a split there is not.

    A split serves any attribute, each value that some training product has being a class; the attribute that it was
    made for has its rare values merged as the split says.
    """
    from lookscape.representation.classifying import Task
    from lookscape.representation.pixels import prepare
    from lookscape.representation.saved_split import open_split
    from lookscape.tools._classes import Merged, read_values
    from lookscape.tools._groups import Catalogued
    from lookscape.tools._pictures import photo_set

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
    told = Merged(classes=saved.classes, rare=()).of(values) if saved.making.label == attribute else values
    parts = [saved.parts.get(photo_id, "") if value else "" for photo_id, value in zip(pixels.ids, told, strict=True)]
    learned = sorted({value for value, part in zip(told, parts, strict=True) if part == "train"})
    code = {value: number for number, value in enumerate(learned)}
    return Task(
        attribute=attribute,
        split=split,
        classes=learned,
        pixels=pixels,
        codes_N=np.array([code.get(value, -1) for value in told], np.intp),
        parts_N=np.array([part if value in code else "" for value, part in zip(told, parts, strict=True)]),
        groups_N=np.array([group_of.get(photo_id, -1) for photo_id in pixels.ids], np.intp),
    )
