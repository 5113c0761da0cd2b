"""The nearest other product of photos: what a shop would show beside them, in one Space under one metric.

A photo's own product is no match, nor, where families are given, is a nearly equal photo that is sold as another
product. Ties go to the smaller photo id, as in every index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.index.protocol import Index, Vectors
from lookscape.representation.spaces.space import Space
from lookscape.services.spaces.vectors import row_of

FIRST = 8
"""Photos asked for at first; the nearest are often the product's own."""

WIDEN = 8
"""How many times more are asked for where all of those were its own."""

Families = Mapping[str, int]
"""Photo -> its family: photos of one product, copies and near-duplicates share a number (`Catalogued.groups`)."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """The nearest photo of another product, the product, and the distance in the metric asked for."""

    photo_id: str
    product_id: str
    distance: float


def nearest_other(
    engine: Engine, space: Space, metric: str | None, photo_ids: Sequence[str], *, families: Families | None = None
) -> dict[str, Match]:
    """Photo -> its match; photos without any other product to match are left out. `metric` None: the Space's own.

    Raises NotFoundError for a photo that is not in the Space, UsageError for an unknown metric.
    """
    index = engine.index(space, metric)
    found: dict[str, Match] = {}
    open_ids, limit = list(dict.fromkeys(photo_ids)), FIRST
    vectors_ND = _vectors(space, open_ids)
    while open_ids:
        limit = min(limit, index.count())
        answers = _answers(engine, index, open_ids, vectors_ND, limit=limit, families=families or {})
        found |= {photo_id: match for photo_id, match in zip(open_ids, answers, strict=True) if match}
        left = [] if limit >= index.count() else [place for place, match in enumerate(answers) if match is None]
        open_ids, vectors_ND, limit = [open_ids[place] for place in left], vectors_ND[left], limit * WIDEN
    return found


def _answers(
    engine: Engine, index: Index, photo_ids: Sequence[str], vectors_ND: Vectors, *, limit: int, families: Families
) -> list[Match | None]:
    near = index.search(vectors_ND, limit=limit)
    owners = engine.catalogue.products_of_photos({*photo_ids, *(other for ids in near.ids for other in ids)})

    def is_other(photo_id: str, other_id: str) -> bool:
        family = families.get(photo_id)
        alike = family is not None and family == families.get(other_id)
        return other_id in owners and not alike and set(owners[photo_id]).isdisjoint(owners[other_id])

    def match(photo_id: str, ids: Sequence[str], distances: Sequence[float]) -> Match | None:
        pairs = zip(ids, distances, strict=True)
        first = next(((other, far) for other, far in pairs if is_other(photo_id, other)), None)
        return first and Match(photo_id=first[0], product_id=owners[first[0]][0], distance=first[1])

    return [match(*answer) for answer in zip(photo_ids, near.ids, near.distances, strict=True)]


def _vectors(space: Space, photo_ids: Sequence[str]) -> Vectors:
    rows = [row_of(space, photo_id) for photo_id in photo_ids]
    if None in rows:
        missing = photo_ids[rows.index(None)]
        raise NotFoundError(f"photo {missing!r} is not in the space {space.name!r}; run: lookscape embed {space.model}")
    return np.asarray(space.vectors[np.array(rows, np.intp)], np.float32)
