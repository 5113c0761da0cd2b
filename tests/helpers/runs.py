"""Short trainings with all hooks, on drawn squares of colour: small, quick, and easy to learn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric

from lookscape import parts
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.hooks import open_hooks
from lookscape.representation.training.loop import Batches, Hook, Run, set_up, train
from lookscape.representation.training.recipe import MODELS, Recipe

SMALL = Recipe(
    model="beta_vae",
    config={"side": 16, "dim": 4, "width": 4, "capacity": 20.0},
    num_steps=60,
    batch_size=16,
    learning_rate=3e-3,
)


class OverError(Exception):
    """Enough steps."""


def squares(count: int, *, side: int = 16, seed: int = 0) -> Pixels:
    """White photos with one coloured square each, of any place and size."""
    rng = np.random.default_rng(seed)
    photos = np.full((count, side, side, 3), 255, np.uint8)
    for photo in photos:
        width = rng.integers(side // 4, side // 2)
        top, left = rng.integers(0, side - width, 2)
        photo[top : top + width, left : left + width] = rng.integers(0, 200, 3)
    return Pixels(ids=tuple(f"{number:04d}" for number in range(count)), array_NHWC=photos)


def split(count: int) -> Split:
    """The first photos learn, then a tenth watches, and the last tenth judges."""
    kept = max(1, count // 10)
    rows = np.arange(count)
    return Split(train=rows[: -2 * kept], validation=rows[-2 * kept : -kept], test=rows[-kept:])


def begin(folder: Path, recipe: Recipe = SMALL, *, photos: int = 200) -> tuple[TrainingArguments, Run, Pixels, Split]:
    """A run that has not taken a step."""
    order = TrainingArguments(name="run", recipe_name="small", recipe=recipe, models=folder, cache=folder)
    torch.manual_seed(recipe.seed)
    model = parts.load(MODELS, recipe.model).Model(recipe.checked_config())
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    return order, set_up(model, recipe, fabric=fabric), squares(photos, side=recipe.side), split(photos)


def go(
    run: Run, recipe: Recipe, pixels: Pixels, parts_of: Split, *, hooks: list[Hook], start: int = 0, stop: int = -1
) -> None:
    """Take the steps from `start` to `stop`, the recipe's last by default, by the recipe's schedule."""

    def end(done: int, _: object) -> None:
        if done == stop:
            raise OverError

    batches = Batches(array_NHWC=pixels.array_NHWC, rows=parts_of.train, batch_size=recipe.batch_size, seed=recipe.seed)
    try:
        train(run, recipe, batches, start=start, hooks=[*hooks, end])
    except OverError:
        return


def trained(folder: Path, recipe: Recipe = SMALL, *, photos: int = 200, with_hooks: bool = True) -> Run:
    """A whole run."""
    order, run, pixels, parts_of = begin(folder, recipe, photos=photos)
    hooks = list(open_hooks(order, run, pixels, parts_of)) if with_hooks else []
    go(run, recipe, pixels, parts_of, hooks=hooks)
    return run


def changed(**fields: object) -> Recipe:
    """SMALL with other fields of its model's Config."""
    return replace(SMALL, config={**SMALL.config, **fields})
