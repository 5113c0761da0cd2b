"""Explain why two products are close: which areas of each photo bring it closer to the other.

PRODUCT and OTHER are ids, such as a product and a hit of `search like`. One area of a photo after another is hidden;
where that moves the two apart, they are alike. It works for every Space, whatever its model.
"""

from pydantic import Field

from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which two products, compared how."""

    product: str = _tool.positional("a product's id")
    other: str = _tool.positional("another product's id")
    space: str | None = Field(default=None, description="the Space to compare in; default: the default model's")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")


class Side(_tool.Result):
    """One of the two photos."""

    product_id: str
    name: str
    photo_id: str = Field(description="the product's photo that is compared", json_schema_extra=_tool.MACHINES_ONLY)
    strongest: str = Field(description="the ninth of the photo that counts most, such as top left or centre")
    image_url: str = Field(description="URL of the photo", json_schema_extra=_tool.MACHINES_ONLY)
    shared_url: str = Field(description="the photo with what it shares with the other one drawn over it")


class Result(_tool.Result):
    """What the two share."""

    words: str = Field(description="the answer in a sentence")
    distance: float = Field(description="between the two photos in the metric; smaller is closer")
    score: float = Field(
        description="0 to 1: as certain as a copy of the same product (1) or no closer than chance (0)"
    )
    same: list[str] = Field(description="attributes on which the two agree, name=value")
    differ: list[str] = Field(description="attributes on which they do not, name=value | other value")
    space: str
    metric: str
    sides: list[Side]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Compare the first photos of the two. Raises NotFoundError for a product there is not, or not embedded yet."""
    import numpy as np

    from lookscape.index.calibration import paired_distances
    from lookscape.index.metrics import mean
    from lookscape.services.search.shared import Pair, shared_map, strongest_place
    from lookscape.services.spaces.calibration import calibration_of
    from lookscape.services.spaces.vectors import vectors_of

    space = engine.space(params.space)
    metric = engine.index(space, params.metric).metric
    products = [engine.catalogue.product(name) for name in (params.product, params.other)]
    photo_ids = [_first(product.photo_ids, name=product.id) for product in products]
    vectors_2D = vectors_of(space, photo_ids)
    if len(vectors_2D) < len(products):
        raise NotFoundError(f"not both products are in the space {space.name!r} yet; run: lookscape embed")
    centre_D = mean(space.vectors) if metric.value == "hamming" else np.zeros(space.dim, np.float32)
    distance = float(paired_distances(vectors_2D[:1], vectors_2D[1:], metric=metric, centre_D=centre_D)[0])
    pair = Pair(space=space.name, metric=metric, photo_id=photo_ids[0], other_id=photo_ids[1])
    sides = []
    for number, (product, asked) in enumerate(zip(products, (pair, pair.turned), strict=True)):
        progress(number, len(products), "hiding areas")
        sides.append(
            Side(
                product_id=product.id,
                name=product.name,
                photo_id=asked.photo_id,
                strongest=strongest_place(shared_map(engine, asked)),
                image_url=f"/photos/{asked.photo_id}.jpg",
                shared_url=asked.url(space.key),
            )
        )
    one, other = (_values(product) for product in products)
    common = sorted(set(one) & set(other))
    return Result(
        words=f"most alike at the {sides[0].strongest} of the first and the {sides[1].strongest} of the other",
        distance=distance,
        score=calibration_of(engine, space, metric).score(distance),
        same=[f"{name}={one[name]}" for name in common if one[name] == other[name]],
        differ=[f"{name}={one[name]} | {other[name]}" for name in common if one[name] != other[name]],
        space=space.name,
        metric=metric.value,
        sides=sides,
    )


def _first(photo_ids: tuple[str, ...], *, name: str) -> str:
    if not photo_ids:
        raise NotFoundError(f"{name!r} has no photo to compare")
    return photo_ids[0]


def _values(product: Product) -> dict[str, str]:
    """What is shown of it, several values beside each other by name, so that their order says nothing."""
    return {name: ", ".join(sorted(values)) for name, values in product.values.items()}
