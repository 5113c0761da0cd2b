"""Decoded latents as records: where the image is, and which real product is closest to it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.index.calibration import Calibration
from lookscape.index.protocol import Metric, Vectors
from lookscape.representation.latents.code import fits, to_code
from lookscape.representation.latents.codec import Codec
from lookscape.services.inputs import parse_filter
from lookscape.services.language.opened import Opened
from lookscape.services.records import MACHINES_ONLY, Record
from lookscape.services.spaces.calibration import calibration_of

EXTRA = 3
"""Photos to ask for per wanted product, since several may belong to one product."""


LIKENESS = ((0.95, "nearly the same"), (0.8, "very similar"), (0.5, "alike"), (0.2, "somewhat similar"))
"""From which score on how alike two products are said to be."""

UNLIKE = "hardly similar"


class Match(Record):
    """A real product and how like it is, by the Euclidean distance of its latents."""

    product_id: str
    name: str
    likeness: str = Field(description="how similar the two are, in words")
    distance: float = Field(
        description="between the latents, Euclidean; 0 is the same", json_schema_extra=MACHINES_ONLY
    )
    score: float = Field(
        description="0 to 1: as close as an altered copy of a photo (1) or no closer than chance (0)",
        json_schema_extra=MACHINES_ONLY,
    )
    photo_id: str = Field(description="the product's photo that is closest", json_schema_extra=MACHINES_ONLY)
    image_url: str = Field(description="URL of that photo", json_schema_extra=MACHINES_ONLY)


class Drawn(Match):
    """A decoded latent and the real product it was matched with."""

    drawn_url: str = Field(description="URL of the decoded image", json_schema_extra=MACHINES_ONLY)


@dataclass(frozen=True, kw_only=True)
class Near:
    """One product near a latent: the photo by which it is near, and how far."""

    product_id: str
    photo_id: str
    distance: float


def drawn_url(codec: Codec, latents_ND: Vectors, *, form: str = "one") -> str:
    """Where decoded latents can be seen; `form` is one, strip or animation. Empty when they are too many for a URL."""
    if not fits(latents_ND):
        return ""
    return f"/decoded/{codec.name}/{codec.key}/{form}/{to_code(latents_ND)}.webp"


def allowed_products(engine: Engine, where: tuple[str, ...]) -> set[str] | None:
    """Products that pass the filters; None means all. Raises UsageError when none does."""
    wanted = parse_filter(where)
    if wanted.is_empty:
        return None
    allowed = engine.catalogue.matching(wanted)
    if not allowed:
        raise UsageError(f"no product passes {', '.join(where)}")
    return allowed


def nearest(
    opened: Opened,
    latents_ND: Vectors,
    *,
    limit: int,
    allowed: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> list[list[Near]]:
    """The closest products of each latent, at most `limit`, closest first, one entry per product."""
    index = opened.engine.index(opened.space, "l2")
    ask = min(index.count(), (limit + len(exclude)) * EXTRA)
    while True:
        found = index.search(latents_ND, limit=ask)
        owners = opened.engine.catalogue.products_of_photos({photo_id for ids in found.ids for photo_id in ids})
        rows = [
            list(_one_each(zip(ids, distances, strict=True), owners, allowed, exclude))[:limit]
            for ids, distances in zip(found.ids, found.distances, strict=True)
        ]
        if ask == index.count() or all(len(row) == limit for row in rows):
            return rows
        ask = min(index.count(), ask * 8)


def matches(opened: Opened, near: Sequence[Near]) -> list[Match]:
    """With names, image URLs, and what the distances mean in this catalogue."""
    products = opened.engine.catalogue.products(one.product_id for one in near)
    calibration = calibration_of(opened.engine, opened.space, Metric.L2)
    return [_match(one, products[one.product_id].name, calibration) for one in near if one.product_id in products]


def likeness(score: float) -> str:
    """A score of the calibration in words."""
    return next((words for least, words in LIKENESS if score >= least), UNLIKE)


def _match(near: Near, name: str, calibration: Calibration) -> Match:
    score = calibration.score(near.distance)
    return Match(
        product_id=near.product_id,
        name=name,
        likeness=likeness(score),
        distance=near.distance,
        score=score,
        photo_id=near.photo_id,
        image_url=f"/photos/{near.photo_id}.jpg",
    )


def _one_each(
    near: Iterable[tuple[str, float]],
    owners: dict[str, tuple[str, ...]],
    allowed: Collection[str] | None,
    exclude: Collection[str],
) -> Iterator[Near]:
    seen = set(exclude)
    for photo_id, distance in near:
        for product_id in owners.get(photo_id, ()):
            if product_id not in seen and (allowed is None or product_id in allowed):
                seen.add(product_id)
                yield Near(product_id=product_id, photo_id=photo_id, distance=float(distance))
