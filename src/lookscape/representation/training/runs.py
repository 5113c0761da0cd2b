"""Trainings as a person looks at them: how far each is, its curves, film, alarms and figures, read from its folder."""

import time
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from statistics import median

from pydantic import Field

from lookscape.errors import UnknownNameError
from lookscape.representation.specs import trained_names
from lookscape.representation.training import alarms, filmstrip
from lookscape.representation.training.alarms import Alarm
from lookscape.representation.training.finish import FILE as REPORT
from lookscape.representation.training.finish import Finished, read_report
from lookscape.representation.training.history import METRICS, RUN, About, Figures, Line, Record, read_about, read_lines

QUIET_S, QUIET_LINES = 60.0, 6.0
"""A run that wrote nothing for so long, and for so many times its usual pause, is not running."""


class State(StrEnum):
    """Where a training is."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class Series(Record):
    """One curve."""

    name: str
    points: tuple[tuple[int, float], ...] = Field(description="steps and values")


class Chart(Record):
    """Curves of the same unit."""

    name: str
    title: str
    unit: str
    help: str = Field(description="what it shows, in plain words")
    series: tuple[Series, ...]


class Run(Record):
    """A training, under way or over."""

    name: str
    state: State
    about: About | None = Field(description="None for a model whose training was not recorded")
    step: int = Field(description="steps that are over")
    seconds: float = Field(description="seconds of training so far")
    left_s: float | None = Field(description="seconds to go, about; None unless it runs")
    photos_per_second: float | None
    charts: tuple[Chart, ...]
    alarms: tuple[Alarm, ...]
    frames: tuple[int, ...] = Field(description="steps that the film shows")
    film: bool = Field(description="film.webp, film.gif and strip.png are there")
    report: Finished | None = Field(description="held-out figures, once it is done")


def run_names(models: Path) -> list[str]:
    """Models that are, or were, trained here; the one that wrote last comes first."""
    found = {path.parent.name for path in models.glob(f"[!.]*/{RUN}")} | set(trained_names(models))
    return sorted(found, key=lambda name: (-_written(models / name), name))


def read_run(models: Path, name: str) -> Run:
    """One training. Raises UnknownNameError."""
    known = run_names(models)
    if name not in known:
        raise UnknownNameError("training", name, known)
    folder = models / name
    about, lines, report = read_about(folder), read_lines(folder), read_report(folder)
    state = _state(folder, about, lines)
    last = lines[-1] if lines else None
    frames = folder / filmstrip.FOLDER
    running = state is State.RUNNING and about is not None and last is not None
    return Run(
        name=name,
        state=state,
        about=about,
        step=last.step if last else 0,
        seconds=last.seconds if last else 0.0,
        left_s=(about.steps - last.step) * last.seconds / last.step if running and about and last else None,
        photos_per_second=median(_speeds(lines)) if _speeds(lines) else None,
        charts=tuple(_charts(lines)),
        alarms=tuple(alarms.find(about, lines)) if about else (),
        frames=tuple(filmstrip.frames(frames)),
        film=state is State.DONE and (frames / "film.webp").is_file(),
        report=report if state is State.DONE else None,
    )


def _state(folder: Path, about: About | None, lines: Sequence[Line]) -> State:
    written, began = _written(folder), max(_changed(folder / RUN), _changed(folder / METRICS))
    if folder.name in trained_names(folder.parent) and _changed(folder / REPORT) >= began:
        return State.DONE
    gaps = [late.seconds - early.seconds for early, late in pairwise(lines)]
    patience = max(QUIET_S, QUIET_LINES * median(gaps)) if gaps else QUIET_S
    return State.RUNNING if time.time() - written < patience else State.STOPPED


def _written(folder: Path) -> float:
    return max(_changed(folder / name) for name in (RUN, METRICS, REPORT))


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.is_file() else 0.0


def _speeds(lines: Sequence[Line]) -> list[float]:
    return [line.photos_per_second for line in lines if line.photos_per_second is not None]


FIGURES = {
    "psnr_db": ("Likeness", "dB", "How like its photo a rebuilt photo is. Higher is better; 3 dB is half the error."),
    "kl_nats": ("Information", "nats", "How much the latents keep of each photo."),
    "active_units": ("Active latents", "", "Latents that differ from photo to photo."),
    "sharpness": ("Sharpness", "%", "Fine detail that comes back, as a share of the photos' own."),
}
PARTS = {"held_out": "new photos", "train": "photos it trains on"}
RUN_NUMBERS = {
    "photos_per_second": ("Speed", "photos/s", "Photos trained on per second."),
    "learning_rate": ("Learning rate", "", "How large a step it takes: rises at first, then falls to nothing."),
}


def _charts(lines: Sequence[Line]) -> Iterator[Chart]:
    """The figures of fixed photos first, then what the batches measure, then how the run goes."""
    for name, (title, unit, words) in FIGURES.items():
        scale = 100 if unit == "%" else 1
        figures = (_figure_series(lines, part, name, scale=scale) for part in PARTS)
        if drawn := tuple(one for one in figures if one.points):
            yield Chart(name=name, title=title, unit=unit, help=words, series=drawn)
    for name in dict.fromkeys(name for line in lines for name in line.measured):
        points = tuple((line.step, value) for line in lines if (value := line.measured.get(name)) is not None)
        words = "Measured on each batch during training."
        series = (Series(name="batch", points=points),)
        yield Chart(name=f"batch-{name}", title=f"Batch: {name.replace('_', ' ')}", unit="", help=words, series=series)
    for name, (title, unit, words) in RUN_NUMBERS.items():
        values = ((line.step, getattr(line, name)) for line in lines)
        if points := tuple((step, value) for step, value in values if value is not None):
            yield Chart(name=name, title=title, unit=unit, help=words, series=(Series(name="run", points=points),))


def _figure_series(lines: Sequence[Line], part: str, name: str, *, scale: float) -> Series:
    looks: list[tuple[int, Figures]] = [(line.step, look) for line in lines if (look := getattr(line, part))]
    points = tuple((step, scale * value) for step, look in looks if (value := getattr(look, name)) is not None)
    return Series(name=PARTS[part], points=points)
