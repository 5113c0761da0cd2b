"""A graph of neighbours over short codes, walked and then checked on the full rows.

Nodes are row positions. Rows are linked one after the other, so adding later is the same act as building. Building
holds some rows back, asks the graph for their neighbours and compares with an exact scan: the narrowest beam whose
recall is above the target (two standard errors below its mean) is the one searches use. Queries play no part in it.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from lookscape.index.graph import encoding as graph_encoding
from lookscape.index.graph import kernels
from lookscape.index.graph.beam_width import Trial, Widths, hold_back
from lookscape.index.graph.kernels import NONE, Codes, Encoding, Hits, Marks, Searchable, Walkable
from lookscape.index.protocol import Metric, Vectors
from lookscape.index.rows.ids import Positions
from lookscape.index.rows.rows import Rows, grown
from lookscape.index.rows.scan import Found, by_distance_then_id, scan

SEED = 20
NUM_LINKS = 32
LINK_WIDTH = 100
ALPHA = 1.2
"""Links per node, beam width while linking, and how much longer than another a link may be (squared distance)."""

NUM_HELD_BACK = 2000
SAMPLE = 20_000
"""Rows held back for finding beam widths, and rows the axes are fitted to."""

METRICS = {Metric.L1: kernels.L1, Metric.L2: kernels.L2, Metric.COSINE: kernels.COSINE}

MAX_POINTS = 128
"""Rows per entry that the clustering looks at."""

ALIGNMENTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Cosines between the rests of a query and a row that are tried; `_encoding` says what they are for."""

THREADED = 16
"""Queries from which a batch is shared among threads."""


