"""The real server as a process: jobs are done, watched, cancelled, and survive its death."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

DEADLINE_S = 240
"""Long, since tests may share the machine with other work; nothing waits for it that is not late."""


class Server:
    """`lookscape serve` on a free port."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "lookscape", "serve", "-C", str(folder), "--port", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        assert self.process.stderr is not None
        found = re.search(r"http://\S+", self.process.stderr.readline())
        assert found
        self.client = httpx.Client(base_url=found.group(), timeout=30)
        self.wait(lambda: self.alive())

    def alive(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def wait(self, done: Callable[[], bool]) -> None:
        ends = time.monotonic() + DEADLINE_S
        while not done():
            assert time.monotonic() < ends, "waited too long"
            time.sleep(0.05)

    def job(self, job_id: int) -> dict:
        return self.client.get(f"/api/v1/jobs/{job_id}").raise_for_status().json()

    def submit(self, tool: str, params: dict) -> int:
        answer = self.client.post(f"/api/v1/{tool}", json=params)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def close(self, how: int = signal.SIGTERM) -> None:
        self.client.close()
        self.process.send_signal(how)
        self.process.wait(timeout=DEADLINE_S)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalogue"
    # The servers' workers are in their sessions, not in ours: whatever a failed test leaves behind ends here.
    for process in psutil.process_iter(["cmdline"]):
        if str(tmp_path) in " ".join(process.info["cmdline"] or []):
            process.kill()


def test_a_job_is_done_and_its_result_kept(folder: Path) -> None:
    server = Server(folder)
    job_id = server.submit("manage/ingest", {"source": "rendered:20,size=48"})
    server.wait(lambda: server.job(job_id)["state"] == "done")
    assert json.loads(server.job(job_id)["result"])["added"] == 20
    failing = server.submit("manage/ingest", {"source": "nowhere"})
    server.wait(lambda: server.job(failing)["state"] == "failed")
    assert "'nowhere' is not there" in server.job(failing)["message"]
    server.close()
    assert server.process.returncode in {0, -signal.SIGTERM}


def test_a_job_survives_the_death_of_the_server_and_of_its_worker(folder: Path) -> None:
    server = Server(folder)
    job_id = server.submit("manage/ingest", {"source": "rendered:600,size=64"})
    server.wait(lambda: server.job(job_id)["state"] == "running" and server.job(job_id)["done"] > 0)
    os.killpg(server.process.pid, signal.SIGKILL)
    server.close()

    again = Server(folder)
    again.wait(lambda: again.job(job_id)["state"] == "done")
    assert json.loads(again.job(job_id)["result"])["photos"] == 600
    again.close()


def test_a_running_job_can_be_cancelled_and_what_it_did_is_kept(folder: Path) -> None:
    server = Server(folder)
    job_id = server.submit("manage/ingest", {"source": "rendered:20000,size=64"})
    server.wait(lambda: server.client.post("/api/v1/search/find", json={"limit": 1}).json()["total"] > 0)
    server.client.post(f"/api/v1/jobs/{job_id}/cancel").raise_for_status()
    server.wait(lambda: server.job(job_id)["state"] == "cancelled")
    assert server.client.post("/api/v1/search/find", json={"limit": 1}).json()["total"] > 0
    server.close()


def test_a_taken_port_is_one_sentence(folder: Path) -> None:
    server = Server(folder)
    port = str(server.client.base_url.port)
    command = [sys.executable, "-m", "lookscape", "serve", "-C", str(folder), "--port", port]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S)
    assert ran.returncode == 1
    assert f"cannot serve on 127.0.0.1:{port}" in ran.stderr
    assert "Traceback" not in ran.stderr
    server.close()
