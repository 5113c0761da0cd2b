"""Tuning: which settings of a classifier tell validation photos best, and whether that is more than luck.

Trials are drawn by Optuna's tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011; Watanabe 2023); the first
one has the settings one gets without tuning, and all have the same schedule. The best of many trials is partly the
luckiest one, so it is then trained again beside the defaults with other seeds, and only these repeats are compared.
A trial that was killed goes on where it stopped, under its own number; none is lost or counted twice.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lookscape.classifiers.recipe import ClassifierRecipe
from lookscape.classifiers.training import Progress
from lookscape.classifiers.tuning import study as studies
from lookscape.classifiers.tuning import trial as attempts
from lookscape.classifiers.tuning.search_space import Settings, settings_of, suggest, varied
from lookscape.classifiers.tuning.study import About, State, TrialRecord, best_of
from lookscape.classifiers.tuning.trial import Job, StudySetup, TrialOutcome
from lookscape.errors import UsageError

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import Trial

MOST_STARTS = 3
"""A trial that never came as far as a first saved state or evaluation is not started more often than this."""

TICK_S = 15.0
"""Seconds between two notes of how much time was spent."""

STARTS = "starts"


class Runner(Protocol):
    """Where trainings run: here one after another, or somewhere else some at a time."""

    slots: int

    def start(self, job: Job) -> None:
        """Begin, or go on with, a training; there is a free slot."""
        ...

    def wait(self, progress: Progress) -> tuple[Job, TrialOutcome]:
        """The next training that is over. Raises what it raised, and CancelledError when `progress` does."""
        ...


class InProcess:
    """A Runner in this very process, one training after another."""

    slots = 1

    def __init__(self, bench: StudySetup) -> None:
        self._bench, self._jobs = bench, list[Job]()

    def start(self, job: Job) -> None:
        """It runs when it is waited for."""
        self._jobs.append(job)

    def wait(self, progress: Progress) -> tuple[Job, TrialOutcome]:
        """Run it."""
        job = self._jobs.pop(0)
        return job, attempts.run_trial(job, self._bench, progress=progress)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be spent on a study in all, whatever was spent before: trials, seconds, and repeats of two settings.

    No training starts that would not end in time if it took as long as the longest so far; with repeats to come, time
    for them is kept.
    """

    trials: int
    seconds: float
    repeats: int = 2


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Trainings with the seeds 1, 2 ... after the study's own, of the settings of `trial` and of the defaults."""

    trial: int
    best: Sequence[TrialOutcome]
    defaults: Sequence[TrialOutcome]


