"""A finished model takes its place in one step: readers see the old model or the new one, never half of each.

The new one is made whole in models/.NAME.new, with what the run itself wrote in models/NAME (metrics, film), and then
the two folders change places.
"""

import ctypes
import os
import shutil
from pathlib import Path

from lookscape.files import sync_folder
from lookscape.representation.checkpoint import CONFIG, WEIGHTS
from lookscape.representation.specs import TRAINED_MARK

STATES = "training"
"""The folder of the run's states in the model's folder."""

EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2."""

HERE = -100
"""AT_FDCWD: paths are as they stand."""


def staging(folder: Path) -> Path:
    """Where the new model is made; it has a copy of what the run has written so far."""
    place = _beside(folder)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(STATES, CONFIG, WEIGHTS, TRAINED_MARK, ".*"))
    return place


def publish(folder: Path) -> None:
    """Put what was staged in the place of `folder`, which goes with the old model and the run's state."""
    sync_folder(_beside(folder))
    _exchange(_beside(folder), folder)
    sync_folder(folder.parent)
    settle(folder)


def settle(folder: Path) -> None:
    """Clear away what a killed run left beside the model's folder: a new model half made, or the old one."""
    between = _between(folder)
    if between.is_dir() and not folder.is_dir():
        between.rename(folder)
    shutil.rmtree(between, ignore_errors=True)
    shutil.rmtree(_beside(folder), ignore_errors=True)


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _between(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _exchange(one: Path, other: Path) -> None:
    """Two folders change places at once where the system can; elsewhere by renames, with a moment between."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 and renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
        return
    other.rename(_between(other))
    one.rename(other)
