"""The classifiers trained on a catalogue: opened by name, and judged by what they said of photos they did not learn."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from lookscape.representation.classified import Classified
    from lookscape.representation.metrics.classes import Figures


def slug(text: str) -> str:
    """A name that a folder may have: small letters, digits and dashes. Raises UsageError when nothing is left."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not found:
        raise UsageError(f"{text!r} has no letter that a name could be made of; give one with name and split")
    return found


def open_classifier(engine: Engine, name: str) -> "Classified":
    """One by name; without a name the only one there is. Raises UnknownNameError with the names there are."""
    from lookscape.representation.classified import FOLDER, Classified, classifier_names

    known = classifier_names(engine.folder)
    if not name and len(known) == 1:
        name = known[0]
    if name not in known:
        raise UnknownNameError("classifier", name, known)
    return Classified.open(engine.folder / FOLDER / name)


def figures_of(folder: Path, *, part: str) -> "Figures":
    """How well a classifier told the photos of a part, at its calibrated chances."""
    from pyarrow import parquet

    from lookscape.representation import checkpoint
    from lookscape.representation.classifying import PREDICTIONS
    from lookscape.representation.metrics.classes import judge

    about = checkpoint.load(folder).config
    table = parquet.read_table(folder / PREDICTIONS, filters=[("part", "=", part)])
    logits_NK = np.stack(table["logits"].to_pylist()).astype(np.float32) / np.float32(about["temperature"])
    return judge(
        logits_NK,
        table["code"].to_numpy().astype(np.intp),
        names=about["classes"],
        groups_N=table["group"].to_numpy(),
    )
