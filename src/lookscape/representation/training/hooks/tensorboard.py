"""TensorBoard event files with the scalars of metrics.jsonl and the frames of the film, in models/NAME/tensorboard/."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tensorboardX import SummaryWriter  # type: ignore[import-untyped]

from lookscape.representation.training.history import Figures, Line, Log
from lookscape.representation.training.loop import Measured

FOLDER = "tensorboard"


class TensorBoard:
    """The hook. It follows the log and the film, so it comes after them."""

    def __init__(self, folder: Path, *, log: Log, frames: Path, num_steps: int) -> None:
        self._folder, self._log, self._frames, self._num_steps = folder, log, frames, num_steps
        self._writer: SummaryWriter | None = None

    def __call__(self, done: int, measured: Measured) -> None:
        """Write what is new."""
        if self._writer is None:
            self._writer = self._open(done)
        if self._log.lines and self._log.lines[-1].step == done:
            for name, value in scalars(self._log.lines[-1]):
                self._writer.add_scalar(name, value, done)
        frame = self._frames / f"{done:07d}.webp"
        if frame.is_file():
            self._writer.add_image("film", np.asarray(Image.open(frame).convert("RGB")), done, dataformats="HWC")
        if done == self._num_steps:
            self._writer.close()

    def _open(self, done: int) -> SummaryWriter:
        """Go on after the steps that are over; a run that starts leaves no old files."""
        if done == 1:
            for old in self._folder.glob("events.out.tfevents.*"):
                old.unlink()
        return SummaryWriter(str(self._folder), purge_step=done, flush_secs=10)


def scalars(line: Line) -> Iterator[tuple[str, float]]:
    """The numbers of a line by the names they have in TensorBoard."""
    yield from ((f"batch/{name}", value) for name, value in line.measured.items() if value is not None)
    if line.learning_rate is not None:
        yield "run/learning_rate", line.learning_rate
    if line.photos_per_second is not None:
        yield "run/photos_per_second", line.photos_per_second
    for part, figures in (("train", line.train), ("held_out", line.held_out)):
        if isinstance(figures, Figures):
            yield from ((f"{name}/{part}", value) for name, value in figures if value is not None)
