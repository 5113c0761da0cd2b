"""The catalogue's photos as one memory-mapped array: what training reads, made once for each side.

    cache/pixels-SIDE-DIGEST.npy    uint8 N x side x side x 3, rows in the order of the photos' ids
    cache/pixels-SIDE-DIGEST.json   the ids of the photos that could be read

The digest is that of all the catalogue's ids and of the pictures that were altered, so a changed catalogue gets another
file and the one it had before is removed. Both can be deleted at any time.
"""

import errno
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import psutil
from numpy.typing import NDArray

from lookscape.errors import LookscapeError, NotFoundError, PhotoError, UsageError
from lookscape.files import sync_folder, write_atomically
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.preprocess import decode, square

Progress = Callable[[int, int, str], None]

CHUNK = 256
"""Photos decoded between two reports of progress."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """All readable photos of a catalogue at one side: `array_NHWC` uint8, `ids` in the order of its rows."""

    ids: tuple[str, ...]
    array_NHWC: NDArray[np.uint8]
    path: Path | None = field(default=None, compare=False)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an array that `prepare` wrote."""
        ids = json.loads(path.with_suffix(".json").read_bytes())
        return cls(ids=tuple(ids), array_NHWC=np.load(path, mmap_mode="r")[: len(ids)], path=path)

    @property
    def side(self) -> int:
        """Side of the photos, pixels."""
        return int(self.array_NHWC.shape[1])

    def __len__(self) -> int:
        """How many photos there are."""
        return len(self.ids)


def prepare(photos: PhotoSet, *, side: int, folder: Path, progress: Progress) -> Pixels:
    """Open the array, decoding the photos first if it is not there. Photos that cannot be read are left out.

    Raises UsageError when none can be read, LookscapeError when the disk is full, and whatever `progress` raises.
    """
    wanted = sorted(photos.ids)
    pictures = [[photo_id, photos.altered[photo_id]] for photo_id in wanted if photo_id in photos.altered]
    name = f"pixels-{side}-{hashlib.sha256(json.dumps([*wanted, *pictures]).encode()).hexdigest()[:16]}"
    array, listed = folder / f"{name}.npy", folder / f"{name}.json"
    if not (array.is_file() and listed.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        _remove_torn(folder)
        ids = _write(array, photos, wanted=wanted, side=side, progress=progress)
        write_atomically(listed, json.dumps(ids).encode())
        _remove_old(folder, side=side, name=name)
    pixels = Pixels.open(array)
    if not len(pixels):
        raise UsageError("none of the catalogue's photos can be read; run: lookscape ingest PHOTOS")
    return pixels


def _write(path: Path, photos: PhotoSet, *, wanted: list[str], side: int, progress: Progress) -> list[str]:
    """Decode into a temporary file, then rename; the ids of the rows that were filled.

    Plain writes, because a full disk answers them with an error and a write to mapped memory with SIGBUS.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    ids: list[str] = []
    shape = (len(wanted), side, side, 3)
    try:
        with temporary.open("xb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
            for photo_id, pixels in _decode_all(photos, wanted, side=side, progress=progress):
                file.write(pixels.tobytes())
                ids.append(photo_id)
            file.write(bytes((len(wanted) - len(ids)) * side * side * 3))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        size = len(wanted) * side * side * 3 / 1e6
        raise LookscapeError(
            f"the disk is full: {len(wanted)} photos at {side} pixels need {size:.0f} MB in {path.parent}; make room "
            "and run the same again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return ids


def _decode_all(
    photos: PhotoSet, wanted: Sequence[str], *, side: int, progress: Progress
) -> Iterator[tuple[str, ImageU8]]:
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="pixels") as pool:
        for start in range(0, len(wanted), CHUNK):
            progress(start, len(wanted), "reading photos")
            chunk = wanted[start : start + CHUNK]
            decoded = pool.map(lambda one: _decoded(photos, one, side), chunk)
            yield from (
                (photo_id, pixels) for photo_id, pixels in zip(chunk, decoded, strict=True) if pixels is not None
            )
    progress(len(wanted), len(wanted), "reading photos")


def _decoded(photos: PhotoSet, photo_id: str, side: int) -> ImageU8 | None:
    try:
        return square(decode(photos.read(photo_id), side=side), side=side)
    except (PhotoError, NotFoundError):
        return None


def _remove_old(folder: Path, *, side: int, name: str) -> None:
    """Arrays of the same side are of the catalogue as it was; whoever has one mapped keeps it until closing it."""
    for path in folder.glob(f"pixels-{side}-*"):
        if path.stem != name:
            path.unlink(missing_ok=True)


def _remove_torn(folder: Path) -> None:
    """What processes that no longer live were writing."""
    for path in folder.glob(".pixels-*.tmp"):
        owner = re.search(r"\.(\d+)\.[0-9a-f]+\.tmp$", path.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            path.unlink(missing_ok=True)
