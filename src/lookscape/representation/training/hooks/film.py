"""The film of a training: the same photos rebuilt and the same latents decoded, at steps that lie ever farther apart.

A frame has four rows of eight: photos the model does not learn from, the same rebuilt, draws from the prior, and draws
from the normal distribution that photos' latents have at that step, always by the same random numbers; a model without
a prior has two rows of the latter. It is saved as film/STEP.webp, so that a run that goes on after a kill writes the
same files again.
"""

import io
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from lookscape.files import write_atomically
from lookscape.representation.latents.drawings import sheet
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.trainable import Prior, Trainable
from lookscape.representation.training import filmstrip
from lookscape.representation.training.hooks._fixed import choose, looking
from lookscape.representation.training.loop import Measured, Run
from lookscape.representation.training.recipe import Recipe

NUM_FRAMES = 30
STEPS_PER_FRAME = 50
"""At least so many steps for each frame on average: a frame costs about as much as a quarter of one."""
NUM_PLACING = 128
"""Photos whose latents say where photos lie."""
SEED = 20
QUALITY = 90


class Film:
    """The hook."""

    def __init__(self, folder: Path, *, run: Run[Trainable], recipe: Recipe, pixels: Pixels, split: Split) -> None:
        self._folder, self._run, self._recipe = folder, run, recipe
        watched = choose(split.validation, count=filmstrip.COLUMNS)
        rows = np.concatenate([watched, split.test, split.train])[: filmstrip.COLUMNS]
        self._photos_NHWC = np.asarray(pixels.array_NHWC[rows])
        self._placing_NHWC = np.asarray(pixels.array_NHWC[choose(split.train, count=NUM_PLACING)])
        rng = np.random.default_rng(SEED)
        sizes = {"prior": run.model.dim, "placed": len(self._placing_NHWC)}
        self._noise = {
            name: torch.from_numpy(rng.standard_normal((2 * filmstrip.COLUMNS, size), dtype=np.float32))
            for name, size in sizes.items()
        }
        self._steps = frame_steps(recipe.num_steps)
        self._first: Image.Image | None = self._frame(0)

    def __call__(self, done: int, measured: Measured) -> None:
        """Save a frame if it is time for one; put them together after the last."""
        if self._first is not None:
            self._begin(done, first=self._first)
            self._first = None
        if done in self._steps:
            self._save(done, self._frame(done))
        if done == self._recipe.num_steps:
            filmstrip.assemble(self._folder)

    def _begin(self, done: int, *, first: Image.Image) -> None:
        """The first step of this process: a run that starts shows what the model was before it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for step, path in filmstrip.frames(self._folder).items():
            if step >= done or done == 1:
                path.unlink()
        if done == 1:
            self._save(0, first)

    def _frame(self, done: int) -> Image.Image:
        with looking(self._run, done, decay=self._recipe.ema_decay) as model:
            mean_BD = model.posterior(self._on_device(self._photos_NHWC)).mean_BD
            draws_ND = self._draws(model)
            x_BCHW = model.decode(torch.cat([mean_BD.float(), draws_ND]))
            made_NHWC = (x_BCHW.float().clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
        return Image.fromarray(sheet(np.concatenate([self._photos_NHWC, made_NHWC]), wide=filmstrip.COLUMNS))

    def _draws(self, model: Trainable) -> Tensor:
        """Two rows of latents. Random weights on latents around their mean draw from the normal that they have."""
        codes_MD = model.posterior(self._on_device(self._placing_NHWC)).mean_BD.float()
        noise_NM = self._run.fabric.to_device(self._noise["placed"]) / max(1, len(codes_MD) - 1) ** 0.5
        placed_ND: Tensor = codes_MD.mean(0) + noise_NM @ (codes_MD - codes_MD.mean(0))
        if model.prior is Prior.NONE:
            return placed_ND
        drawn_ND: Tensor = self._run.fabric.to_device(self._noise["prior"])
        return torch.cat([drawn_ND[: filmstrip.COLUMNS], placed_ND[: filmstrip.COLUMNS]])

    def _on_device(self, photos_NHWC: NDArray[np.uint8]) -> Tensor:
        x_BCHW: Tensor = self._run.fabric.to_device(torch.from_numpy(photos_NHWC).permute(0, 3, 1, 2))
        return x_BCHW.float().div_(255)

    def _save(self, step: int, frame: Image.Image) -> None:
        file = io.BytesIO()
        frame.save(file, "WEBP", quality=QUALITY, method=2)
        write_atomically(filmstrip.frame_path(self._folder, step), file.getvalue())


def frame_steps(num_steps: int) -> frozenset[int]:
    """Before the first step, after the last, and between them by equal ratios."""
    count = max(8, min(NUM_FRAMES, num_steps // STEPS_PER_FRAME)) - 1
    ratios = num_steps ** (np.arange(count) / (count - 1)) if num_steps else np.empty(0)
    return frozenset({0, num_steps, *ratios.round().astype(int).tolist()})
