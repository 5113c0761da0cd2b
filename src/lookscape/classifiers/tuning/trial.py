"""One training of a study: a trial, or a repeat of one with another seed. It sees no test photo.

It goes on where it was killed. Once it is over, ending.json says how it went and its weights are gone: what a study
keeps is figures. A trial tells the journal of each evaluation, and ends early when the pruner says so.
"""

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from lookscape.classifiers.evaluations import Evaluation, read_evaluations
from lookscape.classifiers.recipe import ClassifierRecipe
from lookscape.classifiers.task import Task
from lookscape.classifiers.trained import TrainedClassifier
from lookscape.classifiers.training import ClassifierArguments, Progress, train_and_validate
from lookscape.classifiers.tuning import study as studies
from lookscape.classifiers.tuning.study import State
from lookscape.errors import DivergedError
from lookscape.files import write_atomically
from lookscape.representation.latents.codec import Codec
from lookscape.representation.training.publish import STATES

if TYPE_CHECKING:
    from optuna.trial import Trial

FILE = "ending.json"
SEEN = "train", "validation"
"""The parts of a split that tuning may see."""

Start = Callable[[], Codec | TrainedClassifier]


@dataclass(frozen=True, kw_only=True)
class StudySetup:
    """What all trainings of a study have in common; `start` opens what they start from, if anything.

    `evaluations` is how often a training evaluations on the validation photos, evenly and at its end.
    """

    place: Path
    task: Task
    evaluations: int
    weights: str = "default"
    start: Start | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training: `run` names its folder; `trial` is the number of the trial to report to, None for a repeat."""

    run: str
    recipe: ClassifierRecipe
    trial: int | None = None


class TrialOutcome(BaseModel):
    """How a training went: macro F1 of its best checkpoint, None if it diverged before one, and its guesses."""

    model_config = ConfigDict(frozen=True)

    state: State
    macro_f1: float | None
    seconds: float
    guesses: list[int] = []


class _PrunedError(Exception):
    """The pruner ended it."""


def without_test_photos(task: Task) -> Task:
    """The task without its test photos: they have no part and no class any more."""
    seen_N = np.isin(task.parts_N, SEEN)
    return replace(
        task, parts_N=np.where(seen_N, task.parts_N, ""), codes_N=np.where(seen_N, task.codes_N, -1).astype(np.intp)
    )


def run_trial(job: Job, bench: StudySetup, *, progress: Progress) -> TrialOutcome:
    """Train, or go on training, and say how it went; a training that is over already is not touched.

    Raises CancelledError when `progress` does, and what `train_and_validate` raises but DivergedError.
    """
    folder = folder_of(bench.place, job.run)
    before = read_outcome(bench.place, job.run)
    if before is not None:
        return before
    trial = None if job.trial is None else open_trial(bench.place, job.trial)
    every = -(-job.recipe.num_steps // bench.evaluations)
    arguments = ClassifierArguments(
        name=job.run,
        recipe=job.recipe,
        folder=folder,
        weights=bench.weights,
        init_from=bench.start() if bench.start else None,
        evaluate_every=every,
        watch=_watch(trial, num_steps=job.recipe.num_steps, evaluations=bench.evaluations),
    )
    state, guesses = State.FINISHED, list[int]()
    try:
        guesses = train_and_validate(arguments, bench.task, progress=progress).predicted_N.tolist()
    except _PrunedError:
        state = State.PRUNED
    except DivergedError:
        state = State.DIVERGED
    return _write_outcome(folder, state, guesses)


def folder_of(place: Path, run: str) -> Path:
    """Where a training of a study lies."""
    return place / studies.RUNS / run


def read_outcome(place: Path, run: str) -> TrialOutcome | None:
    """How a training went, None before it is over."""
    path = folder_of(place, run) / FILE
    try:
        return TrialOutcome.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def open_trial(place: Path, number: int) -> "Trial":
    """A trial that was asked for, here or in a process before, to report to."""
    from optuna.trial import Trial

    study = studies.load(place)
    # Optuna has no public way to take up a trial that another process asked for
    return Trial(study, study.get_trials(deepcopy=False)[number]._trial_id)


def _watch(trial: "Trial | None", *, num_steps: int, evaluations: int) -> Callable[[Evaluation], None]:
    """Tell the trial of each evaluation by its place among all, whatever the batch; stop what diverged or is pruned."""
    told = set() if trial is None else set(trial.study.get_trials(deepcopy=False)[trial.number].intermediate_values)

    def watch(evaluation: Evaluation) -> None:
        if not (math.isfinite(evaluation.loss) and math.isfinite(evaluation.train_loss)):
            raise DivergedError(f"training blew up before step {evaluation.step}")
        if trial is None:
            return
        place = round(evaluations * evaluation.step / num_steps)
        if place not in told:
            trial.report(evaluation.macro_f1, place)
        if evaluation.step < num_steps and trial.should_prune():
            raise _PrunedError

    return watch


def _write_outcome(folder: Path, state: State, guesses: list[int]) -> TrialOutcome:
    """Write how it went, then remove what going on would need."""
    evaluations = read_evaluations(folder)
    outcome = TrialOutcome(
        state=state,
        macro_f1=max((evaluation.macro_f1 for evaluation in evaluations), default=None),
        seconds=round(evaluations[-1].seconds, 1) if evaluations else 0.0,
        guesses=guesses,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FILE, outcome.model_dump_json().encode())
    shutil.rmtree(folder / STATES, ignore_errors=True)
    return outcome
