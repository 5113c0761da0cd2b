"""What a classifier's training writes down, and the best weights that it has seen.

    classifiers/NAME/training/looks.jsonl      one Look as JSON each time the validation photos were looked at
    classifiers/NAME/training/best.safetensors the weights at the best look so far
    classifiers/NAME/looks.jsonl               the looks of the training that made the classifier

Where rare classes count more the best look is the one with the highest macro F1, else the one with the highest
accuracy; of equal ones the one with the lowest loss. Both files follow from the steps alone, so a run that goes on
after a kill writes what an undisturbed one does.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lookscape.files import write_atomically
from lookscape.representation.metrics.classes import cross_entropy, macro_f1

if TYPE_CHECKING:
    from torch import Tensor

    from lookscape.representation.training.loop import Measured

FILE = "looks.jsonl"
BEST = "best.safetensors"

Logits = NDArray[np.float32]


class Look(BaseModel):
    """How a classifier stood after `step` steps."""

    model_config = ConfigDict(frozen=True)

    step: int
    epoch: float
    seconds: float = Field(description="of training, without the time between a kill and going on")
    train_loss: float = Field(description="mean of the batches since the look before, nats")
    train_accuracy: float = Field(description="the same, of photos as they were changed for training")
    loss: float = Field(description="cross entropy of the validation photos, nats")
    accuracy: float = Field(description="share of the validation photos that are told right")
    macro_f1: float = Field(description="mean over the classes of F1, on the validation photos")


def by_macro_f1(look: Look) -> tuple[float, float]:
    """Larger is better, and every class counts the same."""
    return look.macro_f1, -look.loss


def by_accuracy(look: Look) -> tuple[float, float]:
    """Larger is better, and every photo counts the same."""
    return look.accuracy, -look.loss


class StoppedEarlyError(Exception):
    """The last looks were no better: training is over before its last step."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """How looks are taken: `logits` of the validation photos as the model is after some steps, and its `weights`.

    `rank` says which look is the better one.
    """

    logits: Callable[[int], Logits]
    weights: Callable[[int], "dict[str, Tensor]"]
    codes_N: NDArray[np.intp]
    rank: Callable[[Look], tuple[float, float]] = by_macro_f1


class Looks:
    """A hook that looks every `every` steps and after the last, keeps the best weights, and stops when it is time."""

    def __init__(
        self,
        log: Path,
        best: Path,
        judge: Judge,
        *,
        every: int,
        num_steps: int,
        per_epoch: int,
        patience: int,
        since: float,
    ) -> None:
        """Looks go to the file `log`, the best weights to `best`.

        `per_epoch` steps show every photo once; `since` is how many seconds of training went before.
        """
        self._log, self._best, self._judge = log, best, judge
        self._every, self._num_steps, self._per_epoch, self._patience = every, num_steps, per_epoch, patience
        self._began = time.monotonic() - since
        self._sums = np.zeros(3)
        self.looks = list(read_looks(log.parent))

    def cut(self, step: int) -> None:
        """Forget what comes after `step`: the run goes on from an earlier state, or starts again."""
        self.looks = [look for look in self.looks if look.step <= step]
        write_atomically(self._log, _encoded(self.looks))

    def __call__(self, done: int, measured: "Measured") -> None:
        """Look if it is time for it. Raises StoppedEarlyError after `patience` looks that were no better."""
        self._sums += [float(measured["loss"]), float(measured["accuracy"]), 1]
        if done % self._every and done != self._num_steps:
            return
        look = self._look(done)
        best = max(self.looks, key=self._judge.rank, default=None)
        self.looks.append(look)
        if best is None or self._judge.rank(look) > self._judge.rank(best):
            self._keep(done)
        with self._log.open("ab") as file:
            file.write(_encoded([look]))
        if self.is_over:
            raise StoppedEarlyError

    @property
    def is_over(self) -> bool:
        """Whether the last `patience` looks were no better than the best before them."""
        best = max(range(len(self.looks)), key=lambda place: self._judge.rank(self.looks[place]), default=0)
        return bool(self._patience) and len(self.looks) - 1 - best >= self._patience

    def _look(self, done: int) -> Look:
        logits_NK = self._judge.logits(done)
        loss, accuracy, count = self._sums
        self._sums = np.zeros(3)
        guesses_N = logits_NK.argmax(axis=1)
        return Look(
            step=done,
            epoch=done / self._per_epoch,
            seconds=time.monotonic() - self._began,
            train_loss=loss / count,
            train_accuracy=accuracy / count,
            loss=cross_entropy(logits_NK, self._judge.codes_N),
            accuracy=float((guesses_N == self._judge.codes_N).mean()),
            macro_f1=macro_f1(guesses_N, self._judge.codes_N),
        )

    def _keep(self, done: int) -> None:
        from safetensors.torch import save

        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self._judge.weights(done).items()}
        write_atomically(self._best, save(tensors))


def read_looks(folder: Path) -> Sequence[Look]:
    """The looks of a run; none without the file. A line cut short by a kill is left out."""
    path = folder / FILE
    found = []
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            found.append(Look.model_validate_json(line))
        except ValidationError:
            continue
    return found


def _encoded(looks: Sequence[Look]) -> bytes:
    return "".join(look.model_dump_json() + "\n" for look in looks).encode()
