"""Catalogue -> batches: photos decoded once into a memory-mapped file, split by what belongs together, drawn by seed.

    training/photos-64-<key>.u8      N x 64 x 64 x 3 bytes
    training/photos-64-<key>.json    the N photo ids; written last, so that its presence says the other is whole

The key is a hash of the photos' ids: ingest more photos and another file is made.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.errors import NotFoundError, PhotoError, UsageError
from lookscape.representation._files import write_atomically
from lookscape.representation.embed import PhotoSet
from lookscape.representation.preprocess import decode, square
from lookscape.representation.protocol import ImageU8

HELD_OUT = 0.1
"""Share of the photos that is never trained on."""

CLOSE = 0.02
"""Two photos whose THUMBNAIL x THUMBNAIL copies differ by less (root mean square, white being 1) are the same one."""

THUMBNAIL = 16
CHUNK = 256

Progress = Callable[[int, int, str], None]
Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class PhotoArray:
    """N photos by id; `pixels` is N x side x side x 3, read from disk as it is used; `key` identifies them."""

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8]
    key: str


@dataclass(frozen=True, kw_only=True)
class Split:
    """Row numbers to train on and to measure on."""

    train: Rows
    held_out: Rows


def open_photos(photos: PhotoSet, folder: Path, *, side: int, progress: Progress) -> PhotoArray:
    """The photos in the order of their ids, from the file in `folder`, which is made if need be.

    Photos that cannot be read are left out. Raises UsageError when none can.
    """
    ids = sorted(photos.ids)
    key = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    stem = folder / f"photos-{side}-{key}"
    listed = stem.with_suffix(".json")
    if not listed.is_file():
        _write(photos, ids, stem, side=side, progress=progress)
    held: list[str] = json.loads(listed.read_bytes())
    if not held:
        raise UsageError("there are no photos to train on; run: lookscape ingest PHOTOS")
    pixels = np.memmap(stem.with_suffix(".u8"), np.uint8, mode="r", shape=(len(held), side, side, 3))
    return PhotoArray(ids=tuple(held), pixels=pixels, key=key)


def split(photos: PhotoArray, products: Mapping[str, Sequence[str]], *, seed: int) -> Split:
    """Hold out HELD_OUT of the photos, at least one, whole groups at a time.

    Photos of one product (`products` gives each photo's) and photos that look the same are in one group. Groups are
    taken in an order that depends on the seed and their photos' ids alone.
    Raises UsageError with fewer than two groups.
    """
    groups = _groups(photos, products)
    if len(groups) < 2:
        raise UsageError("training needs at least two products that look different; ingest more photos")
    order = sorted(groups, key=lambda rows: hashlib.sha256(f"{seed} {photos.ids[rows[0]]}".encode()).digest())
    held: list[int] = []
    for rows in order[:-1]:
        if len(held) >= max(1, HELD_OUT * len(photos.ids)):
            break
        held += rows
    held_out = np.array(sorted(held), np.int64)
    return Split(train=np.setdiff1d(np.arange(len(photos.ids)), held_out), held_out=held_out)


def batch_rows(rows: Rows, *, size: int, step: int, seed: int) -> Rows:
    """The rows of batch number `step`: each epoch shuffles anew by (seed, epoch), so any step can be drawn directly."""
    size = min(size, len(rows))
    epoch, place = divmod(step, len(rows) // size)
    return rows[_permutation(len(rows), seed, epoch)[place * size : (place + 1) * size]]


@lru_cache(maxsize=2)
def _permutation(count: int, seed: int, epoch: int) -> Rows:
    return np.random.default_rng([seed, epoch]).permutation(count)


def _write(photos: PhotoSet, ids: Sequence[str], stem: Path, *, side: int, progress: Progress) -> None:
    """Decode everything, a chunk at a time, then name the file."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    temporary = stem.with_suffix(f".{os.getpid()}.tmp")
    held: list[str] = []
    try:
        with temporary.open("wb") as file, ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for start in range(0, len(ids), CHUNK):
                progress(start, len(ids), "reading photos")
                chunk = ids[start : start + CHUNK]
                found = pool.map(lambda photo_id: _read(photos, photo_id, side=side), chunk)
                for photo_id, pixels in zip(chunk, found, strict=True):
                    if pixels is not None:
                        file.write(pixels.tobytes())
                        held.append(photo_id)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(stem.with_suffix(".u8"))
    finally:
        temporary.unlink(missing_ok=True)
    write_atomically(stem.with_suffix(".json"), json.dumps(held).encode())


def _read(photos: PhotoSet, photo_id: str, *, side: int) -> ImageU8 | None:
    try:
        return square(decode(photos.read(photo_id), side=side), side=side)
    except (PhotoError, NotFoundError):
        return None


def _groups(photos: PhotoArray, products: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Connected photos, as sorted lists of rows, in the order of their first rows."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    owners: dict[str, int] = {}
    pairs = [
        (row, owners.setdefault(product, row))
        for row, photo_id in enumerate(photos.ids)
        for product in products.get(photo_id, ())
    ]
    pairs += _lookalikes(photos.pixels)
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    num = len(photos.ids)
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(num, num))
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels):
        groups.setdefault(int(label), []).append(row)
    return list(groups.values())


def _lookalikes(pixels_NHWC: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Pairs of rows whose thumbnails are closer than CLOSE: squared distances by blocks of the Gram matrix."""
    size = (THUMBNAIL, THUMBNAIL)
    small = [cv2.resize(photo, size, interpolation=cv2.INTER_AREA) for photo in pixels_NHWC]
    x_ND = np.stack(small).reshape(len(small), -1).astype(np.float32) / 255
    squares_N = (x_ND**2).sum(axis=1)
    limit = CLOSE**2 * x_ND.shape[1]
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(x_ND), CHUNK):
        block = slice(start, start + CHUNK)
        distances = squares_N[block, None] + squares_N[None] - 2 * x_ND[block] @ x_ND.T
        near, far = np.nonzero(distances < limit)
        pairs += [(int(a) + start, int(b)) for a, b in zip(near, far, strict=True) if a + start < b]
    return pairs
