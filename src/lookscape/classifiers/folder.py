"""Where a catalogue's classifiers lie, and how the files in the folder of one are called; nothing is opened here."""

from pathlib import Path

from lookscape.representation.checkpoint import CONFIG

FOLDER = "classifiers"
PREDICTIONS = "predictions.parquet"
MARK = "trained.json"
"""Says how it was trained, once its training is over."""


def classifier_names(folder: Path) -> list[str]:
    """The classifiers trained on a catalogue, by name; those that are still being trained are not among them."""
    return sorted(path.parent.name for path in (folder / FOLDER).glob(f"[!.]*/{CONFIG}"))
