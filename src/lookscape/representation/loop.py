"""The only training loop. A model owns its networks, its optimizers and its losses; this calls them.

Step n is decided by (weights and optimizer state before it, seed, n) alone: its photos are drawn and the random numbers
are seeded by the step's number. A run that is stopped anywhere and resumed therefore ends with the same weights, bit for
bit on one machine, unless its budget is a time, which two runs never spend alike.

Learning rates rise linearly for WARMUP steps and then follow half a cosine down to zero at the end of the budget
(Loshchilov & Hutter, "SGDR", ICLR 2017). On a GPU or a processor that multiplies bf16 numbers, networks run in bf16
with weights kept in fp32.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from lookscape.representation.codec import to_float
from lookscape.representation.data import Rows, batch_rows
from lookscape.representation.protocol import Trainable

if TYPE_CHECKING:
    from lightning_fabric.wrappers import _FabricModule

WARMUP = 100
CLIP_NORM = 1.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how: `steps`, or `seconds` of training instead when given; photos in a batch on each device."""

    steps: int = 5000
    seconds: float | None = None
    batch: int = 64
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where a run is: steps done, seconds spent on them, how much of the budget that is, the last step's figures."""

    step: int = 0
    seconds: float = 0.0
    progress: float = 0.0
    figures: Mapping[str, Tensor] | None = None


@dataclass(frozen=True, kw_only=True)
class Photos:
    """All pixels, N x side x side x 3, and the rows to train on."""

    pixels: NDArray[np.uint8]
    rows: Rows


Hook = Callable[[Moment], bool]
"""Called after every step on the first device; true ends the training."""


def open_fabric(*, devices: int = 1) -> Fabric:
    """The best device here and its fastest precision; several devices train by DistributedDataParallel."""
    quick = torch.cuda.is_bf16_supported() if torch.cuda.is_available() else torch.cpu._is_avx512_bf16_supported()
    return Fabric(devices=devices, precision="bf16-mixed" if quick else "32-true")


def train(
    model: nn.Module,
    photos: Photos,
    plan: Plan,
    *,
    optimizers: Sequence[Optimizer],
    hooks: Sequence[Hook],
    start: Moment,
    fabric: Fabric,
) -> Moment:
    """Run from `start` to the end of the plan or until a hook says stop; `model` is a Trainable and is changed.

    Its optimizers come with the state they had at `start`. The caller's random state is left as it was.
    """
    assert isinstance(model, Trainable)
    module, *turns = fabric.setup(model, *optimizers)
    module.mark_forward_method("training_step")
    moment = start
    with torch.random.fork_rng():
        while moment.progress < 1:
            began = time.perf_counter()
            _seed(plan.seed, moment.step, fabric.global_rank)
            x_BCHW = fabric.to_device(to_float(photos.pixels[_rows(photos, plan, moment.step, fabric)]))
            figures = _step(module, turns, x_BCHW, moment=moment, fabric=fabric)
            moment = _after(moment, plan, seconds=time.perf_counter() - began, figures=figures)
            if fabric.is_global_zero and any([hook(moment) for hook in hooks]):
                break
    return moment


def _step(
    module: "_FabricModule", turns: Sequence[Optimizer], x_BCHW: Tensor, *, moment: Moment, fabric: Fabric
) -> dict[str, Tensor]:
    figures: dict[str, Tensor] = {}
    for turn, optimizer in enumerate(turns):
        result = module.training_step(x_BCHW, turn=turn, progress=moment.progress)
        module.zero_grad()
        fabric.backward(result.loss)
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * rate(moment)
        fabric.clip_gradients(module, optimizer, max_norm=CLIP_NORM, error_if_nonfinite=False)
        optimizer.step()
        figures |= {name: value.detach() for name, value in result.figures.items()}
    return figures


def rate(moment: Moment) -> float:
    """The share of its largest learning rate that a group has in the step that follows."""
    return min(1.0, (moment.step + 1) / WARMUP) * 0.5 * (1 + math.cos(math.pi * moment.progress))


def own_rates(optimizers: Sequence[Optimizer]) -> None:
    """Note each group's rate as its largest, once, before any state is put back."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]


def _after(moment: Moment, plan: Plan, *, seconds: float, figures: Mapping[str, Tensor]) -> Moment:
    moment = replace(moment, step=moment.step + 1, seconds=moment.seconds + seconds, figures=figures)
    spent = moment.seconds / plan.seconds if plan.seconds else moment.step / plan.steps
    return replace(moment, progress=min(1.0, spent))


def _rows(photos: Photos, plan: Plan, step: int, fabric: Fabric) -> Rows:
    """This device's share of the step's photos."""
    rows = batch_rows(photos.rows, size=plan.batch * fabric.world_size, step=step, seed=plan.seed)
    return rows[fabric.global_rank :: fabric.world_size]


def _seed(seed: int, step: int, rank: int) -> None:
    torch.manual_seed(int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0]))
