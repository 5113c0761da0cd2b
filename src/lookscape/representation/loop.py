"""The only training loop.

Every step seeds torch's generator from the run's seed and the step's number, and draws its batch by number too, so
that a run that goes on after being killed is the run that was not.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from lookscape.representation.recipe import Recipe
from lookscape.representation.trainable import Losses, Moment, Trainable

Measured = dict[str, Tensor]
Hook = Callable[[int, Measured], None]
"""Called after each step with the number of steps that are over and what was measured in the last."""


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Batches of training photos by number: each epoch is another seeded order of `rows`."""

    array_NHWC: NDArray[np.uint8]
    rows: NDArray[np.intp]
    batch: int
    seed: int

    def at(self, step: int) -> Tensor:
        """The step's photos, uint8 B x 3 x H x W, channels last in memory."""
        per_epoch = max(1, len(self.rows) // self.batch)
        epoch, number = divmod(step, per_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(self.rows)
        chosen = np.sort(order[number * self.batch : (number + 1) * self.batch])
        return torch.from_numpy(self.array_NHWC[chosen]).permute(0, 3, 1, 2)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the loop drives: the model as Fabric set it up, an optimizer for each player, the average of the weights."""

    fabric: Fabric
    model: Trainable
    wrapped: nn.Module
    optimizers: Sequence[Optimizer]
    average: nn.Module | None


def set_up(model: Trainable, recipe: Recipe, *, fabric: Fabric) -> Run:
    """Hand the model and its optimizers to Fabric."""
    model = model.to(memory_format=torch.channels_last)
    optimizers = [model.optimizer(player, rate=recipe.rate) for player in model.players]
    wrapped, *set_optimizers = fabric.setup(model, *optimizers) if optimizers else (model,)
    average = None
    if recipe.averaging:
        from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

        average = AveragedModel(
            model,
            multi_avg_fn=get_ema_multi_avg_fn(recipe.averaging),  # type: ignore[no-untyped-call]
            use_buffers=True,
        )
    return Run(fabric=fabric, model=model, wrapped=wrapped, optimizers=set_optimizers, average=average)


def train(run: Run, recipe: Recipe, batches: Batches, *, start: int, hooks: Iterable[Hook]) -> None:
    """Run the steps from `start` to the recipe's last."""
    for step in range(start, recipe.num_steps):
        torch.manual_seed(_seed(recipe.seed, step, run.fabric.global_rank))
        x_BCHW = run.fabric.to_device(batches.at(step)).float().div_(255)
        measured: Measured = {}
        for player, optimizer in zip(run.model.players, run.optimizers, strict=True):
            _set_rate(optimizer, recipe, step)
            losses: Losses = run.wrapped(x_BCHW, Moment(step=step, num_steps=recipe.num_steps, player=player))
            optimizer.zero_grad()
            run.fabric.backward(losses.total)
            nn.utils.clip_grad_norm_(run.model.parameters_of(player), recipe.clip)
            optimizer.step()
            measured |= losses.measured
        if run.average is not None:
            run.average.update_parameters(run.model)  # type: ignore[operator]
        for hook in hooks:
            hook(step + 1, measured)


def _set_rate(optimizer: Optimizer, recipe: Recipe, step: int) -> None:
    """Linear warm-up, then half a cosine to zero (Loshchilov & Hutter 2017)."""
    warmup = max(1, round(recipe.warmup * recipe.num_steps))
    rising = min(1.0, (step + 1) / warmup)
    falling = 0.5 * (1 + math.cos(math.pi * max(0, step - warmup) / max(1, recipe.num_steps - warmup)))
    for group in optimizer.param_groups:
        group.setdefault("highest", group["lr"])
        group["lr"] = group["highest"] * rising * falling


def _seed(seed: int, step: int, rank: int) -> int:
    """Numbers close to each other give unrelated streams."""
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0])
