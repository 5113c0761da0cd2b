"""Ingest against a bare Pillow loop on the same files and cores, and a second run against the first.

    python benchmarks/ingest.py --data FOLDER [--rounds 2]

The loop opens, converts to RGB and resizes to 224 x 224 in as many processes as ingest uses, started and warmed up
beforehand; ingest's time includes starting its own, hashing, the JPEGs it stores and the database. Both take turns, and
the best of each counts. The second run is timed twice: inside one process, and as a whole command, where Python's own
start and imports weigh as much as the work. Memory is that of the command and its children, shared pages counted twice.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from multiprocessing.pool import Pool
from pathlib import Path

from PIL import Image

import _cli
from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.store.catalogue import Catalogue

SIDE = 224
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def main() -> None:
    arguments = _arguments()
    files = sorted(path for path in arguments.data.rglob("*") if path.suffix.lower() in ENDINGS)
    num_processes = len(os.sched_getaffinity(0))
    print(f"{len(files)} files, {num_processes} processes")
    loop, first, second = [], [], []
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(num_processes) as pool:
        pool.map(_decode, files[:64])
        for number in range(arguments.rounds):
            loop.append(_loop(pool, files))
            catalogue = Catalogue.open(Path(folder) / str(number))
            first.append(_seconds(lambda: _ingest(catalogue, arguments.data)))  # noqa: B023 - called at once
            second += [_seconds(lambda: _ingest(catalogue, arguments.data)) for _ in range(3)]  # noqa: B023
            catalogue.close()
        commands = [_cli.run("ingest", arguments.data, "-C", Path(folder) / "command", "--json") for _ in range(3)]
    _report(len(files), loop=min(loop), first=min(first), second=min(second), commands=commands)


def _report(count: int, *, loop: float, first: float, second: float, commands: list[_cli.Run]) -> None:
    again = min(run.seconds for run in commands[1:])
    print(f"bare Pillow loop                {loop:8.2f} s   {count / loop:8.0f} photos/s")
    print(f"first run, in process           {first:8.2f} s   {count / first:8.0f} photos/s")
    print(f"second run, in process          {second:8.3f} s")
    print(f"first run, whole command        {commands[0].seconds:8.2f} s")
    print(f"second run, whole command       {again:8.3f} s")
    print(f"ingest / bare loop              {loop / first:8.2f}     (bar: 0.5)")
    print(f"first / second, in process      {first / second:8.1f}     (bar: 20)")
    print(f"first / second, whole command   {commands[0].seconds / again:8.1f}")
    print(f"peak memory, with children      {max(run.peak_bytes for run in commands) / 1e9:8.2f} GB  (bar: 1.5)")


def _loop(pool: Pool, files: list[Path]) -> float:
    return _seconds(lambda: pool.map(_decode, files, chunksize=16))


def _decode(path: Path) -> int:
    with Image.open(path) as photo:
        return photo.convert("RGB").resize((SIDE, SIDE)).width


def _ingest(catalogue: Catalogue, data: Path) -> None:
    ingest(catalogue, str(data), progress=lambda done, total, stage: None)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
