"""Pillow warns about odd metadata and libtiff writes to the error stream; here a photo is either used or refused with
a reason, so both are noise.
"""

import os
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_stream_lock = threading.Lock()
_depth = 0
_saved: "warnings.catch_warnings[None] | None" = None


@contextmanager
def no_pillow_warnings() -> Iterator[None]:
    """Ignore warnings raised from within Pillow. `warnings.catch_warnings` alone is not safe between threads: the
    first one in changes the filters and the last one out puts them back.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _depth, _saved  # noqa: PLW0603 - the filters are the interpreter's, so is the count
    with _lock:
        if _depth == 0:
            _saved = warnings.catch_warnings()
            _saved.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
        _depth += 1


def _leave() -> None:
    global _depth, _saved  # noqa: PLW0603
    with _lock:
        _depth -= 1
        if _depth == 0 and _saved is not None:
            _saved.__exit__(None, None, None)
            _saved = None


@contextmanager
def no_messages() -> Iterator[None]:
    """Send what is written to the error stream of the process (file descriptor 2) nowhere for a moment.

    libtiff has no other switch that Python could reach. What other threads write there meanwhile is lost too.
    """
    with _stream_lock:
        try:
            saved = os.dup(2)
        except OSError:  # a service without an error stream
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)


@contextmanager
def messages() -> Iterator[list[str]]:
    """What is written to the error stream of the process meanwhile, in the list once it is over.

    What another thread writes there in that time is in it too, and shown nowhere.
    """
    said: list[str] = []
    with _stream_lock, tempfile.TemporaryFile() as file:
        saved = _duplicate(2)
        os.dup2(file.fileno(), 2)
        try:
            yield said
        finally:
            if saved is None:
                os.close(2)
            else:
                os.dup2(saved, 2)
                os.close(saved)
            file.seek(0)
            said += file.read().decode("utf-8", "replace").splitlines()


def _duplicate(stream: int) -> int | None:
    """None for a service without an error stream."""
    try:
        return os.dup(stream)
    except OSError:
        return None
