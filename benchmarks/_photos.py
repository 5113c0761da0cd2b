"""Photos of a folder as checks see them: distinct files, in memory, near-duplicates held together as one product."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import SIDE
from lookscape.catalogue.imaging import ImageU8, standardise
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import THUMBNAIL, find_groups

T = TypeVar("T")


class FolderPhotos:
    """The photos that a folder's metadata.csv lists, by the SHA-256 of their bytes; `rows` is what the table says.

    `change` alters each photo as it is read (id, pixels -> pixels), so that a catalogue of altered photos can be had.
    """

    def __init__(self, folder: Path, *, limit: int | None = None) -> None:
        with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
            listed = [(row, (folder / row["file_name"]).read_bytes()) for row in csv.DictReader(table)]
        files = {hashlib.sha256(data).hexdigest(): (row, data) for row, data in reversed(listed)}
        self.ids: Sequence[str] = sorted(files)[:limit]
        self.due: Sequence[str] = self.ids
        self.rows: Mapping[str, Mapping[str, str]] = {photo_id: files[photo_id][0] for photo_id in self.ids}
        self.change: Callable[[str, ImageU8], ImageU8] = lambda photo_id, photo: photo
        self._files = {photo_id: files[photo_id][1] for photo_id in self.ids}
        self._groups = self._grouped()

    def original(self, photo_id: str) -> ImageU8:
        """One photo, not changed."""
        return standardise(self._files[photo_id], max_side=SIDE).pixels

    def read(self, photo_id: str) -> ImageU8:
        """One photo, changed."""
        return self.change(photo_id, self.original(photo_id))

    def each(self, ids: Sequence[str]) -> Iterator[tuple[str, ImageU8]]:
        """Photos with their ids."""
        return ((photo_id, self.read(photo_id)) for photo_id in ids)

    def map(self, work: Callable[[ImageU8], T], ids: Sequence[str]) -> Iterator[tuple[str, T]]:
        """`work` on each photo, one after another."""
        return ((photo_id, work(self.read(photo_id))) for photo_id in ids)

    def features(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Not wanted here."""
        raise NotImplementedError

    def embed(self, images: Iterable[ImageU8]) -> NDArray[np.float32]:
        """Not wanted here."""
        raise NotImplementedError

    def sizes(self, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Not wanted here."""
        raise NotImplementedError

    def products(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Near-duplicates are one product."""
        return {photo_id: (self._groups[photo_id],) for photo_id in ids}

    def attributes(self, product_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Nothing is known."""
        return {product_id: {} for product_id in product_ids}

    def _grouped(self) -> dict[str, str]:
        size = (THUMBNAIL, THUMBNAIL)
        small = [cv2.resize(self.original(one), size, interpolation=cv2.INTER_AREA) for one in self.ids]
        pixels = Pixels(ids=tuple(self.ids), array_NHWC=np.stack(small).astype(np.uint8))
        return dict(zip(self.ids, find_groups(pixels, products_of={}), strict=True))


def silent(done: int, total: int, stage: str) -> None:
    """Progress that nobody watches."""
