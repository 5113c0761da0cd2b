"""Exact up to 50,000 rows (faiss scans), then a graph over short codes with exact distances of what it finds.

The graph serves l1, l2 and cosine at recall 0.99 as measured on the index's own rows, and is built when an index
that has outgrown the scan is first searched or saved. Hamming stays an exact count of bits: it is fast enough.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lookscape.index.protocol import Metric, Vectors
from lookscape.index.rows.resident import Resident
from lookscape.index.rows.scan import Found

if TYPE_CHECKING:
    from lookscape.index.graph.graph import Graph

MAX_SCANNED = 50_000
"""Rows up to which every search compares with all of them."""


class Backend(Resident):
    """Scans while that is fast, then walks a graph."""

    name = "faiss"

    def __init__(self, *, metric: Metric, dim: int) -> None:
        super().__init__(metric=metric, dim=dim)
        self._graph: Graph | None = None

    def add(self, ids: Sequence[str], vectors_ND: Vectors) -> None:
        """Add rows; an id already there is replaced."""
        before = len(self._rows.alive)
        super().add(ids, vectors_ND)
        if self._graph is not None and len(ids):
            self._graph.add(self._rows, self._rows.since(before))

    def _search(self, queries_ND: Vectors, *, limit: int) -> Found:
        self._settle()
        if self._graph is None:
            return super()._search(queries_ND, limit=limit)
        return self._graph.search(self._rows, queries_ND, limit=limit)

    def _settle(self) -> None:
        """Build the graph if the rows have outgrown the scan, or the graph that is there; else close the holes."""
        spent = self._graph is not None and (self._graph.is_outgrown or self._rows.is_sparse())
        if self._graph is not None and not spent:
            return
        self._graph = None
        super()._settle()
        if len(self._rows) > MAX_SCANNED and self.metric is not Metric.HAMMING:
            from lookscape.index.graph.graph import Graph

            self._graph = Graph.build(self._rows)

    def _extra(self) -> Mapping[str, NDArray[Any]]:
        return super()._extra() if self._graph is None else self._graph.arrays()

    def _restore(self, extra: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(extra)
        if "links" in extra:
            from lookscape.index.graph.graph import Graph

            self._graph = Graph.from_arrays(extra)
