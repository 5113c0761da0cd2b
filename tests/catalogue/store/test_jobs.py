"""The queue: one worker per job whatever races, jobs of the dead taken up, cancel, progress."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from lookscape.catalogue.records import JobState
from lookscape.catalogue.store import jobs as jobs_module
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.jobs import MAX_DEATHS, SILENCE, Jobs
from lookscape.catalogue.store.sql import now
from lookscape.errors import CancelledError, ConflictError, NotFoundError


@pytest.fixture
def queue(empty_catalogue: Catalogue) -> Jobs:
    return empty_catalogue.jobs


def pass_time(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(jobs_module, "now", lambda: now() + by)


def dead(worker: str) -> bool:
    return False


def unknown(worker: str) -> None:
    return None


def test_a_job_from_submit_to_done(queue: Jobs) -> None:
    submitted = queue.submit("manage/ingest", '{"source": "photos"}')
    assert (submitted.state, submitted.stage, submitted.started_at) == (JobState.QUEUED, "waiting", None)
    claimed = queue.claim("w")
    assert claimed is not None
    assert (claimed.id, claimed.state) == (submitted.id, JobState.RUNNING)
    queue.report(claimed, "w", stage="reading", done=3, total=10)
    seen = queue.get(claimed.id)
    assert (seen.stage, seen.done, seen.total) == ("reading", 3, 10)
    queue.finish(claimed, "w", JobState.DONE, result="{}")
    ended = queue.get(claimed.id)
    assert (ended.state, ended.result) == (JobState.DONE, "{}")
    assert ended.finished_at is not None
    assert ended.finished_at >= ended.started_at >= ended.created_at  # type: ignore[operator]
    assert queue.claim("w") is None


def test_jobs_are_taken_oldest_first_and_listed_newest_first(queue: Jobs) -> None:
    made = [queue.submit("manage/embed", "{}").id for _ in range(4)]
    assert [queue.claim("w").id for _ in made] == made  # type: ignore[union-attr]
    assert [job.id for job in queue.latest(limit=3)] == made[:0:-1]
    with pytest.raises(NotFoundError, match="no job 99"):
        queue.get(99)


def test_threads_never_get_the_same_job(queue: Jobs) -> None:
    made = {queue.submit("manage/embed", "{}").id for _ in range(30)}
    taken: list[int] = []

    def work(name: str) -> None:
        while (job := queue.claim(name)) is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(made)


def test_processes_never_get_the_same_job(empty_catalogue: Catalogue) -> None:
    made = [empty_catalogue.jobs.submit("manage/embed", "{}").id for _ in range(40)]
    code = (
        "import sys\nfrom lookscape.catalogue.store.catalogue import Catalogue\n"
        f"jobs = Catalogue.open({str(empty_catalogue.folder)!r}).jobs\nsys.stdin.read(1)\n"
        "while job := jobs.claim(sys.argv[1]): print(job.id)"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    workers = [subprocess.Popen([sys.executable, "-c", code, name], **pipes) for name in ("a", "b")]  # type: ignore[call-overload]
    for worker in workers:
        worker.stdin.write(b"g")
        worker.stdin.flush()
    taken = [int(line) for worker in workers for line in worker.communicate(timeout=60)[0].split()]
    assert sorted(taken) == made


def test_a_job_of_a_worker_that_died_goes_on(queue: Jobs) -> None:
    queue.submit("manage/embed", "{}")
    job = queue.claim("first")
    assert job is not None
    assert queue.release_dead(lambda worker: worker == "first") == 0
    assert queue.release_dead(dead) == 1
    again = queue.claim("second")
    assert again is not None
    assert again.id == job.id
    with pytest.raises(ConflictError, match="taken over"):
        queue.report(job, "first", stage="x", done=1, total=1)
    queue.finish(job, "first", JobState.FAILED, message="too late")
    queue.release(job, "first")
    queue.beat(job, "first")
    assert queue.get(job.id).state is JobState.RUNNING
    queue.finish(again, "second", JobState.DONE)
    assert queue.get(job.id).state is JobState.DONE


def test_a_worker_far_away_is_judged_by_its_silence(queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.submit("manage/embed", "{}")
    job = queue.claim("far")
    assert job is not None
    pass_time(monkeypatch, SILENCE - timedelta(seconds=5))
    assert queue.release_dead(unknown) == 0
    queue.beat(job, "far")
    pass_time(monkeypatch, 2 * SILENCE - timedelta(seconds=10))
    assert queue.release_dead(unknown) == 0
    pass_time(monkeypatch, 2 * SILENCE)
    assert queue.release_dead(lambda worker: True) == 0
    assert queue.release_dead(unknown) == 1


def test_a_job_that_kills_its_workers_is_given_up(queue: Jobs) -> None:
    job = queue.submit("manage/embed", "{}")
    for _ in range(MAX_DEATHS):
        assert queue.claim("w") is not None
        queue.release_dead(dead)
    assert queue.claim("w") is None
    given_up = queue.get(job.id)
    assert (given_up.state, given_up.message) == (JobState.FAILED, f"given up: {MAX_DEATHS} workers died on it")


def test_cancelling(queue: Jobs) -> None:
    waiting, running, ended = (queue.submit("manage/embed", "{}") for _ in range(3))
    assert queue.cancel(waiting.id).state is JobState.CANCELLED
    job = queue.claim("w")
    assert job is not None
    assert job.id == running.id
    assert queue.cancel(running.id).state is JobState.RUNNING
    with pytest.raises(CancelledError, match=f"job {running.id} was cancelled"):
        queue.report(job, "w", stage="x", done=1, total=2)
    last = queue.claim("w")
    assert last is not None
    queue.finish(last, "w", JobState.DONE)
    assert queue.cancel(ended.id).state is JobState.DONE


def test_a_polite_release_is_no_death(queue: Jobs) -> None:
    job = queue.submit("manage/embed", "{}")
    for _ in range(MAX_DEATHS + 1):
        claimed = queue.claim("w")
        assert claimed is not None
        queue.release(claimed, "w")
    assert queue.get(job.id).state is JobState.QUEUED


def test_ended_jobs_can_be_forgotten_and_their_late_workers_told(queue: Jobs) -> None:
    queue.submit("manage/embed", "{}")
    queue.submit("manage/embed", "{}")
    job = queue.claim("w")
    assert job is not None
    queue.finish(job, "w", JobState.FAILED, message="no")
    assert queue.clear_ended() == 1
    assert [job.state for job in queue.latest()] == [JobState.QUEUED]
    with pytest.raises(ConflictError):
        queue.report(job, "w", stage="x", done=1, total=1)


def test_jobs_survive_the_catalogue_being_opened_again(empty_catalogue: Catalogue) -> None:
    job = empty_catalogue.jobs.submit("manage/embed", "{}")
    empty_catalogue.close()
    assert Catalogue.open(Path(empty_catalogue.folder)).jobs.get(job.id) == job
