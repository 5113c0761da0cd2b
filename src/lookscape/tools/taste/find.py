"""Pick products that a person or a team would like: what to wear, what to stock.

Learned from the votes of games, those about single products (`taste game --single`) and those about matches. It is
tested first: the answer says how many of the products it would have shown were liked, against all of them, and whether
that is beyond chance.
"""

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.index.metrics import stored
from lookscape.index.protocol import Metric
from lookscape.services.games.taste import Measured, Taste, WhoParams
from lookscape.services.inputs import parse_filter
from lookscape.tools import _tool

ALIKE = 0.35
"""How much a find is held back for being like those before it: weight of the highest cosine (Carbonell 1998, MMR)."""


class Params(WhoParams):
    """Whose taste, and among which products."""

    limit: int = Field(default=24, ge=1, le=200, description="products wanted")
    where: tuple[str, ...] = Field(
        default=(), description="only products with name=value; several names must all match"
    )
    unseen: bool = Field(default=True, description="leave out products that were answered already")


class Find(_tool.Result):
    """One product, and how probably it is liked."""

    product_id: str
    photo_id: str = Field(json_schema_extra=_tool.MACHINES_ONLY)
    name: str
    chance: float = Field(description="probability of a like, 0 to 1")
    image_url: str = Field(json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """The finds, most likely first, and how good this taste is."""

    finds: list[Find] = Field(description="empty while there is too little to learn from")
    measured: Measured
    space: str


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Learn, then rank everything. Raises UsageError, or NotFoundError for a player or team that never played."""
    taste = Taste.of(engine, params)
    if taste.liking is None:
        return Result(finds=[], measured=taste.measured, space=taste.space.name)
    products = engine.catalogue.products(engine.catalogue.ids(parse_filter(params.where)))
    seen = {photo for one in taste.given for photo in (one.photo_id, one.other_id)} if params.unseen else set()
    faces = {product.photo_ids[0]: product for product in products.values() if product.photo_ids[0] in taste.rows}
    open_ids = [photo_id for photo_id in faces if photo_id not in seen]
    chance_M = taste.liking.chance(taste.features(open_ids)) if open_ids else np.zeros(0)
    chosen = _varied(taste, open_ids, chance_M, params.limit)
    finds = [
        Find(
            product_id=faces[open_ids[row]].id,
            photo_id=open_ids[row],
            name=faces[open_ids[row]].name,
            chance=float(chance_M[row]),
            image_url=f"/photos/{open_ids[row]}.jpg",
        )
        for row in chosen
    ]
    return Result(finds=finds, measured=taste.measured, space=taste.space.name)


def _varied(taste: Taste, photo_ids: list[str], chance_M: "np.typing.NDArray[np.float64]", limit: int) -> list[int]:
    """The surest, each held back for being like one that was chosen before."""
    first = np.argsort(-chance_M, kind="stable")[: 10 * limit]
    unit_LD = stored(np.asarray(taste.features([photo_ids[row] for row in first]), np.float32), metric=Metric.COSINE)
    nearest_L = np.zeros(len(first))
    chosen: list[int] = []
    left_L = np.ones(len(first), bool)
    for _ in range(min(limit, len(first))):
        place = int(np.argmax(np.where(left_L, chance_M[first] - ALIKE * nearest_L, -np.inf)))
        left_L[place] = False
        nearest_L = np.maximum(nearest_L, unit_LD @ unit_LD[place])
        chosen.append(int(first[place]))
    return chosen
