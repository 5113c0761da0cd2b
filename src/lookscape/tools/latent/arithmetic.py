"""Add and subtract products: A + B, or A - B + C, decoded and matched with real products.

--plus and --minus take ID or ID=WEIGHT and may be given several times. Every product counts by how it differs from the
catalogue's average: average + sum of weight x (product - average). A sum further out than 99 % of the catalogue is
pulled back to there along the same direction, unless --no-inside is given.
"""

import math
from collections.abc import Sequence

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.index.protocol import Vectors
from lookscape.services.inputs import Where
from lookscape.services.language.drawn import Match, allowed_products, drawn_url, matches, nearest
from lookscape.services.language.opened import ModelParams, Opened, open_model
from lookscape.tools import _tool

MOST_TERMS = 16
FARTHEST = 99
"""Percentile of the catalogue's distances from its average beyond which a sum is drawn back."""


class Params(ModelParams):
    """What to add and to subtract."""

    plus: tuple[str, ...] = Field(description="ID or ID=WEIGHT to add", min_length=1, max_length=MOST_TERMS)
    minus: tuple[str, ...] = Field(default=(), description="ID or ID=WEIGHT to subtract", max_length=MOST_TERMS)
    inside: bool = Field(default=True, description="pull a sum outside the catalogue back to its edge")
    limit: int = Field(default=8, ge=1, le=200, description="closest real products to return")
    where: Where = ()


class Term(_tool.Result):
    """One product of the sum."""

    weight: float = Field(description="negative when subtracted")
    product_id: str
    name: str
    image_url: str = Field(description="URL of its photo", json_schema_extra=_tool.MACHINES_ONLY)
    drawn_url: str = Field(description="URL of the product itself, decoded", json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """The sum."""

    model: str
    terms: list[Term]
    kept: float = Field(description="share of the sum's distance from the average that was kept; 1 for all of it")
    matches: list[Match] = Field(description="closest real products, those of the sum left out")
    drawn_url: str = Field(description="URL of the decoded sum", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Add, decode, match."""
    opened = open_model(engine, params.model)
    weights = [
        (name, sign * weight)
        for sign, given in ((1, params.plus), (-1, params.minus))
        for name, weight in _terms(engine, given)
    ]
    names = [name for name, _ in weights]
    latents_TD = opened.latents_of(names)
    away_D = np.asarray([weight for _, weight in weights], np.float32) @ (latents_TD - opened.mean)
    kept = min(1.0, _edge(opened) / max(float(np.linalg.norm(away_D)), 1e-12)) if params.inside else 1.0
    sum_1D = np.asarray(opened.mean + kept * away_D, np.float32)[None]
    allowed = allowed_products(engine, params.where)
    near = nearest(opened, sum_1D, limit=params.limit, allowed=allowed, exclude=set(names))[0]
    return Result(
        model=opened.codec.name,
        terms=_described(opened, weights, latents_TD),
        kept=kept,
        matches=matches(opened, near),
        drawn_url=drawn_url(opened.codec, sum_1D),
    )


def _terms(engine: Engine, given: Sequence[str]) -> list[tuple[str, float]]:
    """Ids and weights; an id that itself holds a `=` is known by being in the catalogue."""
    known = engine.catalogue.products(given)
    return [(term, 1.0) if term in known else _weighed(term) for term in given]


def _weighed(term: str) -> tuple[str, float]:
    name, equals, weight = term.rpartition("=")
    if not equals:
        return term, 1.0
    try:
        number = float(weight)
    except ValueError:
        return term, 1.0
    if not math.isfinite(number):
        raise UsageError(f"{term!r}: the weight must be a number")
    return name, number


def _edge(opened: Opened) -> float:
    """How far from the average 99 % of the catalogue lies, Euclidean."""
    rows_ND = opened.space.vectors
    return float(np.percentile(np.linalg.norm(rows_ND - opened.mean, axis=1), FARTHEST))


def _described(opened: Opened, weights: Sequence[tuple[str, float]], latents_TD: Vectors) -> list[Term]:
    products = opened.engine.catalogue.products(name for name, _ in weights)
    return [
        Term(
            weight=weight,
            product_id=name,
            name=products[name].name,
            image_url=f"/photos/{products[name].photo_ids[0]}.jpg",
            drawn_url=drawn_url(opened.codec, latent_D[None]),
        )
        for (name, weight), latent_D in zip(weights, latents_TD, strict=True)
    ]
