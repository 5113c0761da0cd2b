"""List a model's factors, most important first: names, confidence, real products at both ends.

A name is suggested from the measured and given attributes that a factor changes on held-out products; people rename,
merge and hide factors. PRODUCT is the id of a product to show the strips on; without it the average is used.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.index.protocol import Vectors
from lookscape.services.language.drawn import drawn_url
from lookscape.services.language.factors import Factor, Factors, open_factors
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.tools import _tool

OUTER = 0.02
"""Examples are spread over this share of the products at each end, so that one odd photo does not stand for it."""

REACH = 2.5
"""Standard deviations that a strip goes either way."""


class Params(ModelParams):
    """How many, and on what product they are shown."""

    product: str | None = Field(
        default=None, description="a product's id; default: the average", json_schema_extra={"positional": True}
    )
    limit: int = Field(default=16, ge=1, le=512, description="factors to list")
    examples: int = Field(default=4, ge=0, le=24, description="real products at each end")
    columns: int = Field(default=7, ge=2, le=15, description="steps of a strip, from low to high")
    hidden: bool = Field(default=False, description="list those that are hidden instead")


class Example(_tool.Result):
    """A real product at an end of a factor."""

    product_id: str
    name: str
    value: float = Field(description="standard deviations from the average")
    photo_id: str = Field(description="its photo", json_schema_extra=_tool.MACHINES_ONLY)
    image_url: str = Field(description="URL of its photo", json_schema_extra=_tool.MACHINES_ONLY)


class Named(_tool.Result):
    """One factor. `merged` are the ranks of its parts when it was merged."""

    rank: int = Field(description="by information, from 1; stays when others are hidden or merged")
    factor: str = Field(description="its name")
    named_by: str = Field(description="`suggested`, who named it, or empty while it has only a number")
    confidence: float = Field(description="confidence of the name: 1 for a person's, 0 without one")
    suggestion: str = Field(
        description="the best suggestion, even if its confidence is too low to be the name",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    suggestion_confidence: float = Field(description="confidence of that", json_schema_extra=_tool.MACHINES_ONLY)
    low_words: str = Field(description="what its low end looks like; empty when nobody knows")
    high_words: str = Field(description="what its high end looks like")
    share: float = Field(description="its share of all information, 0 to 1")
    merged: list[int] = Field(description="ranks of its parts", json_schema_extra=_tool.MACHINES_ONLY)
    low: list[Example] = Field(description="products at its low end", json_schema_extra=_tool.MACHINES_ONLY)
    high: list[Example] = Field(description="products at its high end", json_schema_extra=_tool.MACHINES_ONLY)
    strip_url: str = Field(description="URL of the strip, low to high", json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """The factors, by rank."""

    model: str
    factors: list[Named]
    total: int = Field(description="number of factors, hidden ones left out")
    hidden: int = Field(description="factors that people have hidden")
    acts: int = Field(description="changes by people; `latent undo` undoes the last")
    kept: bool = Field(description="learned from an older state of the catalogue, and kept for the names")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """List them. Raises UsageError when there are too few products for a language."""
    opened = open_model(engine, params.model)
    factors = open_factors(opened)
    anchor_D = opened.anchor(params.product)
    wanted = (factors.hidden if params.hidden else factors.shown)[: params.limit]
    first = len(factors.shown) if params.hidden else 0
    ends = [_ends(factors, first + place, params.examples) for place in range(len(wanted))]
    products = engine.catalogue.products({factors.product_ids[row] for low, high in ends for row in (*low, *high)})
    steps = np.linspace(-REACH, REACH, params.columns)
    named = []
    for place, (factor, rows) in enumerate(zip(wanted, ends, strict=True), first):
        low, high = ([_example(factors, products, row, place) for row in side] for side in rows)
        strip_CD = _strip(factors, anchor_D, place, steps)
        named.append(_named(factor, low=low, high=high, strip_url=drawn_url(opened.codec, strip_CD, form="strip")))
    return Result(
        model=opened.codec.name,
        factors=named,
        total=len(factors.shown),
        hidden=len(factors.hidden),
        acts=factors.num_acts,
        kept=factors.kept,
    )


def _ends(factors: Factors, place: int, count: int) -> tuple[list[int], list[int]]:
    """Rows of products at the low and the high end, the outermost first, none twice."""
    order = np.argsort(factors.values_NF[:, place], kind="stable")
    count = min(count, len(order) // 2)
    outer = min(max(count, round(OUTER * len(order))), len(order) // 2)
    steps = [round(step) for step in np.linspace(0, outer - 1, count)]
    return [int(order[step]) for step in steps], [int(order[-1 - step]) for step in steps]


def _strip(factors: Factors, anchor_D: Vectors, place: int, steps: NDArray[np.float64]) -> Vectors:
    """C x D latents: the anchor with the factor at each value."""
    own = float((anchor_D - factors.origin_D) @ factors.forward_DF[:, place])
    moves_C1 = steps[:, None] - own
    return np.asarray(anchor_D + moves_C1 * factors.backward_FD[place], np.float32)


def _example(factors: Factors, products: dict[str, Product], row: int, place: int) -> Example:
    product = products[factors.product_ids[row]]
    return Example(
        product_id=product.id,
        name=product.name,
        value=round(float(factors.values_NF[row, place]), 3),
        photo_id=product.photo_ids[0],
        image_url=f"/photos/{product.photo_ids[0]}.jpg",
    )


def _named(factor: Factor, *, low: list[Example], high: list[Example], strip_url: str) -> Named:
    found = factor.suggestion
    return Named(
        rank=factor.rank,
        factor=factor.name,
        named_by=factor.by if factor.given else ("suggested" if factor.is_named else ""),
        confidence=factor.confidence,
        suggestion=found.title if found else "",
        suggestion_confidence=found.confidence if found else 0.0,
        low_words=factor.low,
        high_words=factor.high,
        share=factor.share,
        merged=[part + 1 for part in factor.parts] if len(factor.parts) > 1 else [],
        low=low,
        high=high,
        strip_url=strip_url,
    )
