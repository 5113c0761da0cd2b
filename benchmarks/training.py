"""Photos a second in training: our whole loop against pythae's VAE with the same layers, batch, data and image side.

    python benchmarks/training.py --data FOLDER [--photos 2000] [--steps 2400] [--rounds 3] [--side 64]

Needs `pip install pythae imageio`. Both train a normal posterior on the recipe's PhotoEncoder and PhotoDecoder, in
turns, each in a process of its own and with fresh weights; the ratio of each round is printed, its median judged.

ours      `run_training` from the first step to the last: bfloat16 where the hardware multiplies it, channels last,
          photos as bytes from the memory-mapped array; with metrics, alarms, film, TensorBoard, saved states, average
          of the weights and beta_vae's steered divergence. The recipe's jitter and its error are left out, so that both
          see the same photos and take the sum of squares. Preparing photos and judging at the end do not count.
pythae    its BaseTrainer as its users call it, on the CPU or the GPU that it finds: the photos as one float tensor in
          memory, its DataLoader without workers, Adam, its progress bar and log file, no evaluation. It keeps a copy of
          the best model of each epoch and saves it at the end, which counts. amp=False is its default, and its amp is
          for CUDA alone.

Wall time is what a person waits; time on the processor tells the same where other programs disturb.
"""

import argparse
import contextlib
import logging
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.recipe import Recipe, open_recipe
from lookscape.representation.training.run import run_training

SUFFIXES = {".jpg", ".jpeg", ".png"}

WAYS = "ours", "pythae"


@dataclass(frozen=True)
class Rate:
    """Photos a second, by the clock and by the processor's time."""

    wall: float
    cpu: float


def main() -> None:
    arguments = _arguments()
    rates: dict[str, list[Rate]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(arguments.rounds):
            for name in WAYS:
                rates[name].append(
                    _alone(name, arguments, cache=Path(scratch), folder=Path(scratch) / f"{name}-{turn}")
                )
                last = rates[name][-1]
                print(f"{name:7s} {last.wall:7.1f} photos/s ({last.cpu:.1f} by CPU time)", flush=True)
    for kind in ("wall", "cpu"):
        ratios = [getattr(a, kind) / getattr(b, kind) for a, b in zip(rates["ours"], rates["pythae"], strict=True)]
        listed = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"ours / pythae by {kind} time: {statistics.median(ratios):.2f} (rounds: {listed}; bar: 1.5)")


def _alone(name: str, arguments: argparse.Namespace, *, cache: Path, folder: Path) -> Rate:
    """One way in a process of its own: what it does to the allocator or to threads is not carried to the other."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_rate, name, arguments, cache=cache, folder=folder).result()


def _rate(name: str, arguments: argparse.Namespace, *, cache: Path, folder: Path) -> Rate:
    recipe = open_recipe(arguments.recipe).varied(side=arguments.side, error="l2")
    recipe = replace(recipe, num_steps=arguments.steps or recipe.num_steps, jitter=False)
    files = sorted(path for path in arguments.data.rglob("*") if path.suffix.lower() in SUFFIXES)[: arguments.photos]
    contents = {path.name: path.read_bytes() for path in files}
    photos = PhotoSet(ids=[path.name for path in files], read=lambda name: contents[name])
    if name == "ours":
        return _ours(recipe, photos, cache=cache, folder=folder)
    pixels = prepare(photos, side=arguments.side, folder=cache, progress=lambda *_: None)
    return _pythae(recipe, pixels, folder=folder)


def _ours(recipe: Recipe, photos: PhotoSet, *, cache: Path, folder: Path) -> Rate:
    """Time from the first report of a step to the last, so that the rest of the run does not count."""
    seen: list[tuple[int, float, float]] = []

    def progress(done: int, total: int, stage: str) -> None:
        if stage == "training":
            seen.append((done, time.perf_counter(), time.process_time()))

    order = TrainingArguments(name="ours", recipe_name="language", recipe=recipe, models=folder, cache=cache)
    run_training(order, photos, products_of={}, progress=progress)
    (first, wall, cpu), (last, wall_end, cpu_end) = seen[0], seen[-1]
    count = (last - first) * recipe.batch_size
    return Rate(count / (wall_end - wall), count / (cpu_end - cpu))


def _pythae(recipe: Recipe, pixels: Pixels, *, folder: Path) -> Rate:
    """As many whole epochs as come closest to the same steps."""
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    data_NCHW = torch.from_numpy(np.ascontiguousarray(_unit(pixels.array_NHWC)))
    epochs = max(1, round(recipe.num_steps * recipe.batch_size / len(data_NCHW)))
    config = BaseTrainerConfig(
        output_dir=str(folder),
        num_epochs=epochs,
        learning_rate=recipe.learning_rate,
        per_device_train_batch_size=recipe.batch_size,
        optimizer_cls="Adam",
    )
    with _silence():
        dataset = BaseDataset(data_NCHW, torch.zeros(len(data_NCHW)))
        trainer = BaseTrainer(model=_vae(recipe), train_dataset=dataset, training_config=config)
        wall, cpu = time.perf_counter(), time.process_time()
        trainer.train()
        took = time.perf_counter() - wall, time.process_time() - cpu
    return Rate(*(epochs * len(data_NCHW) / seconds for seconds in took))


def _unit(array_NHWC: NDArray[np.uint8]) -> NDArray[np.float32]:
    """N x 3 x H x W in [0, 1]."""
    return np.asarray(array_NHWC.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def _vae(recipe: Recipe) -> Any:
    """Pythae's VAE around the networks of our model."""
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    class Encoder(BaseEncoder):  # type: ignore[misc]
        def __init__(self, network: Any) -> None:
            super().__init__()
            self.network = network

        def forward(self, x_BCHW: torch.Tensor) -> Any:
            mean_BD, log_variance_BD = self.network(x_BCHW).chunk(2, dim=1)
            return ModelOutput(embedding=mean_BD, log_covariance=log_variance_BD.clamp(-12, 4))

    class Decoder(BaseDecoder):  # type: ignore[misc]
        def __init__(self, network: Any) -> None:
            super().__init__()
            self.network = network

        def forward(self, z_BD: torch.Tensor) -> Any:
            return ModelOutput(reconstruction=self.network(z_BD))

    torch.manual_seed(recipe.seed)
    model: Any = recipe.new_model()
    config = recipe.checked_config()
    shape = VAEConfig(input_dim=(3, config.side, config.side), latent_dim=config.dim)
    return VAE(shape, encoder=Encoder(model.encoder), decoder=Decoder(model.decoder))


@contextlib.contextmanager
def _silence() -> Any:
    """What pythae prints goes nowhere."""
    logging.disable(logging.WARNING)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere), contextlib.redirect_stdout(nowhere):
        yield
    logging.disable(logging.NOTSET)
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--steps", type=int, help="the recipe's own without it, so that a whole training is timed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--recipe", default="beta_vae", help="one whose model is a beta_vae")
    return parser.parse_args()


if __name__ == "__main__":
    main()
