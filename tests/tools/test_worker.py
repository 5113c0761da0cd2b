"""The worker: runs jobs, reports, stops when asked, and its jobs go on when it is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from lookscape.catalogue.records import Job, JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.tools import _tool, _worker
from lookscape.tools._worker import Worker, is_alive, worker_name


class Params(_tool.Params):
    """How many steps."""

    steps: int = 1


class Result(_tool.Result):
    """Steps done."""

    steps: int


Run = Callable[[Engine, Params, _tool.Progress], Result]


@pytest.fixture
def engine(empty_catalogue: Catalogue) -> Engine:
    return Engine(empty_catalogue)


@pytest.fixture
def dummy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], None]:
    """Puts a function in the place of every tool."""

    def put(run: Run) -> None:
        tool = _tool.Tool("manage", "dummy")
        tool.__dict__["module"] = SimpleNamespace(Params=Params, Result=Result, run=run, SLOW=True)
        monkeypatch.setattr(_worker, "find_tool", lambda path: tool)

    monkeypatch.setattr(_worker, "REPORT_S", 0.0)
    return put


def work(engine: Engine, **params: Any) -> Job:
    job = engine.catalogue.jobs.submit("manage/dummy", json.dumps(params))
    Worker(engine).run(once=True)
    return engine.catalogue.jobs.get(job.id)


def test_a_job_is_done_with_its_result_and_progress(engine: Engine, dummy: Callable[[Run], None]) -> None:
    def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
        for step in range(params.steps):
            progress(step + 1, params.steps, "stepping")
        return Result(steps=params.steps)

    dummy(run)
    job = work(engine, steps=3)
    assert (job.state, job.stage, job.done, job.total) == (JobState.DONE, "stepping", 3, 3)
    assert json.loads(job.result or "") == {"steps": 3}


@pytest.mark.parametrize(
    ("error", "message"),
    [(UsageError("no such\nsource"), "no such source"), (ZeroDivisionError("oops"), "a fault in manage/dummy")],
)
def test_a_failure_is_told_and_the_next_job_runs(
    engine: Engine, dummy: Callable[[Run], None], error: Exception, message: str
) -> None:
    def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
        if params.steps == 1:
            raise error
        return Result(steps=params.steps)

    dummy(run)
    failed, fine = (engine.catalogue.jobs.submit("manage/dummy", json.dumps({"steps": steps})) for steps in (1, 2))
    Worker(engine).run(once=True)
    seen = engine.catalogue.jobs.get(failed.id)
    assert (seen.state, seen.message[: len(message)]) == (JobState.FAILED, message)
    assert engine.catalogue.jobs.get(fine.id).state is JobState.DONE


def test_wrong_parameters_fail_in_a_sentence(engine: Engine, dummy: Callable[[Run], None]) -> None:
    dummy(lambda engine, params, progress: Result(steps=0))
    job = work(engine, steps="many")
    assert (job.state, job.message.split(":")[0]) == (JobState.FAILED, "steps")


def test_cancelling_stops_it_at_its_next_report(engine: Engine, dummy: Callable[[Run], None]) -> None:
    def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
        engine.catalogue.jobs.cancel(engine.catalogue.jobs.latest(limit=1)[0].id)
        progress(1, 2, "stepping")
        raise AssertionError("not reached")

    dummy(run)
    assert work(engine).state is JobState.CANCELLED


def test_an_interrupted_worker_puts_its_job_back(engine: Engine, dummy: Callable[[Run], None]) -> None:
    def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
        raise KeyboardInterrupt

    dummy(run)
    with pytest.raises(KeyboardInterrupt):
        work(engine)
    assert engine.catalogue.jobs.latest(limit=1)[0].state is JobState.QUEUED


def test_it_beats_while_a_tool_is_silent(
    engine: Engine, dummy: Callable[[Run], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten = threading.Event()
    monkeypatch.setattr(_worker, "BEAT_S", 0.01)
    monkeypatch.setattr(type(engine.catalogue.jobs), "beat", lambda self, job, worker: beaten.set())

    def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
        return Result(steps=int(beaten.wait(10)))

    dummy(run)
    assert json.loads(work(engine).result or "") == {"steps": 1}


def test_a_worker_is_known_alive_dead_or_unknown() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = worker_name(process.pid)
    assert is_alive(name) is True
    host, pid, began = name.rsplit(":", 2)
    assert is_alive(f"{host}:{pid}:{float(began) - 100:.2f}") is False
    assert is_alive(f"elsewhere:{pid}:{began}") is None
    process.communicate(b"\n")
    assert is_alive(name) is False


def test_the_job_of_a_killed_worker_is_taken_up_and_finished(empty_catalogue: Catalogue) -> None:
    """The real worker and the real ingest, killed in the middle of it."""
    jobs = empty_catalogue.jobs
    job = jobs.submit("manage/ingest", '{"source": "rendered:200,size=64"}')
    command = [sys.executable, "-m", "lookscape", "work", "-C", str(empty_catalogue.folder)]
    worker = subprocess.Popen(command, start_new_session=True)
    _wait(lambda: jobs.get(job.id).stage == "reading photos")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert jobs.get(job.id).state is JobState.RUNNING
    Worker(Engine(empty_catalogue)).run(once=True)
    assert jobs.get(job.id).state is JobState.DONE
    assert empty_catalogue.counts().products == 200


def _wait(ready: Callable[[], bool], *, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.02)
