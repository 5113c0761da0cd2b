"""Making many files survive a power cut at once.

One `fsync` costs the disk a flush (about 0.3 ms on an SSD, 10 ms on a turning disk), so thousands are slow. Linux can
flush a whole file system with one call, `syncfs`, which since 5.8 also reports write errors; Python has no wrapper.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import Final

# Below this many, one by one is quicker, and does not wait for what other programs have written.
_FEW: Final = 32


def sync(folder: str, paths: Sequence[str]) -> None:
    """Return when all `paths`, files or folders on the file system of `folder`, are on the disk. Raises OSError."""
    if len(paths) <= _FEW or not _sync_file_system(folder):
        for path in paths:
            _sync_one(path)


def _sync_one(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(folder: str) -> bool:
    """Whether this system could do it."""
    library = _c_library()
    if library is None:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if library.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(descriptor)
    return True


@cache
def _c_library() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "syncfs") else None
