"""Finds the beam width a graph needs, from rows it has not seen.

Recall counts a hit as right when it is no farther than the true K-th neighbour, so equal distances do not matter.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lookscape.index.protocol import Vectors
from lookscape.index.rows.ids import Positions
from lookscape.index.rows.rows import Rows
from lookscape.index.rows.scan import Found, scan

TARGET_RECALL = 0.99
NUM_ERRORS = 2.0
"""The mean recall must exceed the target by this many standard errors."""

LIMITS = (10, 100)
"""Limits a width is found for; between them it is interpolated, beyond them it grows in proportion."""

MAX_WIDTH = 1024
"""Widest beam; a limit that needs a wider one is scanned for."""

STEP = 1.08
"""Ratio between the widths tried."""


class BeamSearch(Protocol):
    """Search with a given width, whether it is enough or not."""

    def __call__(self, queries_ND: Vectors, *, limit: int, width: int) -> Found:
        """The nearest found."""
        ...


class Widths(NamedTuple):
    """The width found for each of LIMITS, 0 where none up to MAX_WIDTH was enough."""

    widths: tuple[int, ...] = (0,) * len(LIMITS)

    def at(self, limit: int, *, share_live: float) -> int | None:
        """The width for a limit, wider when only a share of the nodes is live; None: scan instead."""
        if 0 in self.widths:
            return None
        low, high = LIMITS
        narrow, wide = self.widths
        between = narrow + (wide - narrow) * max(limit - low, 0) / (high - low)
        width = math.ceil(max(between, wide * limit / high if limit > high else 0) / share_live)
        return width if width <= MAX_WIDTH else None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Rows held back as queries, the distances of their true neighbours among the rest."""

    queries_ND: Vectors
    truth_NK: NDArray[np.float32]

    def widths(self, search: BeamSearch) -> Widths:
        """The narrowest width that reaches the target at each limit."""
        return Widths(tuple(self._width(search, limit=limit) for limit in LIMITS))

    def recall(self, search: BeamSearch, *, limit: int, width: int) -> NDArray[np.float64]:
        """Share of each query's neighbours that a width finds."""
        found = search(self.queries_ND, limit=limit, width=width)
        near = found.distances_NK <= self.truth_NK[:, limit - 1 : limit] * (1 + 1e-5)
        recall_N: NDArray[np.float64] = (near & (found.positions_NK >= 0)).mean(axis=1)
        return recall_N

    def _width(self, search: BeamSearch, *, limit: int) -> int:
        num_steps = int(np.log(MAX_WIDTH / limit) / np.log(STEP))
        tried = sorted({round(limit * STEP**step) for step in range(num_steps)})
        at = bisect_left(tried, 1, key=lambda width: self._is_enough(search, limit=limit, width=width))
        return tried[at] if at < len(tried) else 0

    def _is_enough(self, search: BeamSearch, *, limit: int, width: int) -> int:
        recall_N = self.recall(search, limit=limit, width=width)
        error = recall_N.std() / np.sqrt(len(recall_N))
        return int(recall_N.mean() - NUM_ERRORS * error >= TARGET_RECALL)


def hold_back(rows: Rows, positions: Positions) -> Trial:
    """A trial with these rows as queries; none of them counts as a neighbour."""
    deepest = max(LIMITS)
    spare = 32 + deepest * 4 * len(positions) // len(rows)
    queries_ND = rows.vectors[positions]
    found = scan(rows, queries_ND, limit=deepest + spare)
    is_held = np.zeros(len(rows), dtype=np.bool_)
    is_held[positions] = True
    order_NK = np.argsort(is_held[found.positions_NK], axis=1, kind="stable")[:, :deepest]
    truth_NK = np.take_along_axis(found.distances_NK, order_NK, axis=1)
    return Trial(queries_ND=queries_ND, truth_NK=truth_NK)
