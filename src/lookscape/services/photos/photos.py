"""The catalogue's photos as checks see them: see `Photos` in catalogue/checking.py.

Photos are read ahead by threads in groups, in order, a bounded number at a time, so that memory stays small however
many there are. Features stand in a Space of their own under cache/, which embedding keeps in step and which can be
deleted at any time; they are of the photos as ingested, so no fix that is applied later makes them stale.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import SIDE
from lookscape.catalogue.imaging import ImageU8, shrunk
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation.protocol import Encoder
from lookscape.representation.spaces.embed import PhotoSet, embed
from lookscape.representation.spaces.preprocess import decode
from lookscape.representation.spaces.space import Space, Spaces
from lookscape.services.records import Progress, silent
from lookscape.services.spaces.vectors import row_of

MODEL = "pretrained"
GROUP = 8
"""Photos that a thread reads at a time."""

T = TypeVar("T")


class CataloguePhotos:
    """Photos of an engine's catalogue; `due` are those to judge, all without it."""

    def __init__(self, engine: Engine, *, due: Sequence[str] | None = None, progress: Progress = silent) -> None:
        self._engine, self._progress = engine, progress
        self.ids: Sequence[str] = engine.catalogue.photo_ids()
        self.due: Sequence[str] = self.ids if due is None else due

    def read(self, photo_id: str) -> ImageU8:
        """One photo as ingested, at most SIDE pixels. Raises NotFoundError or PhotoError."""
        return shrunk(decode(self._bytes(photo_id), side=SIDE), side=SIDE)

    def each(self, ids: Sequence[str]) -> Iterator[tuple[str, ImageU8]]:
        """Photos with their ids, in order; those that cannot be read are left out."""
        return self.map(lambda photo: photo, ids)

    def map(self, work: Callable[[ImageU8], T], ids: Sequence[str]) -> Iterator[tuple[str, T]]:
        """`work` done on each photo by threads, in order."""
        threads = len(os.sched_getaffinity(0))
        groups = iter(range(0, len(ids), GROUP))
        waiting: deque[Future[list[tuple[str, T]]]] = deque()
        with ThreadPoolExecutor(threads, thread_name_prefix="photos") as pool:
            try:
                while True:
                    for start in islice(groups, 2 * threads - len(waiting)):
                        waiting.append(pool.submit(self._work, work, ids[start : start + GROUP]))
                    if not waiting:
                        return
                    yield from waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def features(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """N x D pooled features, made where they are missing; NaN for a photo that cannot be read."""
        space = self._space
        known = set(space.ids)
        if not known.issuperset(ids):
            wanted = sorted(known.intersection(self.ids).union(ids))
            fitted = space.folder / "fitted"
            report = embed(
                self._encoder, PhotoSet(ids=wanted, read=self._bytes), space, fitted=fitted, progress=self._progress
            )
            assert not report.fitted
        rows = [row_of(space, photo_id) for photo_id in ids]
        found = np.full((len(ids), self._encoder.dim), np.nan, np.float32)
        there = [place for place, row in enumerate(rows) if row is not None]
        found[there] = space.take([row for row in rows if row is not None])
        return found

    def embed(self, images: Iterable[ImageU8]) -> NDArray[np.float32]:
        """The same features of any images: B x D."""
        return self._encoder.encode(images)

    def sizes(self, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Width and height of the files that were ingested, pixels."""
        return {photo_id: self._sizes[photo_id] for photo_id in ids if photo_id in self._sizes}

    def products(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The products each photo belongs to."""
        return self._engine.catalogue.products_of_photos(ids)

    def attributes(self, product_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """What is known of products."""
        found = self._engine.catalogue.products(product_ids)
        return {product_id: product.attributes for product_id, product in found.items()}

    def _work(self, work: Callable[[ImageU8], T], ids: Sequence[str]) -> list[tuple[str, T]]:
        done = []
        for photo_id in ids:
            try:
                photo = self.read(photo_id)
            except (PhotoError, NotFoundError):
                continue
            done.append((photo_id, work(photo)))
        return done

    def _bytes(self, photo_id: str) -> bytes:
        if photo_id not in self._blobs:
            raise NotFoundError(f"there is no photo {photo_id!r} in this catalogue")
        return self._engine.catalogue.blobs.get(self._blobs[photo_id])

    @cached_property
    def _blobs(self) -> dict[str, str]:
        """Where each photo lies as it was ingested."""
        return {photo.id: photo.original or photo.blob for photo in self._engine.catalogue.photos(self.ids)}

    @cached_property
    def _sizes(self) -> dict[str, tuple[int, int]]:
        return {photo.id: (photo.width, photo.height) for photo in self._engine.catalogue.photos(self.ids)}

    @cached_property
    def _encoder(self) -> Encoder:
        return self._engine.encoder(MODEL)

    @cached_property
    def _space(self) -> Space:
        spaces = Spaces(self._engine.folder / "cache" / "features")
        return spaces.ensure(MODEL, model=MODEL, encoder=self._encoder)
