"""What happens beside training: measurements, pictures of progress, checkpoints, early stop, a progress bar.

A hook is called with every Moment and returns whether to stop. Hooks draw no random numbers from the run's source and
change nothing in the model, so a run ends with the same weights whatever hangs on it (early stop excepted).
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lookscape.errors import LookscapeError
from lookscape.representation._files import write_atomically
from lookscape.representation.alarms import Reading
from lookscape.representation.codec import Codec, to_bytes, to_float
from lookscape.representation.loop import Moment
from lookscape.representation.losses import kl_normal
from lookscape.representation.training_state import TrainingState

GROWTH = 1.3
"""Measurements and frames are taken at steps that grow by this factor, then at the latest every MAX_GAP steps."""

MAX_GAP = 1000
FRAMES = 8
"""Photos, and draws of the prior, in a frame of the film."""

MEASURED_PHOTOS = 256
METRICS = "metrics.jsonl"


def is_due(step: int) -> bool:
    """Steps 1, 2, 3, 4, 6, 8 ... growing by GROWTH until they are MAX_GAP apart."""
    at = 1
    while at < step:
        at = min(max(at + 1, int(at * GROWTH)), at + MAX_GAP)
    return at == step


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Fixed photos to measure on, N x side x side x 3: some that are trained on, some held out."""

    trained: NDArray[np.uint8]
    held_out: NDArray[np.uint8]


def measure(model: Codec, sample: Sample, moment: Moment) -> Reading:
    """How the model does now: PSNR of decoded mean codes from the mean squared error, KL, and sharpness."""
    trained, held_out = _reconstruct(model, sample.trained), _reconstruct(model, sample.held_out)
    figures = {name: float(value) for name, value in (moment.figures or {}).items()}
    return Reading(
        step=moment.step,
        seconds=round(moment.seconds, 3),
        progress=moment.progress,
        psnr_trained=_psnr(sample.trained, trained),
        psnr_held_out=_psnr(sample.held_out, held_out),
        sharpness=_detail(held_out) / max(_detail(sample.held_out), 1e-12),
        nats=_nats(model, sample.held_out),
        figures=figures,
    )


class Metrics:
    """Measures at growing intervals and writes metrics.jsonl, one line each; `readings` has them all.

    Lines beyond the step where a run resumes are dropped, since it will write them again. With TensorBoard installed
    the same figures go to the folder tensorboard/. Raises LookscapeError when a loss is no longer a number.
    """

    def __init__(self, model: Codec, sample: Sample, folder: Path, *, start: Moment) -> None:
        self._model, self._sample, self._path = model, sample, folder / METRICS
        self.readings = [reading for reading in read_metrics(folder) if reading.step <= start.step]
        write_atomically(self._path, "".join(_line(reading) for reading in self.readings).encode())
        self._board = _tensorboard(folder)

    def __call__(self, moment: Moment) -> bool:
        """Measure if it is time."""
        if not is_due(moment.step) and moment.progress < 1:
            return False
        reading = measure(self._model, self._sample, moment)
        if not all(math.isfinite(value) for value in reading.figures.values()):
            raise LookscapeError(
                f"training broke down at step {moment.step}: the loss is no longer a number; use a smaller rate"
            )
        self.readings.append(reading)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(reading))
        if self._board is not None:
            for name, value in {**reading.figures, "psnr_held_out": reading.psnr_held_out}.items():
                self._board.add_scalar(name, value, reading.step)
        return False


class EarlyStop:
    """Stops when held-out PSNR has not risen for `patience` measurements in a row, after the middle of the budget."""

    def __init__(self, metrics: Metrics, *, patience: int) -> None:
        self._metrics, self._patience = metrics, patience

    def __call__(self, moment: Moment) -> bool:
        """Whether to stop."""
        values = [reading.psnr_held_out for reading in self._metrics.readings]
        stale = len(values) - 1 - int(np.argmax(values)) if values else 0
        return moment.progress > 0.5 and stale >= self._patience


class Checkpoints:
    """Saves the run every `seconds` of wall time."""

    def __init__(self, state: TrainingState, folder: Path, *, seconds: float) -> None:
        self._state, self._folder, self._seconds = state, folder, seconds
        self._last = time.monotonic()

    def __call__(self, moment: Moment) -> bool:
        """Save if it is time."""
        if time.monotonic() - self._last >= self._seconds:
            self._state.save(self._folder, moment)
            self._last = time.monotonic()
        return False


