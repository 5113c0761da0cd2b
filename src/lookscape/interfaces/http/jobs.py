"""Slow work over HTTP: list, watch, cancel. The work itself is done by a worker process (`lookscape work`)."""

import subprocess
import sys
import threading
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from lookscape.catalogue.records import Job, JobState
from lookscape.engine import Engine


class JobBody(BaseModel):
    """A job as JSON."""

    id: int
    tool: str
    params: str = Field(description="the tool's parameters, as JSON text")
    state: JobState
    stage: str
    done: int
    total: int = Field(description="steps of this stage; 0 means unknown")
    message: str = Field(description="why it failed")
    result: str | None = Field(description="the tool's result, as JSON text, once done")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def job_body(job: Job) -> JobBody:
    """The record as JSON."""
    return JobBody(**vars(job))


def router(engine: Engine) -> APIRouter:
    """The job endpoints."""
    routes = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
    jobs = engine.catalogue.jobs

    @routes.get("", summary="The latest jobs, newest first")
    def latest(limit: int = 50) -> list[JobBody]:
        return [job_body(job) for job in jobs.latest(limit=max(1, min(limit, 500)))]

    @routes.get("/{job_id}", summary="One job")
    def get(job_id: int) -> JobBody:
        return job_body(jobs.get(job_id))

    @routes.post("/{job_id}/cancel", summary="Stop a job; what was finished is kept")
    def cancel(job_id: int) -> JobBody:
        return job_body(jobs.cancel(job_id))

    @routes.post("/clear", summary="Forget ended jobs")
    def clear() -> dict[str, int]:
        return {"removed": jobs.clear_ended()}

    return routes


class Worker:
    """A worker process beside the server, started again when it dies."""

    PAUSE_S = 1.0

    def __init__(self, engine: Engine) -> None:
        self._command = [sys.executable, "-m", "lookscape", "work", "-C", str(engine.folder), "--child"]
        self._stop = threading.Event()
        self._process: subprocess.Popen[Any] | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="lookscape-worker-watch")

    def start(self) -> None:
        """Begin."""
        self._watcher.start()

    def stop(self) -> None:
        """End the process; the job it was at goes back to the queue."""
        self._stop.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
        if self._watcher.is_alive():
            self._watcher.join(timeout=30)

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
            while self._process.poll() is None and not self._stop.wait(0.5):
                pass
            self._stop.wait(self.PAUSE_S)
