"""A graph of neighbours over short codes, walked and then checked on the full rows.

Nodes are row positions. Rows are linked one after the other, so adding later is the same act as building. Building
holds some rows back, asks the graph for their neighbours and compares with an exact scan: the narrowest beam whose
recall is above the target (two standard errors below its mean) is the one searches use. Queries play no part in it.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from lookscape.index import _encoding, _kernels
from lookscape.index._ids import Positions
from lookscape.index._kernels import NONE, Encoding, Hits, Marks, Walkable
from lookscape.index._rows import Rows
from lookscape.index._scan import Found, scan
from lookscape.index.protocol import Metric, Vectors

SEED = 20
NUM_LINKS = 32
LINK_WIDTH = 100
ALPHA = 1.2
"""Links per node, beam width while linking, and how much longer than another a link may be (squared distance)."""

TARGET_RECALL = 0.99
NUM_HELD_BACK = 1000
SAMPLE = 20_000
CALIBRATED = (10, 100)
"""Limits a beam width is found for; between them it is interpolated, beyond them it grows in proportion."""

MAX_WIDTH = 1024
"""Widest beam; a limit that needs a wider one is scanned for."""

THREADED = 16
"""Queries from which a batch is shared among threads."""


class Graph:
    """Approximate search over `Rows`; it holds links and codes only, the vectors stay with the rows."""

    def __init__(self, *, walkable: Walkable, encoding: Encoding, num_nodes: int) -> None:
        self._walkable, self._encoding, self._num_nodes = walkable, encoding, num_nodes
        self._built_for = num_nodes
        self._widths: tuple[int, ...] = (0,) * len(CALIBRATED)
        self._marks: list[Marks] = []

    @classmethod
    def build(cls, rows: Rows) -> Self:
        """Over rows without holes."""
        rng = np.random.default_rng(SEED)
        sample = np.sort(rng.choice(len(rows), min(SAMPLE, len(rows)), replace=False))
        encoding = _encoding.fit(rows.vectors_MD[sample], seed=SEED)
        codes_MC = _encoding.encode(encoding, rows.vectors_MD)
        walkable = _with_entries(codes_MC)
        graph = cls(walkable=walkable, encoding=encoding, num_nodes=len(rows))
        order = rng.permutation(_linkable(rows, np.arange(len(rows))))
        held_back, first = order[:NUM_HELD_BACK], order[NUM_HELD_BACK:]
        held_back = held_back[walkable.links_ML[held_back, 0] == NONE]
        graph._insert(first)
        graph._calibrate(rows, held_back)
        graph._insert(held_back)
        return graph

    @property
    def is_outgrown(self) -> bool:
        """Whether so many rows came after building that axes and beam widths should be found anew."""
        return self._num_nodes >= 2 * self._built_for

    def add(self, rows: Rows, positions: Positions) -> None:
        """Link rows that were just appended."""
        codes_NC = _encoding.encode(self._encoding._replace(alignment=np.float32(1)), rows.vectors_MD[positions])
        size = self._num_nodes + len(positions)
        codes_MC = grown(self._walkable.codes_MC, used=self._num_nodes, needed=size)
        links_ML = grown(self._walkable.links_ML, used=self._num_nodes, needed=size)
        codes_MC[self._num_nodes : size], links_ML[self._num_nodes : size] = codes_NC, NONE
        self._walkable = self._walkable._replace(codes_MC=codes_MC, links_ML=links_ML)
        self._num_nodes = size
        self._insert(_linkable(rows, positions))

    def search(self, rows: Rows, queries_ND: Vectors, *, limit: int) -> Found:
        """The `limit` nearest; whatever the graph cannot answer well is scanned for."""
        width = self._width(limit, share_live=len(rows) / self._num_nodes)
        if width is None or limit > len(rows):
            return scan(rows, queries_ND, limit=limit)
        found = self._beam_search(rows, queries_ND, limit=limit, width=width)
        lost = np.flatnonzero(found.positions_NK[:, -1] == NONE) if limit else ()
        if len(lost):
            again = scan(rows, queries_ND[lost], limit=limit)
            found.distances_NK[lost], found.positions_NK[lost] = again
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to save."""
        encoding = self._encoding
        numbers = [self._built_for, *self._widths]
        return {
            "links": self._walkable.links_ML[: self._num_nodes],
            "codes": self._walkable.codes_MC[: self._num_nodes],
            "entries": self._walkable.entries_E,
            "centre": encoding.centre_D,
            "axes": encoding.axes_CD,
            "offset": encoding.offset_C,
            "steps": np.array([encoding.scale, encoding.alignment], dtype=np.float32),
            "numbers": np.array(numbers, dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """What `arrays` gave; links and codes may stay on disk."""
        entries_E, codes_MC = arrays["entries"], arrays["codes"]
        walkable = Walkable(arrays["links"], codes_MC, entries_E, codes_MC[entries_E])
        steps = [np.float32(step) for step in arrays["steps"]]
        encoding = Encoding(arrays["centre"], arrays["axes"], arrays["offset"], *steps)
        graph = cls(walkable=walkable, encoding=encoding, num_nodes=len(codes_MC))
        graph._built_for, *widths = arrays["numbers"].tolist()
        graph._widths = tuple(widths)
        return graph