class Tuning:
    """A study at work; the caller holds its lock."""

    def __init__(
        self, about: About, recipe: ClassifierRecipe, bench: StudySetup, *, budget: Budget, runner: Runner | None = None
    ) -> None:
        """Open the study. Raises UsageError when what is there is about something else."""
        self._place, self._seed, self._recipe, self._budget = bench.place, about.seed, recipe, budget
        self._runner = runner or InProcess(bench)
        self._study: Study = studies.begin(bench.place, about)
        if not self._study.get_trials(deepcopy=False):
            self._study.enqueue_trial(dict(settings_of(recipe)))
        self._before, self._began = float(self._study.user_attrs.get(studies.SPENT, 0.0)), time.monotonic()
        self._noted = self._began
        self._longest = max((one.seconds for one in self.trial_records()), default=0.0)

    def run(self, progress: Progress) -> None:
        """Try settings until the budget says so, then repeat the best and the defaults."""
        try:
            self._work(self._trials(), self._search_progress(progress))
            self._work(self._repeats(), self._repeats_progress(progress))
        finally:
            self._note_time()

    @property
    def spent_s(self) -> float:
        """Seconds of work on this study, in all processes so far."""
        return self._before + time.monotonic() - self._began

    def _work(self, jobs: Iterator[Job], progress: Progress) -> None:
        """Run jobs as slots get free, until there is none."""
        running = 0
        while True:
            while running < self._runner.slots and (job := next(jobs, None)) is not None:
                self._runner.start(job)
                running += 1
            if not running:
                return
            job, outcome = self._runner.wait(progress)
            running -= 1
            self._end(job, outcome)

    def _trials(self) -> Iterator[Job]:
        """Those that a kill interrupted, then new ones."""
        for one in self.trial_records():
            if one.state is State.RUNNING and self._may_start(one.number):
                trial = attempts.open_trial(self._place, one.number)
                trial.study.sampler = studies.sampler(self._seed, one.number)
                yield self._job(trial)
        while self._num_asked() < self._budget.trials and self._has_time(kept=2 * self._budget.repeats):
            number = self._num_asked()
            self._study.sampler = studies.sampler(self._seed, number)
            yield self._job(self._study.ask())

    def _job(self, trial: "Trial") -> Job:
        trial.set_user_attr(STARTS, int(trial.user_attrs.get(STARTS, 0)) + 1)
        recipe = varied(self._recipe, suggest(trial))
        return Job(run=f"trial-{trial.number}", recipe=recipe, trial=trial.number)

    def _repeats(self) -> Iterator[Job]:
        """The best settings and the defaults with one seed after another, unless the defaults are the best."""
        best = best_of(self.trial_records())
        if best is None or best.number == studies.DEFAULTS:
            return
        for job in repeat_jobs(self._recipe, best, count=self._budget.repeats):
            if attempts.read_outcome(self._place, job.run) is None:
                if not self._has_time(kept=0):
                    return
                yield job

    def _end(self, job: Job, outcome: TrialOutcome) -> None:
        """Write into the journal how a trial went."""
        self._longest = max(self._longest, outcome.seconds)
        self._note_time()
        if job.trial is None:
            return
        noted = {"state": outcome.state.value, "seconds": outcome.seconds}
        attempts.open_trial(self._place, job.trial).set_user_attr(studies.ENDING, noted)
        self._tell(job.trial, outcome)

    def _tell(self, number: int, outcome: TrialOutcome) -> None:
        from optuna.trial import TrialState

        if outcome.state is State.FINISHED:
            self._study.tell(number, outcome.macro_f1)
        else:
            # what diverged is told as pruned, too: the sampler keeps away from such settings
            self._study.tell(number, state=TrialState.PRUNED)

    def _may_start(self, number: int) -> bool:
        """Whether a trial that was killed is started again; one that kills its process each time is given up."""
        from optuna.trial import TrialState

        trial = attempts.open_trial(self._place, number)
        folder = attempts.folder_of(self._place, f"trial-{number}")
        begun = any(folder.glob("training/state-*")) or bool(trial.study.trials[number].intermediate_values)
        if begun or int(trial.user_attrs.get(STARTS, 0)) < MOST_STARTS:
            return self._has_time(kept=0)
        trial.set_user_attr(studies.WHY, f"it ended its process {MOST_STARTS} times before its first evaluation")
        self._study.tell(number, state=TrialState.FAIL)
        return False

    def _has_time(self, *, kept: int) -> bool:
        """For one more training, and for so many after it; the first one always starts."""
        return (
            not self._longest or self.spent_s + (1 + kept / self._runner.slots) * self._longest <= self._budget.seconds
        )

    def _num_asked(self) -> int:
        return sum(one.state is not State.WAITING for one in self.trial_records())

    def trial_records(self) -> list[TrialRecord]:
        """The trials, as they stand."""
        return [studies.trial_record(trial) for trial in self._study.get_trials(deepcopy=False)]

    def _note_time(self) -> None:
        self._study.set_user_attr(studies.SPENT, round(self.spent_s, 1))
        self._noted = time.monotonic()

    def _search_progress(self, progress: Progress) -> Progress:
        def tell(done: int, total: int, stage: str) -> None:
            over = sum(one.state not in (State.WAITING, State.RUNNING) for one in self.trial_records())
            self._tick(progress, over, self._budget.trials, "trying settings")

        return tell

    def _repeats_progress(self, progress: Progress) -> Progress:
        def tell(done: int, total: int, stage: str) -> None:
            self._tick(progress, done, total, "training the best and the defaults again")

        return tell

    def _tick(self, progress: Progress, done: int, total: int, stage: str) -> None:
        if time.monotonic() - self._noted > TICK_S:
            self._note_time()
        progress(done, total, stage)


def repeat_jobs(recipe: ClassifierRecipe, best: TrialRecord, *, count: int) -> Iterator[Job]:
    """`count` trainings of the best settings and as many of the defaults, in turn, with seeds no trial had."""
    both: tuple[tuple[int, Settings], ...] = ((best.number, best.settings), (studies.DEFAULTS, settings_of(recipe)))
    for place in range(1, count + 1):
        for number, settings in both:
            again = replace(varied(recipe, settings), seed=recipe.seed + place)
            yield Job(run=f"repeat-{number}-{place}", recipe=again)


def read_repeats(place: Path, best: TrialRecord) -> Repeats:
    """The repeats of the best and of the defaults that are over, as many of each."""
    found: list[tuple[TrialOutcome, TrialOutcome]] = []
    for number in itertools.count(1):
        one, other = (
            attempts.read_outcome(place, f"repeat-{which}-{number}") for which in (best.number, studies.DEFAULTS)
        )
        if one is None or other is None:
            return Repeats(trial=best.number, best=[pair[0] for pair in found], defaults=[pair[1] for pair in found])
        found.append((one, other))
    raise AssertionError


def tuned(folder: Path, name: str, recipe: ClassifierRecipe) -> ClassifierRecipe:
    """A recipe with the best settings of a catalogue's study.

    Raises UnknownNameError with the studies there are, UsageError when none of its trials is finished.
    """
    studies.read_about(folder, name)
    best = best_of(studies.read_trials(studies.study_folder(folder, name)))
    if best is None:
        raise UsageError(f"study {name!r} has no finished trial yet; run predict tune again, it resumes")
    return varied(recipe, best.settings)
