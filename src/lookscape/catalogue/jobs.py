"""The queue of slow work. It lives in the database, so it survives a restart of whoever was working on it.

A running job's worker beats every few seconds; a job whose worker fell silent goes back to the queue, and since
every slow tool continues where it stopped, running it again finishes it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from lookscape.catalogue._sql import now, utc
from lookscape.catalogue.database import writing
from lookscape.catalogue.records import Job, JobState
from lookscape.catalogue.schema import jobs
from lookscape.errors import CancelledError, ConflictError, NotFoundError

SILENCE = timedelta(seconds=20)
"""A worker that has not beaten for this long is taken for dead."""

_WAITING = {"state": JobState.QUEUED.value, "stage": "waiting", "worker": None}
_ENDS = (JobState.DONE.value, JobState.FAILED.value, JobState.CANCELLED.value)


class Jobs:
    """Submit, claim, report, cancel."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, tool: str, params: str) -> Job:
        """Queue a run of a tool ("group/name") with its parameters as JSON."""
        values = {"tool": tool, "params": params, "state": JobState.QUEUED.value, "stage": "waiting"}
        start = {"done": 0, "total": 0, "message": "", "cancel": False, "created_at": now()}
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
        """Take the oldest queued job, or one whose worker fell silent; None when there is nothing to do."""
        with writing(self._engine) as connection:
            silent = (jobs.c.state == JobState.RUNNING.value) & (jobs.c.heartbeat_at < now() - SILENCE)
            waiting = jobs.c.state == JobState.QUEUED.value
            row = connection.execute(select(jobs.c.id).where(waiting | silent).order_by(jobs.c.id).limit(1)).first()
            if row is None:
                return None
            values = {
                "state": JobState.RUNNING.value,
                "worker": worker,
                "heartbeat_at": now(),
                "started_at": now(),
            }
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(**values))
            return _get(connection, row.id)

    def report(self, job: Job, worker: str, *, stage: str, done: int, total: int) -> None:
        """Say how far a job is, which is also the heartbeat.

        Raises CancelledError when a person asked to stop, ConflictError when another worker took the job over.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(jobs.c.cancel, jobs.c.worker).where(jobs.c.id == job.id)).one()
            if row.worker != worker:
                raise ConflictError(f"job {job.id} was taken over by another worker")
            if row.cancel:
                raise CancelledError(f"job {job.id} was cancelled; what was finished is kept")
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

    def release_dead(self, is_alive: Callable[[str], bool]) -> int:
        """Put running jobs whose workers are known to be gone back into the queue, without waiting for SILENCE."""
        query = select(jobs.c.id, jobs.c.worker).where(jobs.c.state == JobState.RUNNING.value)
        with writing(self._engine) as connection:
            dead = [row.id for row in connection.execute(query) if not is_alive(row.worker)]
            connection.execute(update(jobs).where(jobs.c.id.in_(dead)).values(**_WAITING))
            return len(dead)

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
