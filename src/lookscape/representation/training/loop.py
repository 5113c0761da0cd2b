"""The only training loop.

Every step seeds torch's generator from the run's seed and the step's number, and draws its batch by number too, so
that a run that goes on after being killed is the run that was not.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from lookscape.representation.trainable import Learner, Losses, StepContext
from lookscape.representation.training.memory import kept_memory
from lookscape.representation.training.recipe import Schedule

AVERAGED_EVERY = 4
"""Steps between two looks of the weights' moving average, whose memory is many times longer."""

L = TypeVar("L", bound=Learner)
Change = Callable[[NDArray[np.uint8], np.random.Generator, int], NDArray[np.uint8]]
"""Photos B x H x W x 3, a generator and the step -> the photos changed, of one size, which may be another."""

Measured = dict[str, Tensor]
Hook = Callable[[int, Measured], None]
"""Called after each step with the number of steps that are over and what was measured in the last."""


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Batches of training photos by number: each epoch is another seeded order of `rows`.

    Where several processes train together, each takes its share of every batch, every `num_ranks`-th photo. `change`
    is what each photo goes through every time it is seen, by a generator of the step's own.
    """

    array_NHWC: NDArray[np.uint8]
    rows: NDArray[np.intp]
    batch_size: int
    seed: int
    rank: int = 0
    num_ranks: int = 1
    change: Change | None = None
    measured_NA: NDArray[np.float32] | None = None
    labels_N: NDArray[np.intp] | None = None

    def at(self, step: int) -> Tensor:
        """The step's photos, uint8 B x 3 x H x W, channels last in memory."""
        photos_BHWC = self.array_NHWC[self._chosen(step)]
        if self.change is not None:
            photos_BHWC = self.change(photos_BHWC, np.random.default_rng([self.seed, step, self.rank]), step)
        return torch.from_numpy(photos_BHWC).permute(0, 3, 1, 2)

    def measured_at(self, step: int) -> Tensor | None:
        """What was measured on the step's photos, B x A, if the model wants it."""
        return None if self.measured_NA is None else torch.from_numpy(self.measured_NA[self._chosen(step)])

    def labels_at(self, step: int) -> Tensor | None:
        """The classes of the step's photos, B, if they have any."""
        return None if self.labels_N is None else torch.from_numpy(self.labels_N[self._chosen(step)])

    def _chosen(self, step: int) -> NDArray[np.intp]:
        per_epoch = max(1, len(self.rows) // self.batch_size)
        epoch, number = divmod(step, per_epoch)
        order = _order(self.seed, epoch, len(self.rows))[number * self.batch_size : (number + 1) * self.batch_size]
        return np.sort(self.rows[order])[self.rank :: self.num_ranks]

    def between(self, start: int, stop: int) -> Iterator[Tensor]:
        """The photos of steps start ... stop - 1; a thread reads the next ones from the disk meanwhile."""
        with ThreadPoolExecutor(1, thread_name_prefix="batches") as pool:
            coming = [pool.submit(self.at, step) for step in range(start, min(start + 1, stop))]
            for step in range(start + 1, stop + 1):
                x_BCHW = coming.pop().result()
                if step < stop:
                    coming.append(pool.submit(self.at, step))
                yield x_BCHW


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> NDArray[np.intp]:
    return np.random.default_rng([seed, epoch]).permutation(count)


@dataclass(frozen=True, kw_only=True)
class Run(Generic[L]):
    """What the loop drives: the model as Fabric set it up, an optimizer for each player, the average of the weights."""

    fabric: Fabric
    model: L
    wrapped: nn.Module
    optimizers: Sequence[Optimizer]
    average: nn.Module | None


def set_up(model: L, recipe: Schedule, *, fabric: Fabric) -> Run[L]:
    """Hand the model and its optimizers to Fabric."""
    model = model.to(memory_format=torch.channels_last).train()
    optimizers = [model.optimizer(player, learning_rate=recipe.learning_rate) for player in model.players]
    if not optimizers:
        return Run(fabric=fabric, model=model, wrapped=model, optimizers=[], average=None)
    wrapped, *set_optimizers = fabric.setup(model, *optimizers)
    average = None
    if recipe.ema_decay:
        from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

        average = AveragedModel(
            model,
            multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay**AVERAGED_EVERY),  # type: ignore[no-untyped-call]
            use_buffers=True,
        )
    return Run(fabric=fabric, model=model, wrapped=wrapped, optimizers=set_optimizers, average=average)


def train(run: Run[L], recipe: Schedule, batches: Batches, *, start: int, hooks: Iterable[Hook]) -> None:
    """Run the steps from `start` to the recipe's last."""
    with kept_memory(), torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        for step, photos_BCHW in enumerate(batches.between(start, recipe.num_steps), start):
            torch.manual_seed(_seed(recipe.seed, step, run.fabric.global_rank))
            x_BCHW = run.fabric.to_device(photos_BCHW).float().div_(255)
            told = [
                None if given is None else run.fabric.to_device(given)
                for given in (batches.measured_at(step), batches.labels_at(step))
            ]
            context = StepContext(step=step, num_steps=recipe.num_steps, measured_BA=told[0], labels_B=told[1])
            measured = _move_all(run, recipe, x_BCHW, context)
            if run.average is not None and (step + 1) % AVERAGED_EVERY == 0:
                run.average.update_parameters(run.model)  # type: ignore[operator]
            for hook in hooks:
                hook(step + 1, measured)


def _move_all(run: Run[L], recipe: Schedule, x_BCHW: Tensor, context: StepContext) -> Measured:
    """One step: every player moves once."""
    measured: Measured = {}
    for player, optimizer in zip(run.model.players, run.optimizers, strict=True):
        _set_learning_rate(optimizer, recipe, context.step)
        losses: Losses = run.wrapped(x_BCHW, context._replace(player=player))
        optimizer.zero_grad()
        run.fabric.backward(losses.total)
        _clip(run.model.parameters_of(player), recipe.max_grad_norm)
        optimizer.step()
        measured |= losses.measured
    return measured


def _clip(parameters: Sequence[nn.Parameter], largest: float) -> None:
    """Shorten the gradient to this norm if it is longer."""
    norm = nn.utils.get_total_norm([weight.grad for weight in parameters if weight.grad is not None])
    # a processor knows the norm at once and need not multiply by 1; asking a GPU would make both wait
    if norm.device.type != "cpu" or not norm <= largest:
        nn.utils.clip_grads_with_norm_(parameters, largest, norm)


def _set_learning_rate(optimizer: Optimizer, recipe: Schedule, step: int) -> None:
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
