"""Keeps a saved index in step with its Space: opens it, updates it by difference, or builds it again.

A saved index carries the fingerprint of the Space it was made from. The same fingerprint: opened as it is. Another:
the ids and vectors are compared and only what changed is added and removed. No file, a damaged one, one of another
shape, or too much change: built from the rows.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.errors import LookscapeError, NotFoundError
from lookscape.index.protocol import Index, Metric, Vectors

BACKENDS = "lookscape.index.backends"

MAX_CHANGE = 0.3
"""Share of rows added or replaced beyond which building again is quicker and leaves the better index."""

log = logging.getLogger(__name__)


class SpaceRows(Protocol):
    """What an index needs to know of a Space. `fingerprint` changes whenever ids or vectors do."""

    @property
    def dim(self) -> int:
        """D, the length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash of the ids and vectors."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """N ids, none twice."""
        ...

    @property
    def vectors(self) -> Vectors:
        """N x D, float32, may be memory-mapped."""
        ...


def index_path(folder: Path, *, space: str, metric: Metric, backend: str) -> Path:
    """Where the index of a Space lies: one file for each metric and backend."""
    return folder / f"{space}.{metric.value}.{backend}"


def open_index(path: Path, space: SpaceRows, *, backend: str, metric: Metric) -> Index:
    """The index over this Space as it is now, saved at `path` if it had to change.

    Raises UnknownNameError for a backend that is not there, and whatever adding the Space's rows raises.
    """
    index = _saved(path, space, backend=backend, metric=metric)
    if index is not None and index.fingerprint == space.fingerprint:
        return index
    if index is None or not _update(index, space):
        index = _empty(space, backend=backend, metric=metric)
        index.add(space.ids, space.vectors)
    index.fingerprint = space.fingerprint
    index.save(path)
    return index


def _empty(space: SpaceRows, *, backend: str, metric: Metric) -> Index:
    index: Index = parts.load(BACKENDS, backend).Backend(metric=metric, dim=space.dim)
    return index


def _saved(path: Path, space: SpaceRows, *, backend: str, metric: Metric) -> Index | None:
    """The saved index if it is of use for this Space and metric."""
    try:
        index: Index = parts.load(BACKENDS, backend).Backend.open(path)
    except NotFoundError:
        return None
    except LookscapeError as error:
        log.warning("building the index again: %s", error)
        return None
    return index if (index.metric, index.dim) == (metric, space.dim) else None


def _update(index: Index, space: SpaceRows) -> bool:
    """Add and remove the difference; False, with the index untouched, if that would be most of the rows."""
    held = index.holds(space.ids, space.vectors)
    new = np.flatnonzero(~held)
    if len(new) > MAX_CHANGE * max(index.count(), 1):
        return False
    index.remove(sorted(set(index.ids()).difference(space.ids)))
    if len(new):
        index.add([space.ids[row] for row in new.tolist()], _rows(space.vectors, new))
    return True


def _rows(vectors_ND: Vectors, positions: NDArray[np.intp]) -> Vectors:
    return np.ascontiguousarray(vectors_ND[positions])
