"""Prepare items in worker processes, in order, a bounded number ahead.

A worker that dies (a codec that crashes, memory that runs out) takes down only the item it was at.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from loky import ProcessPoolExecutor

from lookscape.catalogue._prepare import Prepared, prepare
from lookscape.catalogue.source import Item
from lookscape.errors import LookscapeError

CHUNK = 16
AHEAD = 6
"""Chunks in flight per worker: enough to keep it busy while a batch is stored."""


def prepared(items: Iterable[Item], *, side: int, num_workers: int) -> Iterator[Prepared]:
    """`prepare(item, side=side)` of every item, in order. No process starts for a handful of items."""
    rest = iter(items)
    first = list(islice(rest, CHUNK))
    if len(first) < CHUNK:
        yield from _chunk(first, side)
        return
    chunks = _chunks(first, rest)
    while (chunk := next(chunks, None)) is not None:
        broken = yield from _run(chunk, chunks, side=side, num_workers=num_workers)
        for lost in broken:
            yield from _one_by_one(lost, side)


def _chunks(first: list[Item], rest: Iterator[Item]) -> Iterator[list[Item]]:
    chunk = first
    while chunk:
        yield chunk
        chunk = list(islice(rest, CHUNK))


def _run(
    first: list[Item], chunks: Iterator[list[Item]], *, side: int, num_workers: int
) -> Generator[Prepared, None, list[list[Item]]]:
    """Yield results until the chunks end or a worker dies; return the chunks in flight then, in order."""
    flying: deque[tuple[list[Item], Future[list[Prepared]]]] = deque()
    with _executor(num_workers) as pool:
        try:
            flying.append((first, pool.submit(_chunk, first, side)))
            while flying:
                for chunk in islice(chunks, num_workers * AHEAD - len(flying)):
                    flying.append((chunk, pool.submit(_chunk, chunk, side)))
                yield from flying[0][1].result()
                flying.popleft()
        except BrokenProcessPool:
            return [chunk for chunk, _ in flying]
        except BaseException:
            pool.shutdown(wait=False, kill_workers=True)
            raise
    return []


def _one_by_one(items: list[Item], side: int) -> Iterator[Prepared]:
    """Find the item that kills its worker. Raises LookscapeError when every one does: then it is not the item."""
    survived = False
    for item in items:
        with _executor(1) as pool:
            try:
                yield from pool.submit(_chunk, [item], side).result()
                survived = True
            except BrokenProcessPool:
                if item is items[-1] and not survived and len(items) == CHUNK:
                    raise LookscapeError("decoding processes cannot run here; is memory short?") from None
                yield Prepared(item=item, reason="the decoder crashed on it or ran out of memory")


def _chunk(items: list[Item], side: int) -> list[Prepared]:
    return [prepare(item, side=side) for item in items]


def _executor(num_workers: int) -> ProcessPoolExecutor:
    # loky starts clean interpreters that do not import the caller's main module, so scripts and notebooks work.
    return ProcessPoolExecutor(num_workers, initializer=_start)


def _start() -> None:
    """One thread per worker, and a worker goes when its parent does."""
    import cv2

    cv2.setNumThreads(1)
    _die_with_parent()


def _die_with_parent() -> None:
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
