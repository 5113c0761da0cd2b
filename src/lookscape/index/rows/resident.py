"""An index whose rows live in this process, searched by comparing all of them; backends build on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.index import metrics
from lookscape.index.protocol import Metric, Neighbours, Vectors
from lookscape.index.rows import store
from lookscape.index.rows.rows import Rows
from lookscape.index.rows.scan import Found, SignTable, scan


class Resident:
    """Exact search over the rows held; `name` is the backend's, written into its files."""

    name: ClassVar[str]

    def __init__(self, *, metric: Metric, dim: int) -> None:
        self.metric, self.dim = Metric(metric), dim
        self.fingerprint = ""
        self._rows = Rows(metric=self.metric, dim=dim)
        self._signs: SignTable | None = None

    def add(self, ids: Sequence[str], vectors_ND: Vectors) -> None:
        """Add rows; an id already there is replaced."""
        self._rows.add(ids, vectors_ND)
        self._signs = None

    def remove(self, ids: Sequence[str]) -> int:
        """Remove rows and return how many were there."""
        self._signs = None
        return self._rows.remove(ids)

    def search(self, queries_ND: Vectors, *, limit: int) -> Neighbours:
        """The `limit` nearest of each query, ties broken by id; fewer if the index holds fewer."""
        if limit < 0:
            raise UsageError(f"limit {limit} given; ask for 0 hits or more")
        queries_ND = metrics.stored(metrics.checked(queries_ND, dim=self.dim), metric=self.metric)
        found = self._search(queries_ND, limit=limit)
        return found.named(self._rows)

    def count(self) -> int:
        """Rows held."""
        return len(self._rows)

    def ids(self) -> list[str]:
        """Every id held, sorted."""
        return self._rows.ids.sorted_names()

    def holds(self, ids: Sequence[str], vectors_ND: Vectors) -> NDArray[np.bool_]:
        """For each row, whether this id is held with this very vector (under cosine: with this direction)."""
        return self._rows.holds(ids, vectors_ND)

    def save(self, path: Path) -> None:
        """Write atomically: a reader sees the old file or the new one."""
        self._settle()
        saved = store.Saved(rows=self._rows, fingerprint=self.fingerprint, extra=self._extra())
        store.save(path, saved, backend=self.name)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map what `save` wrote. Raises NotFoundError, or LookscapeError on a damaged file."""
        saved = store.load(path, backend=cls.name)
        index = cls(metric=saved.rows.metric, dim=saved.rows.dim)
        index._rows, index.fingerprint = saved.rows, saved.fingerprint
        index._restore(saved.extra)
        return index

    def _search(self, queries_ND: Vectors, *, limit: int) -> Found:
        self._settle()
        return scan(self._rows, queries_ND, limit=limit, signs=self._sign_table())

    def _settle(self) -> None:
        """Close the holes: a scan reads everything, and signs are about the mean of what is there."""
        if len(self._rows) < len(self._rows.alive):
            self._rows = self._rows.packed()

    def _sign_table(self) -> SignTable | None:
        """Made again after every change of the rows, since the mean the signs are about has moved."""
        if self.metric is not Metric.HAMMING:
            return None
        if self._signs is None:
            self._signs = SignTable.of(self._rows.vectors)
        return self._signs

    def _extra(self) -> Mapping[str, NDArray[Any]]:
        signs = self._sign_table()
        return {} if signs is None else {"bits": signs.bits_MB, "centre": signs.centre_D}

    def _restore(self, extra: Mapping[str, NDArray[Any]]) -> None:
        if "bits" in extra:
            self._signs = SignTable(bits_MB=extra["bits"], centre_D=extra["centre"])
