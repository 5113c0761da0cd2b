"""From neighbours to hits: one per product, filtered, paged, scored, with everything a person wants to see."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.catalogue.records import Filter, Product
from lookscape.engine import Engine
from lookscape.index.calibration import Calibration
from lookscape.index.protocol import Index
from lookscape.representation.spaces.space import Space
from lookscape.services.records import MACHINES_ONLY, Record
from lookscape.services.spaces.calibration import calibration_of
from lookscape.services.spaces.vectors import vectors_of

CONSIDERED = 16
"""First hits that decide whether anything here looks like the question, as in the calibration."""

MORE_THAN_CHANCE = 0.5
"""A score from which a hit is rather a copy than a stranger, however unusual the photo."""

EXTRA = 3
"""Photos to ask for per wanted product, since several may belong to one product."""


class Hit(Record):
    """One product that looks like the question."""

    product_id: str
    photo_id: str = Field(description="the product's photo that is closest", json_schema_extra=MACHINES_ONLY)
    name: str
    distance: float = Field(description="in the metric of the search; smaller is closer")
    score: float = Field(
        description="0 to 1: as certain as a copy of the same product (1) or no closer than chance (0)"
    )
    attributes: dict[str, str] = Field(description="the first value of each")
    values: dict[str, list[str]] = Field(default={}, description="every value of each attribute")
    sources: list[str] = Field(description="paths of the product's photos as ingested")
    image_url: str = Field(description="URL of the photo", json_schema_extra=MACHINES_ONLY)


class Hits(Record):
    """The answer of a search."""

    hits: list[Hit]
    found: bool = Field(description="false: nothing here looks like this; the hits are only the closest")
    message: str = Field(description="the same in words")
    space: str
    metric: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for: a vector, and which products may answer."""

    vector: NDArray[np.float32]
    limit: int
    offset: int = 0
    wanted: Filter = field(default_factory=Filter)
    exclude: frozenset[str] = frozenset()


def answer(engine: Engine, space: Space, metric: str | None, question: Question) -> Hits:
    """Search one Space. Raises UsageError for an unknown metric."""
    index = engine.index(space, metric)
    calibration = calibration_of(engine, space, index.metric)
    pairs = _products(engine, space, index, question)
    hits = _hits(engine, pairs[question.offset :], calibration)
    surely = any(calibration.score(distance) >= MORE_THAN_CHANCE for *_, distance in pairs[:1])
    found = surely or _nearest(space, question, pairs) <= calibration.reject_above
    return Hits(
        hits=hits, found=found, message=_message(hits, found=found), space=space.name, metric=index.metric.value
    )


def first_products(engine: Engine, index: Index, queries_ND: NDArray[np.float32], *, limit: int) -> list[list[str]]:
    """The first `limit` products of many questions at once, closest first, one per product."""
    near = index.search(queries_ND, limit=min(index.count(), limit * EXTRA))
    owners = engine.catalogue.products_of_photos(photo_id for ids in near.ids for photo_id in ids)
    rows = ([product for photo_id in ids for product in owners.get(photo_id, ())] for ids in near.ids)
    return [list(dict.fromkeys(products))[:limit] for products in rows]


def _nearest(space: Space, question: Question, pairs: Sequence[tuple[str, str, float]]) -> float:
    """The Euclidean distance of the nearest of the first hits; infinite when there is none."""
    rows_ND = vectors_of(space, [photo_id for _, photo_id, _ in pairs[:CONSIDERED]])
    return float(np.linalg.norm(rows_ND - question.vector, axis=1).min(initial=np.inf))


def _message(hits: Sequence[Hit], *, found: bool) -> str:
    if not hits:
        return "no product passes the filters"
    return "" if found else "nothing like this here: the products below are just the closest"


def _products(engine: Engine, space: Space, index: Index, question: Question) -> list[tuple[str, str, float]]:
    """(product, photo, distance), closest first, one per product, at most offset + limit."""
    allowed = None if question.wanted.is_empty else engine.catalogue.matching(question.wanted)
    needed = question.offset + question.limit
    ask = min(index.count(), (needed + len(question.exclude)) * EXTRA)
    while True:
        near = _neighbours(index, question.vector, ask)
        pairs = list(_one_each(engine, near, question.exclude, allowed))
        if len(pairs) >= needed or ask >= index.count():
            return pairs[:needed]
        ask = min(index.count(), ask * 8)


def _neighbours(index: Index, vector_D: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
    if count == 0:
        return []
    near = index.search(vector_D[None, :], limit=count)
    return list(zip(near.ids[0], near.distances[0], strict=True))


def _one_each(
    engine: Engine, near: Sequence[tuple[str, float]], exclude: Iterable[str], allowed: set[str] | None
) -> Iterator[tuple[str, str, float]]:
    seen = set(exclude)
    owners = engine.catalogue.products_of_photos(photo_id for photo_id, _ in near)
    for photo_id, distance in near:
        for product_id in owners.get(photo_id, ()):
            if product_id not in seen and (allowed is None or product_id in allowed):
                seen.add(product_id)
                yield product_id, photo_id, distance


def _hits(engine: Engine, pairs: Sequence[tuple[str, str, float]], calibration: Calibration) -> list[Hit]:
    ids = [product_id for product_id, *_ in pairs]
    products = engine.catalogue.products(ids)
    paths: dict[str, list[str]] = {}
    for file in engine.catalogue.sources(ids):
        paths.setdefault(str(file.product_id), []).append(file.path)
    return [
        _hit(products[product_id], photo_id, distance, paths.get(product_id, []), calibration)
        for product_id, photo_id, distance in pairs
        if product_id in products
    ]


def _hit(product: Product, photo_id: str, distance: float, paths: list[str], calibration: Calibration) -> Hit:
    return Hit(
        product_id=product.id,
        photo_id=photo_id,
        name=product.name,
        distance=distance,
        score=calibration.score(distance),
        attributes=dict(product.attributes),
        values={name: list(values) for name, values in product.values.items()},
        sources=paths,
        image_url=f"/photos/{photo_id}.jpg",
    )
