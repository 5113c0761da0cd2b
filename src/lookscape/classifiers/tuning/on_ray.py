"""Trainings of a study on Ray, some at a time, on this machine or on a cluster (Moritz et al., OSDI 2018).

The driver asks Optuna for settings and tells it how they did; workers train and write each evaluation into the
same journal. A cluster is used when RAY_ADDRESS names one; its machines must see the catalogue's folder under the same
path.
"""

import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from lookscape.classifiers.training import Progress
from lookscape.classifiers.tuning.trial import Job, StudySetup, TrialOutcome, run_trial
from lookscape.errors import LookscapeError, UnavailableError, UsageError
from lookscape.representation.spaces.pixels import Pixels

POLL_S = 1.0
"""Seconds between two evaluations at whether a person wants to stop."""


class OnRay:
    """A Runner with `slots` trainings at a time; the machine's processors are shared among them."""

    def __init__(self, bench: StudySetup, *, slots: int) -> None:
        """Raises UnavailableError without the extra, UsageError for photos that are not in a file."""
        try:
            import ray
        except ImportError as error:
            raise UnavailableError(
                "Ray is not installed; run: pip install 'lookscape[ray]', or tune without --ray"
            ) from error
        if bench.task.pixels.path is None:
            raise UsageError("workers on Ray read photos from a file, and these are in memory only")
        self._ray, self._bench, self.slots = ray, bench, slots
        self._running: dict[Any, Job] = {}
        self._began = False

    def __enter__(self) -> Self:
        """Start Ray, or join what is running."""
        self._began = not self._ray.is_initialized()
        if self._began:
            self._ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
        cores = max(1, int(self._ray.cluster_resources().get("CPU", 1)) // self.slots)
        self._train = self._ray.remote(_train).options(num_cpus=cores, max_retries=0)
        self._sent = self._ray.put(_without_photos(self._bench))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what still runs; it goes on from its last state another time."""
        for reference in self._running:
            self._ray.cancel(reference, force=True)
        if self._began:
            self._ray.shutdown()

    def start(self, job: Job) -> None:
        """Hand it to a worker."""
        self._running[self._train.remote(job, self._sent, self._bench.task.pixels.path)] = job

    def wait(self, progress: Progress) -> tuple[Job, TrialOutcome]:
        """The next that is over."""
        while True:
            over, _ = self._ray.wait(list(self._running), num_returns=1, timeout=POLL_S)
            progress(0, 0, f"{len(self._running)} trainings on Ray")
            if over:
                return self._running.pop(over[0]), self._ending(over[0])

    def _ending(self, reference: Any) -> TrialOutcome:
        """What the worker found. Raises what it raised, LookscapeError when it died."""
        errors = self._ray.exceptions
        try:
            outcome: TrialOutcome = self._ray.get(reference)
        except errors.RayTaskError as error:
            raise error.cause from error
        except errors.RayError as error:
            raise LookscapeError("a worker on Ray died; run the same again, it resumes where it stopped") from error
        return outcome


def _without_photos(bench: StudySetup) -> StudySetup:
    """What is sent to workers: they map the photos themselves."""
    ids = bench.task.pixels.ids
    return replace(bench, task=replace(bench.task, pixels=Pixels(ids=ids, array_NHWC=np.empty((0, 1, 1, 3), np.uint8))))


def _train(job: Job, bench: StudySetup, photos: Path) -> TrialOutcome:
    """In a worker."""
    import ray
    import torch

    torch.set_num_threads(
        max(1, int(ray.get_runtime_context().get_assigned_resources().get("CPU", os.cpu_count() or 1)))
    )
    own = replace(bench, task=replace(bench.task, pixels=Pixels.open(photos)))
    return run_trial(job, own, progress=lambda done, total, stage: None)
