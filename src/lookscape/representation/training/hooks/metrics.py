"""metrics.jsonl: what the batches measure at about 200 steps of a run, and what fixed photos say at some of them.

The photos looked at are up to 256 of the validation part and 128 of the training part. The first looks come close
together, the later ones evenly, and there are few enough that they cost about one step in a hundred.
"""

import math
import time

import torch
from torch import Tensor

from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.trainable import Trainable
from lookscape.representation.training.history import Figures, Line, Log
from lookscape.representation.training.hooks._fixed import Fixed, choose, looking, mean_photo
from lookscape.representation.training.loop import Measured, Run
from lookscape.representation.training.recipe import Recipe

NUM_LINES = 200
NUM_LOOKS = 24
STEPS_BETWEEN_LOOKS = 100
"""At least so many steps for each look on average: a look costs about as much as one and a half."""
GROWTH = 2.0
HELD_OUT, TRAINED_ON, AVERAGED = 256, 128, 1024


class Metrics:
    """The hook. `log` holds the lines so far."""

    def __init__(self, log: Log, *, run: Run[Trainable], recipe: Recipe, pixels: Pixels, split: Split) -> None:
        self.log, self._run, self._recipe = log, run, recipe
        self._per_epoch = max(1, len(split.train) // recipe.batch_size)
        self._every = max(1, recipe.num_steps // NUM_LINES)
        self._looks = look_steps(recipe.num_steps)
        mean_CHW = mean_photo(pixels, choose(split.train, count=AVERAGED))
        self._train = Fixed.of(pixels, choose(split.train, count=TRAINED_ON), mean_CHW=mean_CHW)
        self._held_out = Fixed.of(pixels, choose(split.validation, count=HELD_OUT), mean_CHW=mean_CHW)
        self._seconds, self._marked, self._step = 0.0, time.perf_counter(), -1

    def __call__(self, done: int, measured: Measured) -> None:
        """Write a line if it is time for one."""
        if self._step < 0:
            self._begin(done)
        if done in self._looks or done % self._every == 0:
            self.write(done, measured)

    def write(self, done: int, measured: Measured) -> None:
        """Write a line now, unless this step has one."""
        if not self.log.lines or self.log.lines[-1].step < done:
            self.log.add(self._line(done, measured))

    def _begin(self, done: int) -> None:
        """The first step of this process: what is written of later ones belongs to another life."""
        self.log.cut(done - 1)
        self._seconds = self.log.lines[-1].seconds if self.log.lines else 0.0
        self._step = done - 1

    def _line(self, done: int, measured: Measured) -> Line:
        now = time.perf_counter()
        steps, took = done - self._step, now - self._marked
        self._seconds, self._step, self._marked = self._seconds + took, done, now
        train, held_out = self._look(done) if done in self._looks else (None, None)
        return Line(
            step=done,
            epoch=done / self._per_epoch,
            seconds=self._seconds,
            photos_per_second=steps * self._recipe.batch_size / took if took > 0 else None,
            learning_rate=float(self._run.optimizers[0].param_groups[0]["lr"]) if self._run.optimizers else None,
            measured=numbers(measured),
            train=train,
            held_out=held_out,
        )

    def _look(self, done: int) -> tuple[Figures | None, Figures | None]:
        with looking(self._run, done, decay=self._recipe.ema_decay) as model:
            return tuple(  # type: ignore[return-value]
                fixed.figures(model, self._run) if len(fixed.photos_NCHW) else None
                for fixed in (self._train, self._held_out)
            )


def look_steps(num_steps: int) -> frozenset[int]:
    """The steps after which the fixed photos are looked at; the last one is always among them."""
    count = max(2, min(NUM_LOOKS, num_steps // STEPS_BETWEEN_LOOKS))
    even = num_steps / count
    steps, step = {num_steps}, even
    while step < num_steps:
        steps.add(round(step))
        step += even
    early = even / GROWTH
    while early >= 10 and count > 2:
        steps.add(round(early))
        early /= GROWTH
    return frozenset(steps - {0})


def numbers(measured: Measured) -> dict[str, float | None]:
    """Scalars as numbers, fetched at once; None where one is not finite."""
    if not measured:
        return {}
    values = torch.stack([_scalar(value) for value in measured.values()]).tolist()
    return {name: value if math.isfinite(value) else None for name, value in zip(measured, values, strict=True)}


def _scalar(value: Tensor) -> Tensor:
    return value.detach().float().reshape(())
