"""Which photos train, which choose and which judge: whole groups on one side, the same ones every time.

A group is a product with all its photos, joined with every product that has nearly the same photo.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.representation.pixels import Pixels

THUMBNAIL = 16
"""Side of the thumbnails that are compared, pixels."""

NEARLY_SAME = 0.985
"""Cosine of two centred thumbnails from which on they count as the same photo."""

SHARES = {"train": 0.85, "validation": 0.05, "test": 0.10}

Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Split:
    """Rows of Pixels in three parts."""

    train: Rows
    validation: Rows
    test: Rows


def split_by_group(groups: Sequence[str], *, seed: int = 0) -> Split:
    """Every group goes to one part by the hash of its name and the seed, so that new photos move no old ones."""
    ends = np.cumsum(list(SHARES.values()))
    drawn = np.array([_unit(group, seed=seed) for group in groups])
    part = np.searchsorted(ends, drawn, side="right").clip(max=2)
    train, validation, test = (np.flatnonzero(part == number) for number in range(3))
    if not len(train):
        train = np.arange(len(groups))
    return Split(train=train, validation=validation, test=test)


def find_groups(pixels: Pixels, *, products_of: Mapping[str, Sequence[str]]) -> list[str]:
    """The group of each row, named after the smallest photo id in it."""
    joined = _Joined(len(pixels))
    first: dict[str, int] = {}
    for row, photo_id in enumerate(pixels.ids):
        for product in products_of.get(photo_id, ()):
            joined.join(row, first.setdefault(product, row))
    for one, other in _nearly_same(pixels):
        joined.join(one, other)
    return [pixels.ids[joined.root(row)] for row in range(len(pixels))]


def _nearly_same(pixels: Pixels) -> list[tuple[int, int]]:
    size = (THUMBNAIL, THUMBNAIL)
    small = np.stack([cv2.resize(photo, size, interpolation=cv2.INTER_AREA) for photo in pixels.array_NHWC])
    vectors = small.reshape(len(small), -1).astype(np.float32)
    vectors -= vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(vectors), 1000):
        cosines = vectors[start : start + 1000] @ vectors.T
        ones, others = np.nonzero(cosines > NEARLY_SAME)
        pairs += [
            (int(one) + start, int(other)) for one, other in zip(ones, others, strict=True) if other < one + start
        ]
    return pairs


class _Joined:
    """Disjoint sets; the smallest member stands for its set."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, member: int) -> int:
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low


def _unit(group: str, *, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
