"""Describe a product in words: its position on the named factors and what sets it apart.

PRODUCT is a product's id. Words come from factors on which it is in the highest or lowest fifth of the catalogue, most
unusual first; factors without a confident name are left out.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.language.factors import Factors, open_factors
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.tools import _tool


class Params(ModelParams):
    """Which product."""

    product: str = _tool.positional("a product's id")
    limit: int = Field(default=8, ge=1, le=64, description="words at most")


class Place(_tool.Result):
    """Where the product stands on a factor."""

    rank: int
    factor: str
    percentile: float = Field(description="the share of the catalogue below it, in per cent")
    ordered: bool = Field(
        description="false where the factor singles out one value, such as a silhouette: no more or less"
    )
    word: str = Field(description="what it is called there; empty near the middle")
    low_words: str = Field(description="what the low end looks like")
    high_words: str = Field(description="what the high end looks like")
    confidence: float = Field(description="confidence of the factor's name; 1 for a person's")


class Result(_tool.Result):
    """The product in words."""

    model: str
    product_id: str
    name: str
    sentence: str
    words: list[Place] = Field(description="what sets it apart, most unusual first")
    places: list[Place] = Field(description="its position on every named factor, by rank")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Look it up. Raises NotFoundError for a product that has no latents, UsageError for too few products."""
    product = engine.catalogue.product(params.product)
    opened = open_model(engine, params.model)
    factors = open_factors(opened)
    if product.id not in factors.row_of:
        raise NotFoundError(
            f"product {product.id!r} has no latents of {opened.codec.name!r} yet; "
            f"run: lookscape embed {opened.space.model}"
        )
    places = _places(factors, factors.row_of[product.id])
    words = sorted((place for place in places if place.word), key=lambda place: -abs(place.percentile - 50))
    words = words[: params.limit]
    return Result(
        model=opened.codec.name,
        product_id=product.id,
        name=product.name,
        sentence=_sentence(words, any_named=bool(places)),
        words=words,
        places=places,
    )


def _places(factors: Factors, row: int) -> list[Place]:
    percentiles_F = factors.percentiles(factors.values_NF[row : row + 1])[0]
    return [
        Place(
            rank=factor.rank,
            factor=factor.name,
            percentile=round(float(percentile), 1),
            ordered=factor.is_ordered,
            word=factor.word(float(percentile)),
            low_words=factor.low,
            high_words=factor.high,
            confidence=factor.confidence,
        )
        for factor, percentile in zip(factors.shown, percentiles_F, strict=False)
        if factor.is_named
    ]


def _sentence(words: list[Place], *, any_named: bool) -> str:
    """`Boot (height above 96 % of the catalogue), silhouette: not mid, light sole (sole lightness above 88 %).`"""
    if not words:
        return "Near the middle of the catalogue on every named factor." if any_named else "No factor has a name."
    told, whole = [], " of the catalogue"
    for place in words:
        if place.ordered:
            told.append(f"{place.word} ({place.factor} {_share(place.percentile)}{whole})")
            whole = ""
        else:
            told.append(f"{place.factor.partition(':')[0]}: {place.word}")
    sentence = ", ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _share(percentile: float) -> str:
    """Never above or below all of it: the product itself is part of the catalogue."""
    if percentile >= 50:
        return f"above {min(99, round(percentile))} %"
    return f"below {min(99, round(100 - percentile))} %"
