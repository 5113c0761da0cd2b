"""Ids and float32 vectors by position: the part every backend in this process shares.

A removed row leaves a hole, so positions stay put and a graph over them stays valid; `packed` closes the holes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from lookscape.index import metrics
from lookscape.index.protocol import Metric, Vectors
from lookscape.index.rows.ids import Ids, Positions

Scalar = TypeVar("Scalar", bound=np.generic)

MAX_HOLES = 0.25
"""Share of positions that may be holes before the rows are packed again."""

BLOCK = 4096
"""Rows worked on at once, so that a million rows need no second copy of themselves."""

HEADROOM = 1 / 8
"""Spare room taken when rows outgrow their array, as a share of the rows: adding stays cheap, memory tight."""


class Rows:
    """Vectors as the metric wants them stored, each under its id."""

    def __init__(self, *, metric: Metric, dim: int) -> None:
        self.metric, self.dim = metric, dim
        self.ids = Ids()
        self._room_MD: Vectors = np.empty((0, dim), dtype=np.float32)
        self._used = 0
        self._alive: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)

    def __len__(self) -> int:
        """Live rows."""
        return len(self.ids)

    @property
    def vectors(self) -> Vectors:
        """Every position's vector, holes included (their values mean nothing)."""
        return self._room_MD[: self._used]

    @property
    def alive(self) -> NDArray[np.bool_]:
        """One flag per position: False for a hole."""
        return self._alive

    def add(self, ids: Sequence[str], vectors_ND: Vectors) -> Positions:
        """Append rows, dropping those held under the same ids, and return the new positions."""
        metrics.checked_ids(ids, num_rows=len(vectors_ND))
        rows_ND = metrics.checked(vectors_ND, dim=self.dim)
        self._drop(self.ids.find(ids))
        positions = self.ids.append(ids)
        self._room_MD = grown(self._room_MD, used=self._used, needed=self._used + len(ids))
        for start in range(0, len(ids), BLOCK):
            part_ND = metrics.stored(rows_ND[start : start + BLOCK], metric=self.metric)
            self._room_MD[self._used : self._used + len(part_ND)] = part_ND
            self._used += len(part_ND)
        self._alive = np.concatenate([self._alive, np.ones(len(ids), dtype=np.bool_)])
        return positions

    def remove(self, ids: Sequence[str]) -> int:
        """Drop these ids and return how many were there."""
        return self._drop(self.ids.find(list(dict.fromkeys(ids))))

    def holds(self, ids: Sequence[str], vectors_ND: Vectors) -> NDArray[np.bool_]:
        """Whether each id is here with exactly this vector, compared as stored."""
        rows_ND = metrics.checked(vectors_ND, dim=self.dim)
        positions = self.ids.find(ids)
        same = positions >= 0
        for start in range(0, len(positions), BLOCK):
            part = slice(start, start + BLOCK)
            given = metrics.stored(rows_ND[part], metric=self.metric)
            same[part] &= (self.vectors[positions[part]] == given).all(axis=1) if self._used else False
        return same

    def since(self, position: int) -> Positions:
        """Every position from this one on."""
        return np.arange(position, self._used)

    def is_sparse(self) -> bool:
        """Whether so many positions are holes that packing pays."""
        return len(self) < (1 - MAX_HOLES) * self._used

    def packed(self) -> "Rows":
        """The same rows without holes, at new positions in the old order."""
        kept = np.flatnonzero(self._alive)
        rows = Rows(metric=self.metric, dim=self.dim)
        rows.ids.append(self.ids.names(kept))
        rows._room_MD, rows._used = self.vectors[kept], len(kept)
        rows._alive = np.ones(len(kept), dtype=np.bool_)
        return rows

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to save."""
        return {"vectors": self.vectors, **self.ids.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], *, metric: Metric, is_hex: bool) -> Self:
        """What `arrays` gave; the vectors may stay on disk."""
        rows = cls(metric=metric, dim=arrays["vectors"].shape[1])
        rows.ids = Ids.from_arrays(arrays["keys"], arrays["order"], is_hex=is_hex)
        rows._room_MD, rows._used = arrays["vectors"], len(arrays["vectors"])
        rows._alive = rows.ids.alive
        return rows

    def _drop(self, positions: Positions) -> int:
        positions = positions[positions >= 0]
        self.ids.discard(positions)
        self._alive[positions] = False
        return len(positions)


def grown(array: NDArray[Scalar], *, used: int, needed: int) -> NDArray[Scalar]:
    """The array itself if it has room for `needed` rows, else a larger one with the `used` rows copied."""
    if needed <= len(array):
        return array
    larger = np.empty((max(needed, used + int(used * HEADROOM)), *array.shape[1:]), dtype=array.dtype)
    larger[:used] = array[:used]
    return larger
