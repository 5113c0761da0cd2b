"""Where a training run is, on disk, so that it can be killed at any moment: weights, optimizers, step and seconds.

    models/<name>/state/step-00001200/    config.json and weights.safetensors, as every checkpoint

The newest complete one counts. Random numbers need no place here: loop.py seeds them by the step's number.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lookscape.errors import NotFoundError
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.loop import Moment
from lookscape.representation.protocol import Tensors

FOLDER = "state"


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """A model and its optimizers, which are changed in place, and the run they belong to (any JSON)."""

    model: nn.Module
    optimizers: Sequence[Optimizer]
    run: Mapping[str, Any]

    def save(self, folder: Path, moment: Moment) -> None:
        """Write a new checkpoint, then remove the older ones."""
        here = folder / FOLDER / f"step-{moment.step:08d}"
        place = {"step": moment.step, "seconds": moment.seconds, "progress": moment.progress}
        tensors = {f"model.{name}": array for name, array in tensors_of(self.model).items()}
        for number, optimizer in enumerate(self.optimizers):
            for row, values in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{number}.{row}.{name}": _array(value) for name, value in values.items()}
        checkpoint.save(here, Checkpoint(config={**place, "run": dict(self.run)}, tensors=tensors))
        for other in _saved(folder):
            if other != here:
                shutil.rmtree(other)

    def restore(self, folder: Path) -> Moment:
        """Put back the newest state of this same run; the beginning when there is none."""
        for path in reversed(_saved(folder)):
            try:
                saved = checkpoint.load(path)
            except NotFoundError:
                continue  # killed while it was written; the one before is whole
            if saved.config["run"] == dict(self.run):
                self._load(saved.tensors)
                return Moment(**{name: saved.config[name] for name in ("step", "seconds", "progress")})
        return Moment()

    def _load(self, tensors: Tensors) -> None:
        weights = {name.removeprefix("model."): tensors[name] for name in tensors if name.startswith("model.")}
        load_tensors(self.model, weights)
        for number, optimizer in enumerate(self.optimizers):
            rows: dict[int, dict[str, Tensor]] = {}
            for name in tensors:
                kind, *rest = name.split(".")
                if kind == "optimizer" and int(rest[0]) == number:
                    rows.setdefault(int(rest[1]), {})[rest[2]] = torch.from_numpy(np.array(tensors[name]))
            optimizer.load_state_dict({**optimizer.state_dict(), "state": rows})


def tensors_of(model: nn.Module) -> Tensors:
    """A module's state as arrays."""
    return {name: _array(value) for name, value in model.state_dict().items()}


def load_tensors(model: nn.Module, tensors: Tensors) -> None:
    """Put arrays back into a module of the same shape."""
    model.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in tensors.items()})


def clear(folder: Path) -> None:
    """Forget where a run was."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _saved(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).glob("step-*"))


def _array(value: Tensor) -> "np.typing.NDArray[Any]":
    return np.array(value.detach().cpu().contiguous().numpy())
