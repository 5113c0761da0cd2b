"""What a classifier's training writes down, and the best weights that it has seen.

    classifiers/NAME/training/evaluations.jsonl  one Evaluation as JSON for each pass over the validation photos
    classifiers/NAME/training/best.safetensors   the weights of the best checkpoint so far
    classifiers/NAME/evaluations.jsonl           the evaluations of the training that made the classifier

Where rare classes count more the best checkpoint is the one with the highest macro F1, else the one with the highest
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

FILE = "evaluations.jsonl"
FILE_BEFORE = "looks.jsonl"
"""What the file was called before a renaming; read where there is no other."""
BEST = "best.safetensors"

Logits = NDArray[np.float32]


class Evaluation(BaseModel):
    """How a classifier stood after `step` steps."""

    model_config = ConfigDict(frozen=True)

    step: int
    epoch: float
    seconds: float = Field(description="of training, without the time between a kill and going on")
    train_loss: float = Field(description="mean of the batches since the evaluation before, nats")
    train_accuracy: float = Field(description="the same, of photos as they were changed for training")
    loss: float = Field(description="cross entropy of the validation photos, nats")
    accuracy: float = Field(description="share of the validation photos predicted correctly")
    macro_f1: float = Field(description="mean over the classes of F1, on the validation photos")


def by_macro_f1(evaluation: Evaluation) -> tuple[float, float]:
    """Larger is better, and every class counts the same."""
    return evaluation.macro_f1, -evaluation.loss


def by_accuracy(evaluation: Evaluation) -> tuple[float, float]:
    """Larger is better, and every photo counts the same."""
    return evaluation.accuracy, -evaluation.loss


class StoppedEarlyError(Exception):
    """The last evaluations were no better: training is over before its last step."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How evaluations are made: `logits` of the validation photos as the model is after some steps, and its `weights`.

    `rank` says which evaluation is the better one.
    """

    logits: Callable[[int], Logits]
    weights: Callable[[int], "dict[str, Tensor]"]
    codes_N: NDArray[np.intp]
    rank: Callable[[Evaluation], tuple[float, float]] = by_macro_f1


class Evaluator:
    """A hook that evaluates every `every` steps and after the last, keeps the best weights, and stops early."""

    def __init__(
        self,
        log: Path,
        best: Path,
        judge: Validation,
        *,
        every: int,
        num_steps: int,
        per_epoch: int,
        patience: int,
        since: float,
    ) -> None:
        """Evaluations go to the file `log`, the best weights to `best`.

        `per_epoch` steps show every photo once; `since` is how many seconds of training went before.
        """
        self._log, self._best, self._judge = log, best, judge
        self._every, self._num_steps, self._per_epoch, self._patience = every, num_steps, per_epoch, patience
        self._began = time.monotonic() - since
        self._sums = np.zeros(3)
        self.evaluations = list(read_evaluations(log.parent))

    def cut(self, step: int) -> None:
        """Forget what comes after `step`: the run goes on from an earlier state, or starts again."""
        self.evaluations = [evaluation for evaluation in self.evaluations if evaluation.step <= step]
        write_atomically(self._log, _encoded(self.evaluations))

    def __call__(self, done: int, measured: "Measured") -> None:
        """Evaluate if it is time for it. Raises StoppedEarlyError after `patience` evaluations that were no better."""
        self._sums += [float(measured["loss"]), float(measured["accuracy"]), 1]
        if done % self._every and done != self._num_steps:
            return
        evaluation = self._evaluate(done)
        best = max(self.evaluations, key=self._judge.rank, default=None)
        self.evaluations.append(evaluation)
        if best is None or self._judge.rank(evaluation) > self._judge.rank(best):
            self._keep(done)
        with self._log.open("ab") as file:
            file.write(_encoded([evaluation]))
        if self.is_over:
            raise StoppedEarlyError

    @property
    def is_over(self) -> bool:
        """Whether the last `patience` evaluations were no better than the best before them."""
        best = max(range(len(self.evaluations)), key=lambda place: self._judge.rank(self.evaluations[place]), default=0)
        return bool(self._patience) and len(self.evaluations) - 1 - best >= self._patience

    def _evaluate(self, done: int) -> Evaluation:
        logits_NK = self._judge.logits(done)
        loss, accuracy, count = self._sums
        self._sums = np.zeros(3)
        predicted_N = logits_NK.argmax(axis=1)
        return Evaluation(
            step=done,
            epoch=done / self._per_epoch,
            seconds=time.monotonic() - self._began,
            train_loss=loss / count,
            train_accuracy=accuracy / count,
            loss=cross_entropy(logits_NK, self._judge.codes_N),
            accuracy=float((predicted_N == self._judge.codes_N).mean()),
            macro_f1=macro_f1(predicted_N, self._judge.codes_N),
        )

    def _keep(self, done: int) -> None:
        from safetensors.torch import save

        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self._judge.weights(done).items()}
        write_atomically(self._best, save(tensors))


def read_evaluations(folder: Path) -> Sequence[Evaluation]:
    """The evaluations of a run; none without the file. A line cut short by a kill is left out."""
    path = folder / FILE if (folder / FILE).is_file() else folder / FILE_BEFORE
    found = []
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            found.append(Evaluation.model_validate_json(line))
        except ValidationError:
            continue
    return found


def _encoded(evaluations: Sequence[Evaluation]) -> bytes:
    return "".join(evaluation.model_dump_json() + "\n" for evaluation in evaluations).encode()
