"""The state of a run that is going on, on disk: goes on after `kill -9`, and is never pickled.

    models/NAME/training/state-STEP-DIGEST.safetensors

One file holds the tensors of the model, of its average and of every optimizer, and in its header the rest as JSON. Its
name holds the SHA-256 of its bytes, so a torn file is noticed; the last KEPT files stay, so one before it is there.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from lookscape.errors import DivergedError
from lookscape.files import write_atomically
from lookscape.representation.training.loop import Measured, Run

KEPT = 2
"""States on disk at any time."""

SAVE_EVERY_S = 10.0
"""Seconds of training between two saves, or more:"""

WORTH = 100
"""A save waits until training has taken this many times as long as the last save did."""

HEADER = "lookscape"


@dataclass(frozen=True, kw_only=True)
class State:
    """One saved state: `step` steps were over after `seconds` of training; `fingerprint` says of which run."""

    path: Path
    step: int
    seconds: float
    fingerprint: str
    tensors: Mapping[str, Tensor]
    settings: list[dict[str, Any]]

    def restore(self, run: Run[Any]) -> None:
        """Put everything back where it was."""
        run.model.load_state_dict(_under(self.tensors, "model/"))
        if run.average is not None:
            run.average.load_state_dict(_under(self.tensors, "average/"))
        for number, optimizer in enumerate(run.optimizers):
            _restore_optimizer(_bare(optimizer), _under(self.tensors, f"optimizer{number}/"), self.settings[number])


def save_state(folder: Path, run: Run[Any], *, step: int, seconds: float, fingerprint: str) -> None:
    """Write the state after `step` steps, then remove all but the last KEPT.

    Raises DivergedError when a number in it is not finite; the states on disk stay as they are.
    """
    from safetensors.torch import save

    optimizers = [_bare(optimizer).state_dict() for optimizer in run.optimizers]
    header = {
        "step": step,
        "seconds": seconds,
        "fingerprint": fingerprint,
        "settings": [_settings(saved) for saved in optimizers],
    }
    tensors = dict(_tensors(run, optimizers))
    check_finite(tensors.values(), step=step)
    content = save(tensors, metadata={HEADER: json.dumps(header)})
    folder.mkdir(parents=True, exist_ok=True)
    _remove_torn(folder)
    write_atomically(folder / f"state-{step:09d}-{hashlib.sha256(content).hexdigest()}.safetensors", content)
    for old in _files(folder)[KEPT:]:
        old.unlink()


def check_finite(tensors: Iterable[Tensor], *, step: int) -> None:
    """Raises DivergedError when training blew up: nothing that holds infinities is worth keeping."""
    if all(bool(torch.isfinite(tensor).all()) for tensor in tensors):
        return
    raise DivergedError(
        f"training diverged: after step {step} the model has numbers that are not finite; nothing was replaced, and "
        "the last state before is kept; train again with a lower learning rate or another seed"
    )


def last_state(folder: Path) -> State | None:
    """The newest state that is whole."""
    return next(filter(None, map(_read, _files(folder))), None)


def remove_states(folder: Path) -> None:
    """Remove all of them."""
    for old in _files(folder):
        old.unlink()
    _remove_torn(folder)


class Saver:
    """A hook that saves now and then, and whenever it is told to."""

    def __init__(self, folder: Path, run: Run[Any], *, fingerprint: str, since: float) -> None:
        """`since` is how many seconds of training lie behind the state that the run goes on from."""
        self._folder, self._run, self._fingerprint = folder, run, fingerprint
        self._began, self._wait = time.monotonic() - since, SAVE_EVERY_S
        self._last, self._step = time.monotonic(), 0

    @property
    def seconds(self) -> float:
        """How long training has taken, all processes of the run together."""
        return time.monotonic() - self._began

    def __call__(self, done: int, measured: Measured) -> None:
        """Save if it is time to."""
        self._step = done
        if time.monotonic() - self._last >= self._wait:
            self.save(done)

    def save(self, done: int | None = None) -> None:
        """Save now; without a number after the steps that this hook has seen."""
        started = time.monotonic()
        step = self._step if done is None else done
        save_state(self._folder, self._run, step=step, seconds=self.seconds, fingerprint=self._fingerprint)
        self._last = time.monotonic()
        self._wait = max(SAVE_EVERY_S, WORTH * (self._last - started))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("state-*.safetensors"), reverse=True)


def _remove_torn(folder: Path) -> None:
    """Only the holder of the run's lock comes here, so nobody is writing them."""
    for torn in folder.glob(".state-*.tmp"):
        torn.unlink(missing_ok=True)


def _read(path: Path) -> State | None:
    from safetensors.torch import load

    content = path.read_bytes()
    if path.stem.rpartition("-")[2] != hashlib.sha256(content).hexdigest():
        return None
    length = int.from_bytes(content[:8], "little")
    header = json.loads(json.loads(content[8 : 8 + length])["__metadata__"][HEADER])
    return State(path=path, tensors=load(content), **header)


def _tensors(run: Run[Any], optimizers: list[dict[str, Any]]) -> Iterator[tuple[str, Tensor]]:
    """Every tensor of the run by a name that says whose it is."""
    parts = {"model/": run.model.state_dict()}
    if run.average is not None:
        parts["average/"] = run.average.state_dict()
    for number, saved in enumerate(optimizers):
        for place, values in saved["state"].items():
            parts[f"optimizer{number}/{place}/"] = {k: v for k, v in values.items() if isinstance(v, Tensor)}
    for prefix, part in parts.items():
        yield from ((f"{prefix}{name}", tensor.detach().cpu().contiguous()) for name, tensor in part.items())


def _settings(saved: dict[str, Any]) -> dict[str, Any]:
    """What an optimizer holds besides tensors."""
    plain = {
        place: {name: value for name, value in values.items() if not isinstance(value, Tensor)}
        for place, values in saved["state"].items()
    }
    return {"groups": saved["param_groups"], "state": plain}


def _restore_optimizer(optimizer: Optimizer, tensors: Mapping[str, Tensor], settings: dict[str, Any]) -> None:
    state: dict[int, dict[str, Any]] = {int(place): dict(values) for place, values in settings["state"].items()}
    for name, tensor in tensors.items():
        place, _, key = name.partition("/")
        state.setdefault(int(place), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": settings["groups"]})
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                # as the optimizer made it: in the parameter's own order of memory, for the same sums and speed
                values[key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _bare(optimizer: Optimizer) -> Optimizer:
    """Without Fabric's wrapping."""
    bare: Optimizer = getattr(optimizer, "optimizer", optimizer)
    return bare