class Film:
    """Frames of a fixed set of photos and codes, at growing intervals: film/step-00000128.png.

    Rows: held-out photos, what the model makes of them, and what it makes of fixed draws of N(0, I).
    """

    def __init__(self, model: Codec, photos_NHWC: NDArray[np.uint8], folder: Path) -> None:
        self._model, self._photos, self._folder = model, photos_NHWC[:FRAMES], folder / "film"
        latents = np.random.default_rng(0).standard_normal((len(self._photos), model.config.latents))
        self._latents = torch.from_numpy(latents.astype(np.float32))

    def __call__(self, moment: Moment) -> bool:
        """Draw if it is time."""
        if is_due(moment.step) or moment.progress >= 1:
            self._folder.mkdir(parents=True, exist_ok=True)
            with torch.inference_mode():
                drawn = to_bytes(self._model.decode(self._latents.to(_device(self._model))))
            rows = [np.concatenate(list(row), axis=1) for row in (self._photos, self._seen(), drawn)]
            write_atomically(self._folder / f"step-{moment.step:08d}.png", _png(np.concatenate(rows)))
        return False

    def _seen(self) -> NDArray[np.uint8]:
        return _reconstruct(self._model, self._photos)


class Bar:
    """Tells `progress` how far the run is, in thousandths, and how long the rest takes; it may raise CancelledError."""

    def __init__(self, progress: Callable[[int, int, str], None], *, start: Moment) -> None:
        self._progress, self._start = progress, start

    def __call__(self, moment: Moment) -> bool:
        """Report."""
        done = moment.progress - self._start.progress
        left = (moment.seconds - self._start.seconds) * (1 - moment.progress) / max(done, 1e-9)
        self._progress(int(1000 * moment.progress), 1000, f"training, {_words(left)} left")
        return False


def read_metrics(folder: Path) -> list[Reading]:
    """All readings of a run, oldest first; none when it has not begun. A last line that was cut off is left out."""
    path = folder / METRICS
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    return [Reading(**json.loads(line)) for line in lines if line.endswith("\n")]


def make_film(folder: Path) -> None:
    """film.webp, an animation of all frames, and strip.png, the last rows of eight of them below each other."""
    import cv2
    from PIL import Image

    paths = sorted((folder / "film").glob("step-*.png"))
    frames = [np.asarray(cv2.imread(str(path)))[..., ::-1] for path in paths]
    first, *rest = [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]
    first.save(folder / "film.webp", save_all=True, append_images=rest, duration=250, loop=0)
    chosen = np.unique(np.linspace(0, len(frames) - 1, FRAMES).astype(int))
    height = frames[0].shape[0] // 3
    strip = np.concatenate([frames[0][:height], *(frames[number][height : 2 * height] for number in chosen)])
    write_atomically(folder / "strip.png", _png(strip))


def _reconstruct(model: Codec, photos_NHWC: NDArray[np.uint8]) -> NDArray[np.uint8]:
    with torch.inference_mode():
        blocks = [photos_NHWC[start : start + 64] for start in range(0, len(photos_NHWC), 64)]
        device = _device(model)
        return np.concatenate([to_bytes(model.decode(model.moments(to_float(block).to(device))[0])) for block in blocks])


def _nats(model: Codec, photos_NHWC: NDArray[np.uint8]) -> float | None:
    """KL of the photos' codes from the prior, averaged; None for a model whose codes are points."""
    with torch.inference_mode():
        mean_BD, log_variance_BD = model.moments(to_float(photos_NHWC).to(_device(model)))
    return None if log_variance_BD is None else float(kl_normal(mean_BD, log_variance_BD).sum(1).mean())


def _psnr(photos_NHWC: NDArray[np.uint8], reconstructions_NHWC: NDArray[np.uint8]) -> float:
    error = ((photos_NHWC.astype(np.float32) - reconstructions_NHWC) ** 2).mean() / 255**2
    return float(-10 * np.log10(max(error, 1e-10)))


def _detail(photos_NHWC: NDArray[np.uint8]) -> float:
    """Mean absolute difference of neighbouring pixels, in [0, 255]."""
    x_NHWC = photos_NHWC.astype(np.float32)
    return float(np.abs(np.diff(x_NHWC, axis=1)).mean() + np.abs(np.diff(x_NHWC, axis=2)).mean())


def _device(model: Codec) -> torch.device:
    return next(model.parameters()).device


def _line(reading: Reading) -> str:
    return json.dumps(asdict(reading)) + "\n"


def _png(picture_HWC: NDArray[np.uint8]) -> bytes:
    import cv2

    return bytes(cv2.imencode(".png", np.ascontiguousarray(picture_HWC[..., ::-1]))[1])


def _words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _tensorboard(folder: Path) -> Any | None:
    from importlib.util import find_spec

    if find_spec("tensorboard") is None:
        return None
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder / "tensorboard"))
