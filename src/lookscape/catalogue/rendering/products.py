"""A lazy, endless, seeded catalogue of invented footwear.

Product i depends only on (seed, i). It is a colourway of a model drawn evenly from the first 8 + i // 4: early models
become classics with many colourways, and new ones keep arriving.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.design import design_colourway, design_model
from lookscape.catalogue.rendering.factors import COLLAR_RANGES, Factors, Silhouette
from lookscape.catalogue.rendering.hype import hype_probability
from lookscape.catalogue.rendering.names import colourway_name, model_name
from lookscape.catalogue.rendering.nuisance import Nuisance, Strength, draw_nuisance

_MODELS, _PRODUCTS, _VIEWS = 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class RenderedProduct:
    """One product: what it is, how it was photographed, and what a shop would write about it."""

    id: str
    name: str
    model: str
    hyped: bool
    factors: Factors
    nuisance: Nuisance
    attributes: Mapping[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = {
            **self.factors.attributes(),
            "model": self.model,
            "hype": "hyped" if self.hyped else "ordinary",
            **self.nuisance.attributes(),
        }
        object.__setattr__(self, "attributes", MappingProxyType(found))


def _rng(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(key))


def products(count: int, *, seed: int = 0, nuisance: Strength = "mild") -> Iterator[RenderedProduct]:
    """The first `count` products of a seed. The strength of the nuisances changes the photos, not the products."""
    return (product_at(index, seed=seed, nuisance=nuisance) for index in range(count))


def product_at(index: int, *, seed: int = 0, nuisance: Strength = "mild") -> RenderedProduct:
    """Product number `index` of a seed."""
    rng = _rng(seed, _PRODUCTS, index)
    number = int(rng.integers(0, len(BRANDS) + index // 4))
    brand = list(BRANDS.values())[number % len(BRANDS)]
    generation = number // len(BRANDS)
    factors = design_colourway(rng, design_model(_rng(seed, _MODELS, number), brand))
    model = model_name(factors, generation)
    return RenderedProduct(
        id=f"R{index:06d}",
        name=f"{model} '{colourway_name(factors, rng=rng)}'",
        model=model,
        hyped=bool(rng.random() < hype_probability(factors)),
        factors=factors,
        nuisance=draw_nuisance(_rng(seed, _VIEWS, index), strength=nuisance),
    )


def with_factors(product: RenderedProduct, **changes: Any) -> RenderedProduct:
    """The same product with some factors changed; name, model and hype label stay as they were.

    `silhouette` may be given too: it moves the collar to the middle of that silhouette's range.
    """
    if "silhouette" in changes:
        low, high = COLLAR_RANGES[Silhouette(changes.pop("silhouette"))]
        changes.setdefault("collar_height", (low + high) / 2)
    return replace(product, factors=replace(product.factors, **changes))


def bayes_accuracy(products: Iterable[RenderedProduct]) -> float:
    """The expected accuracy of the best possible classifier of hype on these products: the mean of max(p, 1 - p)."""
    chances = np.array([hype_probability(product.factors) for product in products])
    return float(np.maximum(chances, 1 - chances).mean())
