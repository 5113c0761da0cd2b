"""Re-rank products similar to one by what a person or a team likes.

The nearest products are found as `search like` does, then ordered by taste. Only a taste that was shown to help changes
the order; otherwise the answer is the search's own, and says why.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.games.taste import Measured, Taste, WhoParams
from lookscape.services.search.hits import Hit, Question, answer
from lookscape.services.spaces.vectors import vectors_of
from lookscape.tools import _tool


class Params(WhoParams):
    """Which product, whose taste."""

    product: str = _tool.positional("a product's id")
    limit: int = Field(default=12, ge=1, le=200, description="products wanted")
    among: int = Field(default=60, ge=1, le=2000, description="nearest products that are put in order")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")
    anyway: bool = Field(default=False, description="re-rank even if the taste was not shown to help")


class Ranked(_tool.Result):
    """A hit, its place in the search and how likely it is liked."""

    hit: Hit
    searched: int = Field(description="its place in the search, from 1")
    chance: float | None = Field(description="probability of a like; None when nothing was learned")


class Result(_tool.Result):
    """The hits in their order."""

    ranked: list[Ranked]
    changed: bool = Field(description="the order is the taste's")
    measured: Measured
    space: str


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Search, learn, order. Raises NotFoundError for a product, player or team that is not there."""
    product = engine.catalogue.product(params.product)
    taste = Taste.of(engine, params)
    [vector_D] = vectors_of(taste.space, product.photo_ids[:1])
    asked = Question(vector=vector_D, limit=max(params.among, params.limit), exclude=frozenset({product.id}))
    hits = answer(engine, taste.space, params.metric, asked).hits
    chances = None
    if taste.liking is not None and hits:
        chances = taste.liking.chance(taste.features([hit.photo_id for hit in hits])).tolist()
    rows = [
        Ranked(hit=hit, searched=place, chance=chances[place - 1] if chances else None)
        for place, hit in enumerate(hits, start=1)
    ]
    changed = chances is not None and (taste.measured.offered or params.anyway)
    if changed:
        rows.sort(key=lambda row: -(row.chance or 0.0))
    return Result(ranked=rows[: params.limit], changed=changed, measured=taste.measured, space=taste.space.name)
