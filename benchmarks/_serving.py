"""The real server as its own process on a free port."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """`lookscape serve` over a catalogue, ready to answer; gives its address."""
    command = [sys.executable, "-m", "lookscape", "serve", "-C", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        announced = re.search(r"http://\S+", process.stderr.readline())
        assert announced, "the server did not say where it is"
        _wait_for(announced.group())
        yield announced.group()
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/healthz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")
