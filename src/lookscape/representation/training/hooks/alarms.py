"""Looks out for what goes wrong: stops a training that blew up, and keeps alarms.json up to date."""

import json
import math
from pathlib import Path

import torch

from lookscape.errors import LookscapeError
from lookscape.files import write_atomically
from lookscape.representation.training import alarms
from lookscape.representation.training.alarms import Alarm, Level
from lookscape.representation.training.history import About
from lookscape.representation.training.hooks.metrics import Metrics
from lookscape.representation.training.loop import Measured


class Alarms:
    """The hook; it comes right after Metrics, before anything that keeps the state.

    Raises LookscapeError when training blew up, which leaves the last state that was kept as it is.
    """

    def __init__(self, folder: Path, *, about: About, metrics: Metrics) -> None:
        self._path, self._about, self._metrics = folder / alarms.FILE, about, metrics

    def __call__(self, done: int, measured: Measured) -> None:
        """Check every step for numbers that are not, and all alarms after each line."""
        lines = self._metrics.log.lines
        if not _finite(measured):
            self._metrics.write(done, measured)
        elif not lines or lines[-1].step != done:
            return
        found = alarms.find(self._about, lines)
        if lines[-1].train is not None or any(alarm.level is Level.STOP for alarm in found):
            self._keep(found)
        for alarm in found:
            if alarm.level is Level.STOP:
                raise LookscapeError(f"{alarm.says} {alarm.advice} It stopped after step {done}.")

    def _keep(self, found: list[Alarm]) -> None:
        records = [alarm.model_dump(mode="json") for alarm in found]
        write_atomically(self._path, json.dumps(records, indent=2).encode())


def _finite(measured: Measured) -> bool:
    """A sum is finite only if all its terms are; one number is fetched, not one for each."""
    if not measured:
        return True
    return math.isfinite(float(torch.stack([value.detach().float().reshape(()) for value in measured.values()]).sum()))
