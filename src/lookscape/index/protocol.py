"""What every search backend offers: add, remove, search, count, save.

Ids are strings at this layer's edge (photo ids); backends keep positions inside. Searching from many threads
at once is safe; adding and removing are for the one owner of an index, who then saves it for the readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""N x D vectors, one row per photo."""


class Metric(StrEnum):
    """How far apart two vectors are; smaller is closer.

    l1: sum of absolute differences. l2: Euclidean distance (not squared). cosine: 1 - cosine similarity, in
    [0, 2], and 1 from a zero vector to anything. hamming: number of differing sign bits of the vectors centred on
    the mean of the rows the index holds now, in [0, D].
    """

    L1 = "l1"
    L2 = "l2"
    COSINE = "cosine"
    HAMMING = "hamming"


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """K nearest of N queries: `ids` N lists of at most K ids, `distances` the same shape, closest first."""

    ids: tuple[tuple[str, ...], ...]
    distances: tuple[tuple[float, ...], ...]


class Index(Protocol):
    """The search structure over one Space under one metric.

    `fingerprint` names the state of the Space it was made from (empty: none); `save` keeps it.
    """

    metric: Metric
    dim: int
    fingerprint: str

    def __init__(self, *, metric: Metric, dim: int) -> None:
        """An empty index over vectors of `dim` dimensions."""
        ...

    def add(self, ids: Sequence[str], vectors_ND: Vectors) -> None:
        """Add rows; an id already there is replaced.

        Raises UsageError on a wrong shape, non-finite values, or an id given twice in one call.
        """
        ...

    def remove(self, ids: Sequence[str]) -> int:
        """Remove rows and return how many were there. No rebuild."""
        ...

    def search(self, queries_ND: Vectors, *, limit: int) -> Neighbours:
        """The `limit` nearest of each query, ties broken by id; fewer if the index holds fewer."""
        ...

    def count(self) -> int:
        """Rows held."""
        ...

    def ids(self) -> list[str]:
        """Every id held, sorted."""
        ...

    def holds(self, ids: Sequence[str], vectors_ND: Vectors) -> NDArray[np.bool_]:
        """For each row, whether this id is held with this very vector (under cosine: with this direction)."""
        ...

    def save(self, path: Path) -> None:
        """Write atomically: a reader sees the old file or the new one."""
        ...

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote, unpickling nothing. Raises NotFoundError, or LookscapeError if it is damaged."""
        ...
