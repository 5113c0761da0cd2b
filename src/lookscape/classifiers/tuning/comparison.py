"""What a study found: the best settings against the defaults, and whether the difference is more than chance.

Trials are compared to choose the best of them; to say how much better it is, only the repeats count, because the best
of many figures is too high. Two things make repeats differ, and both are in the interval (95 %): the seed of a
training (Student's t with the pooled deviation of both sides' repeats) and which photos happened to be in the
validation part (a bootstrap that redraws whole groups of products, paired photo by photo). The photos are those that
the search itself looked at, so the last word is that of the test photos.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from lookscape.classifiers.tuning.study import DEFAULTS, State, TrialRecord, best_of
from lookscape.files import write_atomically
from lookscape.representation.metrics.classes import macro_f1
from lookscape.representation.metrics.intervals import bootstrap

if TYPE_CHECKING:
    from lookscape.classifiers.task import Task
    from lookscape.classifiers.tuning.search import Repeats
    from lookscape.classifiers.tuning.trial import TrialOutcome

FILE = "gain.json"
LEVEL = 0.95
FEWEST = 2
"""Repeats of each side from which a deviation can be told."""


class Gain(BaseModel):
    """Mean macro F1 of repeats: of the settings of `trial`, and of the defaults.

    `low` and `high` are the ends of the difference's interval, None for fewer than FEWEST repeats.
    """

    model_config = ConfigDict(frozen=True)

    trial: int
    best: float
    defaults: float
    repeats: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float:
        """How much better, in macro F1."""
        return self.best - self.defaults

    @property
    def is_shown(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low is not None and self.low > 0


def gain_of(repeats: "Repeats", task: "Task") -> Gain | None:
    """Of the repeats of both, whose guesses are of the task's validation photos; None without any."""
    if not repeats.best:
        return None
    best_R, defaults_R = _figures(repeats.best), _figures(repeats.defaults)
    gain = Gain(trial=repeats.trial, best=float(best_R.mean()), defaults=float(defaults_R.mean()), repeats=len(best_R))
    if len(best_R) < FEWEST:
        return gain
    rows = task.rows("validation")
    half = float(
        np.hypot(_half_of_seeds(best_R, defaults_R), _half_of_photos(repeats, task.codes_N[rows], task.groups_N[rows]))
    )
    return gain.model_copy(update={"low": gain.value - half, "high": gain.value + half})


def keep_gain(place: Path, gain: Gain) -> None:
    """Write it beside the study."""
    write_atomically(place / FILE, gain.model_dump_json(indent=1).encode())


def read_gain(place: Path, trials: Sequence[TrialRecord]) -> Gain | None:
    """What was found of the best of these trials; None before it was repeated, or if another one was best then."""
    best = best_of(trials)
    try:
        gain = Gain.model_validate_json((place / FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return gain if best is not None and gain.trial == best.number else None


def in_words(trials: Sequence[TrialRecord], gain: Gain | None) -> str:
    """The outcome in a few sentences."""
    over = sum(one.state not in (State.WAITING, State.RUNNING) for one in trials)
    best = best_of(trials)
    if best is None:
        return f"none of {over} trials is finished yet"
    begun = (
        f"the best of {over} trials, number {best.number}, reaches macro F1 {best.macro_f1:.3f} on validation photos"
    )
    defaults = next((one.macro_f1 for one in trials if one.number == DEFAULTS), None)
    if best.number == DEFAULTS:
        return f"none of {over} trials beats the defaults, with macro F1 {best.macro_f1:.3f} on validation photos"
    found = f"{begun}, the defaults {'diverged' if defaults is None else f'{defaults:.3f}'}"
    return f"{found}. {_verdict(gain)}"


def _verdict(gain: Gain | None) -> str:
    if gain is None:
        return "Whether this is more than the luck of the best of many is not shown: there was no time to repeat both"
    seeds = "a new seed" if gain.repeats == 1 else f"{gain.repeats} new seeds"
    again = f"Trained again with {seeds}: {gain.best:.3f} against {gain.defaults:.3f}"
    if gain.low is None or gain.high is None:
        return f"{again}; one repeat each cannot rule out chance"
    points = f"{100 * gain.value:+.1f} points, {100 * gain.low:+.1f} to {100 * gain.high:+.1f}"
    return f"{again} ({points}): {'beyond chance' if gain.is_shown else 'not shown to be beyond chance'}"


def _figures(outcomes: "Sequence[TrialOutcome]") -> NDArray[np.float64]:
    """Macro F1 of each; what diverged before its first evaluation told nothing."""
    return np.array([one.macro_f1 or 0.0 for one in outcomes])


def _half_of_seeds(best_R: NDArray[np.float64], defaults_R: NDArray[np.float64]) -> float:
    """Half the interval of the difference of means if only the seed makes trainings differ."""
    from scipy.stats import t as student

    repeats = len(best_R)
    error = np.sqrt((best_R.var(ddof=1) + defaults_R.var(ddof=1)) / repeats)
    return float(student.ppf((1 + LEVEL) / 2, 2 * repeats - 2) * error)


def _half_of_photos(repeats: "Repeats", codes_N: NDArray[np.intp], groups_N: NDArray[np.intp]) -> float:
    """Half the interval if only the drawing of validation photos makes them differ; 0 if a repeat told nothing."""
    sides = [[np.array(one.guesses, np.intp) for one in side] for side in (repeats.best, repeats.defaults)]
    if any(len(predicted_N) != len(codes_N) for side in sides for predicted_N in side):
        return 0.0

    def difference(rows: NDArray[np.intp]) -> float:
        best, defaults = (
            np.mean([macro_f1(predicted_N[rows], codes_N[rows]) for predicted_N in side]) for side in sides
        )
        return float(best - defaults)

    found = bootstrap(difference, groups=groups_N, level=LEVEL)
    return (found.high - found.low) / 2
