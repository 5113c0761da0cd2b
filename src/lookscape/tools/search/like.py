"""Recommend products that look like one in the catalogue.

PRODUCT is a product's id. The product itself is left out.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.inputs import Where, parse_filter
from lookscape.services.search.hits import Hits, Question, answer
from lookscape.services.spaces.vectors import vectors_of
from lookscape.tools import _tool

Result = Hits


class Params(_tool.Params):
    """The product, and which products may answer."""

    product: str = _tool.positional("a product's id")
    space: str | None = Field(default=None, description="the Space to search; default: the default model's")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")
    limit: int = Field(default=10, ge=1, le=200, description="products to return")
    offset: int = Field(default=0, ge=0, le=10_000, description="products to skip, for the next page")
    where: Where = ()
    text: str = Field(default="", description="only products whose name, id or given values hold these words")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Search with the vector of the product's first photo."""
    product = engine.catalogue.product(params.product)
    space = engine.space(params.space)
    vectors_ND = vectors_of(space, product.photo_ids)
    if not len(vectors_ND):
        raise NotFoundError(f"product {product.id!r} is not in the space {space.name!r} yet; run: lookscape embed")
    question = Question(
        vector=vectors_ND[0],
        limit=params.limit,
        offset=params.offset,
        wanted=parse_filter(params.where, params.text),
        exclude=frozenset({product.id}),
    )
    return answer(engine, space, params.metric, question)