class Graph:
    """Approximate search over `Rows`; it holds links and codes only, the vectors stay with the rows."""

    def __init__(self, *, walkable: Walkable, encoding: Encoding, num_nodes: int) -> None:
        self._walkable, self._encoding, self._num_nodes = walkable, encoding, num_nodes
        self._built_for = num_nodes
        self._widths = Widths()
        self._marks: list[Marks] = []

    @classmethod
    def build(cls, rows: Rows) -> Self:
        """Over rows without holes."""
        rng = np.random.default_rng(SEED)
        sample = np.sort(rng.choice(len(rows), min(SAMPLE, len(rows)), replace=False))
        encoding = graph_encoding.fit(rows.vectors[sample], seed=SEED)
        codes_MC = graph_encoding.encode(encoding, rows.vectors)
        order = rng.permutation(_linkable(rows, np.arange(len(rows))))
        walkable = _with_entries(codes_MC, order if len(order) else np.arange(len(rows)))
        graph = cls(walkable=walkable, encoding=encoding, num_nodes=len(rows))
        if len(order) <= NUM_HELD_BACK:
            return graph  # Nearly all rows are zero: without a width every search is a scan.
        held_back, first = order[:NUM_HELD_BACK], order[NUM_HELD_BACK:]
        held_back = held_back[walkable.links_ML[held_back, 0] == NONE]
        graph._insert(first)
        trial = hold_back(rows, held_back)
        graph._align(rows, trial)
        graph._widths = trial.widths(partial(graph._beam_search, rows))
        graph._insert(held_back)
        return graph

    @property
    def is_outgrown(self) -> bool:
        """Whether so many rows came after building that axes and beam widths should be found anew."""
        return self._num_nodes >= 2 * self._built_for

    def add(self, rows: Rows, positions: Positions) -> None:
        """Link rows that were just appended."""
        codes_NC = graph_encoding.encode(self._encoding._replace(alignment=np.float32(1)), rows.vectors[positions])
        size = self._num_nodes + len(positions)
        codes_MC = grown(self._walkable.codes_MC, used=self._num_nodes, needed=size)
        links_ML = grown(self._walkable.links_ML, used=self._num_nodes, needed=size)
        codes_MC[self._num_nodes : size], links_ML[self._num_nodes : size] = codes_NC, NONE
        self._walkable = self._walkable._replace(codes_MC=codes_MC, links_ML=links_ML)
        self._num_nodes = size
        self._insert(_linkable(rows, positions))

    def search(self, rows: Rows, queries_ND: Vectors, *, limit: int) -> Found:
        """The `limit` nearest; whatever the graph cannot answer well is scanned for."""
        width = self._widths.at(limit, share_live=len(rows) / self._num_nodes)
        if width is None or not 0 < limit <= len(rows):
            return scan(rows, queries_ND, limit=limit)
        found = self._beam_search(rows, queries_ND, limit=limit, width=width)
        short = found.positions_NK[:, -1] == NONE
        if short.any():
            lost = np.flatnonzero(short)
            again = scan(rows, queries_ND[lost], limit=limit)
            found.distances_NK[lost], found.positions_NK[lost] = again
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to save."""
        encoding = self._encoding
        numbers = [self._built_for, *self._widths.widths]
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
        graph._widths = Widths(tuple(widths))
        return graph

    def _insert(self, nodes: Positions) -> None:
        marks = self._borrow_marks()
        kernels.insert(self._walkable, nodes, marks, LINK_WIDTH, ALPHA)
        self._marks.append(marks)

    def _align(self, rows: Rows, trial: Trial) -> None:
        """Give queries the alignment under which a beam of the usual size finds most."""

        def recall(encoding: Encoding) -> float:
            self._encoding = encoding
            return float(trial.recall(partial(self._beam_search, rows), limit=10, width=40).mean())

        self._encoding = max([self._encoding._replace(alignment=np.float32(a)) for a in ALIGNMENTS], key=recall)

    def _beam_search(self, rows: Rows, queries_ND: Vectors, *, limit: int, width: int) -> Found:
        """Positions are NONE where the beam held fewer live rows than asked for."""
        shape = len(queries_ND), limit
        hits = Hits(np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int64))
        target = Searchable(self._walkable, self._encoding, rows.vectors, rows.alive, METRICS[rows.metric])

        def work(part: slice) -> bool:
            share = Hits(hits.distances_NK[part], hits.positions_NK[part])
            marks = self._borrow_marks()
            tied = kernels.search(target, queries_ND[part], marks, share, width)
            self._marks.append(marks)
            return tied

        tied = _share_out(work, num_queries=len(queries_ND))
        found = Found(hits.distances_NK, hits.positions_NK)
        return by_distance_then_id(rows, *found) if tied else found

    def _borrow_marks(self) -> Marks:
        """Marks no other thread is using, kept from an earlier walk where there are any of the right size."""
        try:
            marks = self._marks.pop()
        except IndexError:
            marks = None
        if marks is None or len(marks.met_M) < self._num_nodes:
            room = len(self._walkable.links_ML)
            return Marks(np.zeros(room, dtype=np.uint8), np.zeros(1, dtype=np.uint8))
        return marks


def _linkable(rows: Rows, positions: Positions) -> Positions:
    """Without zero rows under cosine: they are as far from everything as can be told and near to nothing."""
    if rows.metric is not Metric.COSINE:
        return positions
    return positions[[bool(rows.vectors[position].any()) for position in positions]]


def _with_entries(codes_MC: Codes, order: Positions) -> Walkable:
    """Nothing linked yet but the entries, one near each centre of a clustering, linked among themselves.

    The clusters are of the first rows in `order`, which is random.
    """
    num_entries = 2 ** round(np.log2(np.sqrt(len(codes_MC))))
    sample = np.sort(order[: MAX_POINTS * num_entries])
    points_NC = codes_MC[sample].astype(np.float32)
    clustering = faiss.Kmeans(points_NC.shape[1], num_entries, niter=8, seed=SEED, max_points_per_centroid=MAX_POINTS)
    clustering.train(points_NC)
    centroids: Vectors = np.asarray(clustering.centroids)
    _, nearest = faiss.knn(centroids, points_NC, 1)
    entries_E = np.unique(sample[nearest[:, 0]]).astype(np.int32)
    links_ML = np.full((len(codes_MC), NUM_LINKS), NONE, dtype=np.int32)
    walkable = Walkable(links_ML, codes_MC, entries_E, codes_MC[entries_E])
    kernels.link_entries(walkable, 1.0)
    return walkable


def _share_out(work: Callable[[slice], bool], *, num_queries: int) -> bool:
    """Call `work` on parts of a batch, in threads when it is large, and tell whether any said yes.

    Kernels run without the interpreter lock.
    """
    num_threads = faiss.omp_get_max_threads()
    if num_queries < THREADED or num_threads == 1:
        return work(slice(None))
    step = -(-num_queries // (4 * num_threads))
    parts = [slice(start, start + step) for start in range(0, num_queries, step)]
    return any(list(_threads(num_threads).map(work, parts)))


@cache
def _threads(num: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(num, thread_name_prefix="graph-search")
