"""Runs queued jobs one after another, beating so that others see it is alive."""

import json
import logging
import os
import socket
import threading
import time

import psutil

from lookscape.catalogue.records import Job, JobState
from lookscape.engine import Engine
from lookscape.errors import CancelledError, ConflictError, LookscapeError
from lookscape.tools._tool import find_tool

BEAT_S = 5.0
REPORT_S = 0.25
IDLE_S = 0.5

log = logging.getLogger(__name__)


class Worker:
    """One process that works. Its name, host:pid:start, tells others on this machine whether it still lives."""

    def __init__(self, engine: Engine, *, die_with_parent: bool = False) -> None:
        self.engine, self.jobs = engine, engine.catalogue.jobs
        self.name = worker_name(os.getpid())
        self._parent = os.getppid() if die_with_parent else None

    def run(self, *, once: bool = False) -> None:
        """Take jobs until interrupted, or until none is left."""
        while not self._orphaned():
            self.jobs.release_dead(is_alive)
            job = self.jobs.claim(self.name)
            if job is not None:
                self._work(job)
            elif once:
                return
            else:
                time.sleep(IDLE_S)

    def _work(self, job: Job) -> None:
        beating = threading.Event()
        threading.Thread(target=self._beat, args=(job, beating), daemon=True).start()
        try:
            self._finish(job)
        except BaseException:
            self.jobs.release(job, self.name)
            raise
        finally:
            beating.set()

    def _finish(self, job: Job) -> None:
        try:
            tool = find_tool(job.tool)
            params = tool.validate(json.loads(job.params))
            result = tool.run(self.engine, params, _Reporter(self, job))
            self.jobs.finish(job, self.name, JobState.DONE, result=result.model_dump_json())
        except CancelledError as stopped:
            self.jobs.finish(job, self.name, JobState.CANCELLED, message=str(stopped))
        except LookscapeError as error:
            self.jobs.finish(job, self.name, JobState.FAILED, message=" ".join(str(error).split()))
        except Exception as error:  # a bug in a tool must not take the worker, and the next job, with it
            log.exception("job %d failed", job.id)
            self.jobs.finish(job, self.name, JobState.FAILED, message=f"a fault in {job.tool}: {error!r}; see the log")

    def _beat(self, job: Job, ended: threading.Event) -> None:
        while not ended.wait(BEAT_S):
            if self._orphaned():
                os._exit(1)  # whoever started us is gone; the job is taken up by its next worker
            self.jobs.beat(job, self.name)

    def _orphaned(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent


class _Reporter:
    """Progress into the database, a few times a second at most."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self._worker, self._job = worker, job
        self._last, self._stage = 0.0, ""

    def __call__(self, done: int, total: int, stage: str) -> None:
        """Report; raises CancelledError when a person asked to stop."""
        moment = time.monotonic()
        if stage == self._stage and moment - self._last < REPORT_S:
            return
        self._last, self._stage = moment, stage
        try:
            self._worker.jobs.report(self._job, self._worker.name, stage=stage, done=done, total=total)
        except ConflictError as error:
            raise CancelledError(str(error)) from error


def worker_name(pid: int) -> str:
    """A process of this machine, named so that a later process with the same number is not taken for it."""
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_alive(name: str) -> bool | None:
    """Whether a worker of this machine still runs; None for other machines' workers, which their heartbeat judges."""
    host, pid, _ = name.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    try:
        return worker_name(int(pid)) == name
    except psutil.NoSuchProcess:
        return False
