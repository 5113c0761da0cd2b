"""Runs the real command in its own process group and watches how much memory it and its children take."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

SAMPLE_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Run:
    """One finished command; `peak_bytes` is the largest sum of resident memory seen, shared pages counted each time."""

    code: int
    seconds: float
    peak_bytes: int
    stdout: str
    stderr: str


def start(arguments: Sequence[str | Path], *, stdout: IO[str], stderr: IO[str]) -> "subprocess.Popen[str]":
    """`lookscape ARGUMENTS` in a process group of its own, so that it can be killed with its children."""
    command = [sys.executable, "-m", "lookscape", *map(str, arguments)]
    return subprocess.Popen(command, start_new_session=True, stdout=stdout, stderr=stderr, text=True)


def run(*arguments: str | Path) -> Run:
    """Run it to its end."""
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        began, peak = time.perf_counter(), 0
        process = start(arguments, stdout=stdout, stderr=stderr)
        while process.poll() is None:
            peak = max(peak, resident_bytes(process.pid))
            time.sleep(SAMPLE_S)
        seconds = time.perf_counter() - began
        stdout.seek(0)
        stderr.seek(0)
        return Run(
            code=process.returncode, seconds=seconds, peak_bytes=peak, stdout=stdout.read(), stderr=stderr.read()
        )


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all below it; 0 when it is gone."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident(process) for process in family)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
