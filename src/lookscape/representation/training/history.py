"""What a training run writes down as it goes, in files that anything can read.

    models/NAME/run.json         what is being trained, and on how many photos
    models/NAME/metrics.jsonl    one Line as JSON for about every two-hundredth step
    models/NAME/alarms.json      what is wrong, in words
    models/NAME/report.json      held-out figures of the finished model

A number that is not finite is written as null.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lookscape.files import write_atomically
from lookscape.renamed import RECIPE, today

RUN = "run.json"
METRICS = "metrics.jsonl"


class Record(BaseModel):
    """Base of the records."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, values: Any) -> Any:
        return today(values, RECIPE)


class About(Record):
    """What a run trains."""

    recipe: str
    model: str
    steps: int = Field(description="steps it will take")
    batch_size: int
    side: int = Field(description="side of the photos, pixels")
    dim: int = Field(description="number of latents")
    train: int = Field(description="photos to train on")
    validation: int = Field(description="photos to watch by")
    test: int = Field(description="photos to evaluate on at the end")


class Figures(Record):
    """How well some fixed photos come back, with the noise of the posterior left out."""

    psnr_db: float | None = Field(description="mean peak signal-to-noise ratio, dB")
    explained: float | None = Field(description="share of the variance around the mean photo that comes back, up to 1")
    sharpness: float | None = Field(description="variance of the Laplacian, as a share of the photos' own")
    kl_nats: float | None = Field(default=None, description="divergence from the prior, nats a photo")
    active_units: int | None = Field(default=None, description="latents whose mean varies by more than 0.01")


class Line(Record):
    """The state after `step` steps; `measured` is of that step's batch, the figures of fixed photos."""

    step: int
    epoch: float
    seconds: float = Field(description="of training, without the time between a kill and going on")
    photos_per_second: float | None
    learning_rate: float | None = Field(description="learning rate")
    measured: Mapping[str, float | None]
    train: Figures | None = None
    held_out: Figures | None = None


def read_lines(folder: Path) -> list[Line]:
    """The lines of a model's metrics.jsonl; none without the file. A line cut short by a kill is left out."""
    path = folder / METRICS
    lines = path.read_text().splitlines() if path.is_file() else []
    found = []
    for line in lines:
        try:
            found.append(Line.model_validate_json(line))
        except ValidationError:
            continue
    return found


def read_about(folder: Path) -> About | None:
    """What the run in a folder trains; None where none was begun."""
    path = folder / RUN
    return About.model_validate_json(path.read_bytes()) if path.is_file() else None


class Log:
    """metrics.jsonl while it grows. `lines` holds all of it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / METRICS
        self.lines = read_lines(folder)

    def cut(self, step: int) -> None:
        """Forget what comes after `step`: a run goes on from an earlier state, or starts again."""
        self.lines = [line for line in self.lines if line.step <= step]
        write_atomically(self._path, _encoded(self.lines))

    def add(self, line: Line) -> None:
        """Append a line; it outlives the process."""
        self.lines.append(line)
        with self._path.open("ab") as file:
            file.write(_encoded([line]))


def _encoded(lines: Iterable[Line]) -> bytes:
    return "".join(line.model_dump_json() + "\n" for line in lines).encode()
