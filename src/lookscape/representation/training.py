"""A training run from start to end: prepare photos, split, train with checkpoints, keep the result.

    models/NAME/                 config.json weights.safetensors trained.json: the finished model
    models/NAME/training/        state of the run that is going on, removed when it ends; metrics.jsonl, film

A run that was killed goes on from its last checkpoint and ends with the weights of an undisturbed one. The lock of the
run is the caller's business.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from lightning_fabric import Fabric

from lookscape import parts
from lookscape.representation import checkpoint
from lookscape.representation._files import write_atomically
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.codec import to_unit
from lookscape.representation.embed import PhotoSet
from lookscape.representation.loop import Batches, set_up, train
from lookscape.representation.pixels import prepare
from lookscape.representation.recipe import MODELS, Recipe
from lookscape.representation.specs import TRAINED_MARK
from lookscape.representation.split import find_groups, split_by_group
from lookscape.representation.trainable import Trainable

Progress = Callable[[int, int, str], None]

SAMPLE = 4096
"""Photos that a model may look at before its first step."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to train and where it goes."""

    name: str
    recipe_name: str
    recipe: Recipe
    models: Path
    cache: Path

    @property
    def folder(self) -> Path:
        """The model's folder."""
        return self.models / self.name


@dataclass(frozen=True, kw_only=True)
class TrainReport:
    """What a run did."""

    steps: int
    num_train: int
    num_validation: int
    num_test: int


def run_training(
    order: Order, photos: PhotoSet, *, products_of: Mapping[str, Sequence[str]], progress: Progress
) -> TrainReport:
    """Train, or go on training, and keep the result."""
    recipe = order.recipe
    config = recipe.checked_config()
    pixels = prepare(photos, side=config.side, folder=order.cache, progress=progress)
    split = split_by_group(find_groups(pixels, products_of=products_of))
    torch.manual_seed(recipe.seed)
    model: Trainable = parts.load(MODELS, recipe.model).Model(config)
    chosen = np.sort(np.random.default_rng(recipe.seed).permutation(split.train)[:SAMPLE])
    model.start_from(to_unit(pixels.array_NHWC[chosen]))
    fabric = Fabric(accelerator="auto", devices=1, precision="bf16-mixed")
    run = set_up(model, recipe, fabric=fabric)
    batches = Batches(array_NHWC=pixels.array_NHWC, rows=split.train, batch=recipe.batch, seed=recipe.seed)
    train(run, recipe, batches, start=0, hooks=[lambda done, _: progress(done, recipe.num_steps, "training")])
    finished = cast(Trainable, run.average.module) if run.average is not None else model
    _keep(order, finished)
    return TrainReport(
        steps=recipe.num_steps,
        num_train=len(split.train),
        num_validation=len(split.validation),
        num_test=len(split.test),
    )


def _keep(order: Order, model: Trainable) -> None:
    tensors = {name: tensor.detach().float().cpu().contiguous().numpy() for name, tensor in model.state_dict().items()}
    digest = hashlib.sha256()
    for name, array in sorted(tensors.items()):
        digest.update(name.encode() + array.tobytes())
    config = {
        "model": order.recipe.model,
        "config": order.recipe.checked_config().model_dump(mode="json"),
        "recipe": order.recipe_name,
        "key": digest.hexdigest()[:16],
    }
    checkpoint.save(order.folder, Checkpoint(config=config, tensors=tensors))
    mark = {"recipe": asdict(order.recipe)}
    write_atomically(order.folder / TRAINED_MARK, json.dumps(mark, indent=2, default=str).encode())
