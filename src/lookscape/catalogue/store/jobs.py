"""The queue of slow work. It lives in the database, so it survives a restart of whoever was working on it.

A running job's worker beats every few seconds; a job whose worker died or fell silent goes back to the queue, and
since every slow tool continues where it stopped, running it again finishes it. A job that kills every worker fails.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from lookscape.catalogue.records import Job, JobState
from lookscape.catalogue.store.database import writing
from lookscape.catalogue.store.schema import jobs
from lookscape.catalogue.store.sql import now, utc
from lookscape.errors import CancelledError, ConflictError, NotFoundError

SILENCE = timedelta(seconds=20)
"""A worker that has not beaten for this long is taken for dead."""

MAX_DEATHS = 10
"""A job that this many workers died at has failed."""

_WAITING = {"state": JobState.QUEUED.value, "stage": "waiting", "worker": None}
_ENDS = (JobState.DONE.value, JobState.FAILED.value, JobState.CANCELLED.value)


class Jobs:
    """Submit, claim, report, cancel."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, tool: str, params: str) -> Job:
        """Queue a run of a tool ("group/name") with its parameters as JSON."""
        values = {"tool": tool, "params": params, "state": JobState.QUEUED.value, "stage": "waiting"}
        start = {"done": 0, "total": 0, "message": "", "cancel": False, "deaths": 0, "created_at": now()}
        with writing(self._engine) as connection:
            result = connection.execute(insert(jobs).values(**values, **start))
            assert result.inserted_primary_key is not None
            return _get(connection, result.inserted_primary_key[0])

    def get(self, job_id: int) -> Job:
        """One job. Raises NotFoundError."""
        with self._engine.connect() as connection:
            return _get(connection, job_id)

    def latest(self, *, limit: int = 50) -> Sequence[Job]:
        """Newest first."""
        with self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit))]

    def claim(self, worker: str) -> Job | None:
        """Take the oldest queued job; None when there is nothing to do."""
        waiting = select(jobs.c.id).where(jobs.c.state == JobState.QUEUED.value).order_by(jobs.c.id).limit(1)
        with self._engine.connect() as connection:  # an idle worker looks often and must not hold writers up
            if connection.execute(waiting).first() is None:
                return None
        with writing(self._engine) as connection:
            row = connection.execute(waiting.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            moment = now()
            values = {"state": JobState.RUNNING.value, "worker": worker, "heartbeat_at": moment, "started_at": moment}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(**values))
            return _get(connection, row.id)

    def report(self, job: Job, worker: str, *, stage: str, done: int, total: int) -> None:
        """Say how far a job is, which is also the heartbeat.

        Raises CancelledError when a person asked to stop, ConflictError when another worker took the job over.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(jobs.c.cancel, jobs.c.worker).where(jobs.c.id == job.id)).first()
            if row is None or row.worker != worker:
                raise ConflictError(f"job {job.id} was taken over by another worker")
            if row.cancel:
                raise CancelledError(f"job {job.id} was cancelled; finished work is kept")
            values = {"stage": stage, "done": done, "total": total, "heartbeat_at": now()}
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(**values))

    def finish(self, job: Job, worker: str, state: JobState, *, message: str = "", result: str | None = None) -> None:
        """Write a job's end, unless another worker has it now."""
        values = {"state": state.value, "message": message, "result": result, "finished_at": now()}
        with writing(self._engine) as connection:
            connection.execute(update(jobs).where(jobs.c.id == job.id, jobs.c.worker == worker).values(**values))

    def beat(self, job: Job, worker: str) -> None:
        """Say that the worker lives, when there is no progress to report."""
        with writing(self._engine) as connection:
            mine = (jobs.c.id == job.id) & (jobs.c.worker == worker)
            connection.execute(update(jobs).where(mine).values(heartbeat_at=now()))

    def release(self, job: Job, worker: str) -> None:
        """Put a job that this worker cannot go on with back into the queue."""
        mine = (jobs.c.id == job.id) & (jobs.c.worker == worker) & (jobs.c.state == JobState.RUNNING.value)
        with writing(self._engine) as connection:
            connection.execute(update(jobs).where(mine).values(**_WAITING))

    def release_dead(self, is_alive: Callable[[str], bool | None]) -> int:
        """Put running jobs whose workers are gone back into the queue; returns how many.

        `is_alive` tells of a worker's name; where it cannot (None), a worker that was silent for SILENCE is gone.
        """
        query = select(jobs.c.id, jobs.c.worker, jobs.c.heartbeat_at).where(jobs.c.state == JobState.RUNNING.value)
        with self._engine.connect() as connection:
            running = connection.execute(query).all()
        num_released = 0
        for job_id, worker, heartbeat_at in running:
            alive = is_alive(worker)
            if alive is None:
                alive = utc(heartbeat_at) >= now() - SILENCE
            if not alive:
                num_released += self._bury((jobs.c.id == job_id) & (jobs.c.worker == worker), heartbeat_at)
        return num_released

    def _bury(self, job: ColumnElement[bool], heartbeat_at: datetime | None) -> int:
        """Take a job from its dead worker, unless somebody else has done so or it has stirred since it was read."""
        running = job & (jobs.c.heartbeat_at == heartbeat_at) & (jobs.c.state == JobState.RUNNING.value)
        message = f"given up: {MAX_DEATHS} workers died on it"
        failed = {"state": JobState.FAILED.value, "message": message, "finished_at": now()}
        with writing(self._engine) as connection:
            last = running & (jobs.c.deaths + 1 >= MAX_DEATHS)
            if connection.execute(update(jobs).where(last).values(**failed)).rowcount:
                return 0
            return connection.execute(update(jobs).where(running).values(**_WAITING, deaths=jobs.c.deaths + 1)).rowcount

    def cancel(self, job_id: int) -> Job:
        """Stop a queued job now, a running one at its next report; an ended one stays as it is."""
        with writing(self._engine) as connection:
            job = _get(connection, job_id)
            if job.state is JobState.QUEUED:
                values: dict[str, Any] = {
                    "state": JobState.CANCELLED.value,
                    "finished_at": now(),
                    "cancel": True,
                }
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
            elif job.state is JobState.RUNNING:
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(cancel=True))
            return _get(connection, job_id)

    def clear_ended(self) -> int:
        """Forget jobs that are done, failed or cancelled; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(delete(jobs).where(jobs.c.state.in_(_ENDS))).rowcount


def _get(connection: Connection, job_id: int) -> Job:
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
    if row is None:
        raise NotFoundError(f"there is no job {job_id}")
    return _job(row)


def _job(row: Row[Any]) -> Job:
    values = {name: utc(value) for name, value in row._mapping.items() if name in Job.__dataclass_fields__}
    return Job(**{**values, "state": JobState(row.state)})
