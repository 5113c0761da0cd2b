"""Tiny training runs on drawn pictures, for the tests of the training core."""

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from lookscape.errors import CancelledError
from lookscape.representation.inference.samples import pictures
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.recipe import Precision, Recipe
from lookscape.representation.training.run import TrainReport, run_training

RECIPE = Recipe(
    model="beta_vae",
    config={"side": 16, "dim": 4, "width": 4, "sharpness": 20.0, "capacity": 5.0},
    num_steps=6,
    batch_size=8,
    learning_rate=3e-3,
    ema_decay=0.9,
)


def photo_set(count: int = 48) -> PhotoSet:
    """Drawn pictures as PNG files, by ids of four digits."""
    files = {f"{number:04d}": _png(number, picture) for number, picture in enumerate(pictures(count, side=32))}
    return PhotoSet(ids=list(files), read=files.__getitem__)


def order(folder: Path, *, recipe: Recipe = RECIPE, **changes: object) -> TrainingArguments:
    """An order for models/tiny/ in a folder."""
    made = TrainingArguments(
        name="tiny", recipe_name="tiny", recipe=recipe, models=folder / "models", cache=folder / "cache"
    )
    return replace(made, **changes)


class Watch:
    """Progress that remembers the stages and cancels after so many steps."""

    def __init__(self, *, cancel_at: int | None = None) -> None:
        self.stages: list[str] = []
        self.steps: list[int] = []
        self._cancel_at = cancel_at

    def __call__(self, done: int, total: int, stage: str) -> None:
        if stage not in self.stages:
            self.stages.append(stage)
        if stage == "training":
            self.steps.append(done)
            if done == self._cancel_at:
                raise CancelledError("stopped by a test")


def go(wanted: TrainingArguments, *, photos: PhotoSet | None = None, watch: Watch | None = None) -> TrainReport:
    """Run an order."""
    return run_training(wanted, photos or photo_set(), products_of={}, progress=watch or Watch())


def weights(wanted: TrainingArguments) -> bytes:
    """The bytes of the finished model's weights."""
    return (wanted.folder / "weights.safetensors").read_bytes()


FULL = replace(RECIPE, precision=Precision.FULL)


def _png(number: int, picture: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
