"""A few hundred queries of a match board laid out by t-SNE: do photos of one label lie together, and which ones mix?"""

from collections.abc import Sequence

import numpy as np

from lookscape import parts
from lookscape.index import neighbourhood
from lookscape.index.layouts import tsne
from lookscape.index.maintain import BACKENDS
from lookscape.index.protocol import Index, Metric, Vectors
from lookscape.services.maps.layout import first_components
from lookscape.services.match.figures import Point

FEWEST = 10
"""Fewer photos make no map."""


def lay_out(
    space: str, metric: Metric, photo_ids: Sequence[str], vectors_ND: Vectors, labels: Sequence[str]
) -> list[Point]:
    """The map of N photos, whose ids are sorted; none for fewer than FEWEST. The same for the same vectors."""
    if len(photo_ids) < FEWEST:
        return []
    index: Index = parts.load(BACKENDS, "exact").Backend(metric=metric, dim=vectors_ND.shape[1])
    index.add(photo_ids, vectors_ND)
    near = neighbourhood.among_themselves(index, photo_ids, vectors_ND, num=tsne.NEIGHBOURS, report=_tell_nobody)
    start_ND = first_components(vectors_ND, metric=metric, num_dims=2, seed=0)
    found_ND = tsne.lay_out(near, start_ND, seed=0, threads=1, report=_tell_nobody)
    low, high = found_ND.min(axis=0), found_ND.max(axis=0)
    places_ND = (found_ND - low) / np.where(high > low, high - low, 1.0)
    return [
        Point(space=space, photo_id=photo_id, label=label, x=round(float(x), 4), y=round(float(y), 4))
        for photo_id, label, (x, y) in zip(photo_ids, labels, places_ND, strict=True)
    ]


def _tell_nobody(done: int, total: int) -> None:
    """Progress of a second's work."""
