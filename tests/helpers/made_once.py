"""Folders that are expensive to fill: made once in a run of the tests, whichever worker of pytest-xdist asks first."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


class MadeOnce:
    """Keeps them below the temporary folder that all workers of a run share."""

    def __init__(self, factory: pytest.TempPathFactory, *, is_worker: bool) -> None:
        base = factory.getbasetemp()
        self._root = (base.parent if is_worker else base) / "made-once"
        self._root.mkdir(exist_ok=True)

    def __call__(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder that `make(folder)` filled and closed. It is everybody's: copy it before anything is changed."""
        made, half = self._root / name, self._root / f"{name}.half"
        with (self._root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(half, ignore_errors=True)
                make(half)
                half.rename(made)
        return made
