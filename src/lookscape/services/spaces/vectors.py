"""Rows of a Space by photo."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from lookscape.index.protocol import Vectors
from lookscape.representation.spaces.space import Space


def row_of(space: Space, photo_id: str) -> int | None:
    """The row of a photo, None when it is not in the Space."""
    row = bisect_left(space.ids, photo_id)
    return row if row < len(space.ids) and space.ids[row] == photo_id else None


def vectors_of(space: Space, photo_ids: Sequence[str]) -> Vectors:
    """The vectors of those photos that are in the Space, in their order; shape N x D."""
    rows = [row for photo_id in photo_ids if (row := row_of(space, photo_id)) is not None]
    return np.asarray(space.vectors[rows], np.float32).reshape(len(rows), space.dim)
