"""The catalogue's photos as one memory-mapped array: what training reads, made once for each side.

The file holds uint8 N x side x side x 3, rows sorted by photo id; beside it stands a list of the ids. It is named by a
digest of both, so a changed catalogue gets another file, and it can be deleted at any time.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import NotFoundError, PhotoError, UsageError
from lookscape.representation._files import sync_folder, write_atomically
from lookscape.representation.embed import PhotoSet
from lookscape.representation.preprocess import decode, square
from lookscape.representation.protocol import ImageU8

Progress = Callable[[int, int, str], None]

CHUNK = 256
"""Photos decoded between two reports of progress."""


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """All readable photos of a catalogue at one side: `array_NHWC` uint8, `ids` in the order of its rows."""

    ids: tuple[str, ...]
    array_NHWC: NDArray[np.uint8]

    @property
    def side(self) -> int:
        """Side of the photos, pixels."""
        return int(self.array_NHWC.shape[1])

    def __len__(self) -> int:
        """How many photos there are."""
        return len(self.ids)


def prepare(photos: PhotoSet, *, side: int, folder: Path, progress: Progress) -> Pixels:
    """Open the array, decoding the photos first if it is not there. Photos that cannot be read are left out.

    Raises UsageError when none can be read, and whatever `progress` raises.
    """
    wanted = sorted(photos.ids)
    name = f"pixels-{side}-{hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:16]}"
    array, listed = folder / f"{name}.npy", folder / f"{name}.json"
    if not (array.is_file() and listed.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        ids = _write(array, photos, wanted=wanted, side=side, progress=progress)
        write_atomically(listed, json.dumps(ids).encode())
    ids = json.loads(listed.read_bytes())
    if not ids:
        raise UsageError("none of the catalogue's photos can be read; run: lookscape ingest PHOTOS")
    return Pixels(ids=tuple(ids), array_NHWC=np.load(array, mmap_mode="r")[: len(ids)])


def _write(path: Path, photos: PhotoSet, *, wanted: list[str], side: int, progress: Progress) -> list[str]:
    """Decode into a temporary file, then rename; the ids of the rows that were filled."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    ids: list[str] = []
    try:
        rows = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=(len(wanted), side, side, 3))
        with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="pixels") as pool:
            for start in range(0, len(wanted), CHUNK):
                progress(start, len(wanted), "reading photos")
                chunk = wanted[start : start + CHUNK]
                for photo_id, pixels in zip(
                    chunk, pool.map(lambda one: _decoded(photos, one, side), chunk), strict=True
                ):
                    if pixels is not None:
                        rows[len(ids)] = pixels
                        ids.append(photo_id)
        rows.flush()
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return ids


def _decoded(photos: PhotoSet, photo_id: str, side: int) -> ImageU8 | None:
    try:
        return square(decode(photos.read(photo_id), side=side), side=side)
    except (PhotoError, NotFoundError):
        return None
