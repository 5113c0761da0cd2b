"""Photos of several folders as one catalogue for checks, with features of the network that needs no training."""

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import SIDE
from lookscape.catalogue.imaging import ImageU8, decode, encode_jpeg, pad_to_square, standardise
from lookscape.representation.protocol import Encoder
from lookscape.representation.specs import resolve

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One photo: pixels as checks see them, the folder it is of, and what the folder's table says of it."""

    pixels: ImageU8
    folder: str
    row: Mapping[str, str]


def shots(
    folder: Path, *, count: int, rng: np.random.Generator, keep: Callable[[Mapping[str, str]], bool]
) -> list[Shot]:
    """Distinct photos of a folder that `keep` takes by their row, drawn at random, as ingest would store them."""
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if keep(row)]
    found: dict[str, Shot] = {}
    for number in rng.permutation(len(rows)).tolist():
        data = (folder / rows[number]["file_name"]).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in found:
            pixels = decode(encode_jpeg(standardise(data, max_side=SIDE).pixels)).pixels
            found[digest] = Shot(pixels=pixels, folder=folder.name, row=rows[number])
        if len(found) == count:
            break
    return list(found.values())


def anything(row: Mapping[str, str]) -> bool:
    """Keeps every photo."""
    return True


class MixedPhotos:
    """What `Photos` in catalogue/checking.py promises, of images in memory; ids are their numbers."""

    def __init__(self, images: Sequence[ImageU8], *, features_ND: NDArray[np.float32] | None = None) -> None:
        self.ids: Sequence[str] = [f"{number:06}" for number in range(len(images))]
        self.due: Sequence[str] = self.ids
        self._images = dict(zip(self.ids, images, strict=True))
        self._features = features_ND

    def read(self, photo_id: str) -> ImageU8:
        """One photo."""
        return self._images[photo_id]

    def each(self, ids: Sequence[str]) -> Iterator[tuple[str, ImageU8]]:
        """Photos with their ids."""
        return ((photo_id, self._images[photo_id]) for photo_id in ids)

    def map(self, work: Callable[[ImageU8], T], ids: Sequence[str]) -> Iterator[tuple[str, T]]:
        """`work` on each photo, one after another."""
        return ((photo_id, work(self._images[photo_id])) for photo_id in ids)

    def features(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Of all photos at once, when first asked."""
        if self._features is None:
            self._features = features(self._images.values())
        return self._features[[int(photo_id) for photo_id in ids]]

    def embed(self, images: Iterable[ImageU8]) -> NDArray[np.float32]:
        """Of any images."""
        return features(images)

    def sizes(self, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """As large as they are seen."""
        return {photo_id: (self.read(photo_id).shape[1], self.read(photo_id).shape[0]) for photo_id in ids}

    def products(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Each its own."""
        return {photo_id: (photo_id,) for photo_id in ids}

    def attributes(self, product_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Nothing is known."""
        return {product_id: {} for product_id in product_ids}


_encoder: list[Encoder] = []


def features(images: Iterable[ImageU8]) -> NDArray[np.float32]:
    """N x 1280 of the model `pretrained`, which is opened once."""
    if not _encoder:
        _encoder.append(resolve("pretrained", models=Path(tempfile.mkdtemp())))
    return _encoder[0].encode(pad_to_square(image) for image in images)


def bootstrapped(score: Callable[[NDArray[np.intp]], float], count: int, *, draws: int = 500) -> tuple[float, float]:
    """The 95 % interval of a figure of `count` photos, drawn anew with replacement (Efron 1979)."""
    rng = np.random.default_rng(0)
    found = [score(rng.integers(0, count, count)) for _ in range(draws)]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))
