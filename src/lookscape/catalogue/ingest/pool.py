"""Prepare items in worker processes, in order, a bounded number ahead.

A worker that dies (a codec that crashes, memory that runs out) takes down only the item it was at: what was in flight
is prepared again, one item at a time in a process of its own, so that the culprit is known.
"""

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Self
from uuid import uuid4

from loky import ProcessPoolExecutor

from lookscape.catalogue.ingest.prepare import Prepared, Seen, prepare
from lookscape.catalogue.source import Item
from lookscape.errors import LookscapeError

CHUNK = 16
AHEAD = 6
"""Chunks in flight per worker: enough to keep it busy while a batch is stored."""
IDLE_S = 10
"""Seconds after which a process without work leaves."""
_QUIET = {"PYTHONFAULTHANDLER": ""}
"""A crash is reported as the file's reason, not as a dump of the stack."""
CRASHED = "the decoder crashed on it or ran out of memory"

_seen: dict[str, Seen] = {}
_shared: dict[int, ProcessPoolExecutor] = {}
_lock = threading.Lock()


def begin(num_workers: int) -> None:
    """Have the processes start now, beside what the caller does before there is work for them."""
    _submit([], _Work(side=0, run=""), num_workers=num_workers)


def prepared(items: Iterable[Item], *, side: int, num_workers: int) -> Iterator[Prepared]:
    """Every item prepared, in order.

    Raises LookscapeError when worker processes cannot run here at all.
    """
    rest = iter(items)
    work = _Work(side=side, run=uuid4().hex)
    flying: deque[tuple[list[Item], Future[list[Prepared]]]] = deque()
    with _Alone(work) as alone:
        try:
            while True:
                while len(flying) < num_workers * AHEAD and (chunk := list(islice(rest, CHUNK))):
                    flying.append((chunk, _submit(chunk, work, num_workers=num_workers)))
                if not flying:
                    return
                chunk, future = flying.popleft()
                try:
                    done = future.result()
                except BrokenProcessPool:
                    done = [alone.prepare(item) for item in chunk]
                yield from done
        finally:
            for _, future in flying:
                future.cancel()


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What to do with each item of one run: the longest side of the stored photo, pixels, and the run's own name."""

    side: int
    run: str


class _Alone:
    """Prepares one item at a time in a process that is shared with nobody, started when first needed."""

    def __init__(self, work: _Work) -> None:
        self._work = work
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(kill_workers=True)

    def prepare(self, item: Item) -> Prepared:
        if self._pool is None:
            self._pool = _new_pool(1)
        with contextlib.suppress(BrokenProcessPool):
            done: list[Prepared] = self._pool.submit(_chunk, [item], self._work).result()
            return done[0]
        self._pool = _new_pool(1)
        try:
            self._pool.submit(_chunk, [], self._work).result()
        except BrokenProcessPool:
            raise LookscapeError("decoding processes cannot run here; is memory short?") from None
        return Prepared(item=item, reason=CRASHED)


def _submit(items: list[Item], work: _Work, *, num_workers: int) -> Future[list[Prepared]]:
    """Hand a chunk to the processes that all ingests of this process share; idle ones leave after some seconds."""
    with _lock:
        with contextlib.suppress(KeyError, BrokenProcessPool):
            known: Future[list[Prepared]] = _shared[num_workers].submit(_chunk, items, work)
            return known
        _shared[num_workers] = _new_pool(num_workers)
        fresh: Future[list[Prepared]] = _shared[num_workers].submit(_chunk, items, work)
        return fresh


def _new_pool(num_workers: int) -> ProcessPoolExecutor:
    """Processes that start with their first work.

    loky starts clean interpreters that do not import the caller's main module, so scripts and notebooks work.
    """
    return ProcessPoolExecutor(num_workers, timeout=IDLE_S, initializer=_start, env=_QUIET)


def _chunk(items: list[Item], work: _Work) -> list[Prepared]:
    """Runs in a worker process, which remembers what it has seen for as long as the run is the same.

    A worker takes chunks in their order, so whatever brought a blob is stored before what repeats it.
    """
    if work.run not in _seen:
        _seen.clear()
    seen = _seen.setdefault(work.run, {})
    return [prepare(item, side=work.side, seen=seen) for item in items]


def _start() -> None:
    """One thread per worker; Ctrl-C is for the parent to handle, and a worker goes when its parent does."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
