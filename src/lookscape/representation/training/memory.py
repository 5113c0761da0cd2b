"""Memory that training keeps between its steps.

Every step asks for the same large buffers. The C library of Linux takes them from the system and gives them back each
time, and the system clears every page anew: 2,000 page faults and about 4 % of a step on small machines.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""As in malloc.h of the GNU C library."""

LARGEST_KEPT = 32 * 1024**2
"""Bytes of a buffer; the library takes no more."""

MOST_KEPT = 1024**3
"""Bytes that are free at the end of the heap before some are given back."""


@contextmanager
def kept_memory() -> Iterator[None]:
    """Freed memory stays with the process meanwhile, and goes back at the end. Without effect on other C libraries.

    The library's limits cannot be asked for, so they stay as they are set here.
    """
    library = _library()
    if library is None:
        yield
        return
    library.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
    library.mallopt(M_TRIM_THRESHOLD, MOST_KEPT)
    try:
        yield
    finally:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
