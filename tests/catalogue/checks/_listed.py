"""Photos in memory, for tests of checks: what `Photos` in catalogue/checking.py promises, without a catalogue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import Check, Finding, Verdict

ImageU8 = NDArray[np.uint8]


NUM_FEATURES = 192


def plain_features(image: ImageU8) -> NDArray[np.float32]:
    """Stands in for the network: the photo at 8 x 8 pixels, 192 numbers in [0, 1]."""
    return (cv2.resize(image, (8, 8), interpolation=cv2.INTER_AREA).astype(np.float32) / 255).ravel()


class ListedPhotos:
    """Photos by id; `owners` gives the products of a photo (its own id without it), `known` products' attributes.

    `sizes` are those of the files, where they were larger than the photos seen here.
    """

    def __init__(
        self,
        images: Mapping[str, ImageU8],
        *,
        due: Sequence[str] | None = None,
        owners: Mapping[str, str] | None = None,
        known: Mapping[str, Mapping[str, str]] | None = None,
        sizes: Mapping[str, tuple[int, int]] | None = None,
        features: Callable[[ImageU8], NDArray[np.float32]] = plain_features,
    ) -> None:
        self._images, self._owners, self._known, self._features = images, owners or {}, known or {}, features
        self._sizes = sizes or {}
        self.ids: Sequence[str] = list(images)
        self.due: Sequence[str] = self.ids if due is None else due

    def read(self, photo_id: str) -> ImageU8:
        return self._images[photo_id]

    def each(self, ids: Sequence[str]) -> Iterator[tuple[str, ImageU8]]:
        return ((photo_id, self._images[photo_id]) for photo_id in ids)

    def map(self, work: Callable[[ImageU8], Any], ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        return ((photo_id, work(self._images[photo_id])) for photo_id in ids)

    def features(self, ids: Sequence[str]) -> NDArray[np.float32]:
        return self.embed(self._images[photo_id] for photo_id in ids)

    def embed(self, images: Iterable[ImageU8]) -> NDArray[np.float32]:
        rows = [self._features(image) for image in images]
        return np.array(rows or np.empty((0, NUM_FEATURES)), np.float32)

    def sizes(self, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        shapes = {photo_id: self._images[photo_id].shape for photo_id in ids}
        return {photo_id: self._sizes.get(photo_id, (shape[1], shape[0])) for photo_id, shape in shapes.items()}

    def products(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {photo_id: (self._owners.get(photo_id, photo_id),) for photo_id in ids}

    def attributes(self, product_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return {product_id: self._known.get(product_id, {}) for product_id in product_ids}


def silent(done: int, total: int, stage: str) -> None:
    """Progress that nobody watches."""


def verdicts(name: str, photos: ListedPhotos) -> list[Verdict]:
    """What a check says about the photos that are due."""
    return list(Check(name).run(photos, progress=silent))


def findings(name: str, photos: ListedPhotos, *, above: float | None = None) -> dict[str, Finding]:
    """The findings that people would be shown, by photo."""
    check = Check(name)
    least = check.review_from if above is None else above
    return {
        verdict.photo_id: verdict
        for verdict in check.run(photos, progress=silent)
        if isinstance(verdict, Finding) and verdict.confidence >= least
    }
