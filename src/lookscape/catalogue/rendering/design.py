"""How a brand designs: the shape of a model, then the colourways it is sold in."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from lookscape.catalogue.rendering.brands import BRANDS, Brand
from lookscape.catalogue.rendering.colours import NEUTRALS, mix
from lookscape.catalogue.rendering.factors import (
    COLLAR_RANGES,
    Colour,
    Construction,
    Factors,
    Pattern,
    Silhouette,
    SoleShape,
)

T = TypeVar("T")


def choose(rng: np.random.Generator, weights: Mapping[T, float]) -> T:
    """One of the keys, with probability in proportion to its weight."""
    options = list(weights)
    share = np.array([weights[option] for option in options], dtype=np.float64)
    return options[int(rng.choice(len(options), p=share / share.sum()))]


def _uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)


def _construction(rng: np.random.Generator, brand: Brand, silhouette: Silhouette) -> Construction:
    """A brand's habit, as far as the silhouette allows: boots are work or chelsea, low tops never."""
    boots = {Construction.WORK, Construction.CHELSEA}
    if silhouette is Silhouette.BOOT:
        fit = {kind: weight for kind, weight in brand.constructions.items() if kind in boots}
        return choose(rng, fit or {Construction.WORK: 1.0})
    fit = {kind: weight for kind, weight in brand.constructions.items() if kind is not Construction.CHELSEA}
    return choose(rng, fit)


def _sole_shape(rng: np.random.Generator, brand: Brand, construction: Construction) -> SoleShape:
    if construction in {Construction.WORK, Construction.CHELSEA}:
        return SoleShape.LUG
    running = {SoleShape.RUNNER, SoleShape.CHUNKY}
    allowed = running if construction is Construction.RUNNER else set(SoleShape) - {SoleShape.LUG, SoleShape.RUNNER}
    fit = {kind: weight for kind, weight in brand.soles.items() if kind in allowed}
    return choose(rng, fit or {SoleShape.RUNNER if construction is Construction.RUNNER else SoleShape.CUPSOLE: 1.0})


def design_model(rng: np.random.Generator, brand: Brand) -> dict[str, Any]:
    """The factors all colourways of one model share, as keyword arguments of `Factors`."""
    silhouette = choose(rng, brand.silhouettes)
    construction = _construction(rng, brand, silhouette)
    sole_shape = _sole_shape(rng, brand, construction)
    low, high = COLLAR_RANGES[silhouette]
    toe = float(np.clip(rng.normal(brand.toe, 0.13), 0.0, 1.0))
    return {
        "brand": brand.name,
        "construction": construction,
        "collar_height": _uniform(rng, low, high),
        "toe_roundness": round(toe, 4),
        "toe_height": _uniform(rng, 0.078, 0.122),
        "heel_height": _uniform(rng, 0.0, 0.055),
        "heel_flare": _uniform(rng, 0.0, 0.030 if sole_shape in {SoleShape.CHUNKY, SoleShape.RUNNER} else 0.012),
        "sole_shape": sole_shape,
        "sole_thickness": round(float(np.clip(rng.normal(brand.stature, 0.009), 0.055, 0.13)), 4),
        "material": choose(rng, brand.materials),
    }


def _palette(rng: np.random.Generator, brand: Brand) -> dict[str, str]:
    """The colour names of one colourway: mostly one loud colour among neutrals, as on a shop's shelf."""
    loud, second = (brand.colours[int(k)] for k in rng.choice(len(brand.colours), 2, replace=False))
    quiet = NEUTRALS[int(rng.choice(len(NEUTRALS), p=[0.30, 0.12, 0.10, 0.10, 0.05, 0.05, 0.08, 0.20]))]
    scheme = choose(rng, {"tonal": 2, "loud upper": 4, "loud panels": 4, "clash": 2, "neutral": 3})
    if scheme == "tonal":
        return {"upper": loud, "panel": loud, "accent": quiet if rng.random() < 0.6 else loud}
    if scheme == "loud upper":
        return {"upper": loud, "panel": quiet, "accent": quiet if rng.random() < 0.5 else second}
    if scheme == "loud panels":
        return {"upper": quiet, "panel": loud, "accent": second}
    if scheme == "clash":
        return {"upper": loud, "panel": second, "accent": quiet}
    return {"upper": quiet, "panel": quiet, "accent": loud}


def _soles(rng: np.random.Generator, shape: SoleShape, colours: Mapping[str, str]) -> dict[str, str]:
    """Names for midsole and outsole: white and off-white rubber, gum, or the shoe's own colours."""
    if shape is SoleShape.LUG:
        rubber = choose(rng, {"Ink": 6, "Cocoa": 2, "Gum": 2, "Graphite": 1})
        return {"sole": rubber, "outsole": rubber if rng.random() < 0.7 else "Ink"}
    sole = choose(rng, {"Chalk": 7, "Sail": 3, "Ink": 2, colours["upper"]: 1, "Ash": 1})
    return {"sole": sole, "outsole": choose(rng, {sole: 4, "Gum": 3, colours["accent"]: 2, "Ink": 1})}


def _prints(brand: Brand, colours: Mapping[str, str]) -> dict[Pattern, float]:
    """A print needs two colours that differ; a tonal shoe stays plain."""
    if colours["upper"] == colours["panel"]:
        return {Pattern.PLAIN: 1.0}
    return dict(brand.patterns)


def design_colourway(rng: np.random.Generator, model: Mapping[str, Any]) -> Factors:
    """One colourway of a model."""
    brand = BRANDS[model["brand"]]
    names = _palette(rng, brand)
    names |= _soles(rng, model["sole_shape"], names)
    names["lace"] = choose(rng, {names["panel"]: 3, "Chalk": 3, names["accent"]: 2, "Ink": 2})
    names["tongue"] = choose(rng, {names["upper"]: 3, names["panel"]: 3, names["accent"]: 1})
    lots: dict[str, Colour] = {name: mix(name, rng=rng) for name in sorted(set(names.values()))}
    pattern = choose(rng, _prints(brand, names))
    scale = _uniform(rng, 0.75, 1.35)
    colours: dict[str, Any] = {role: lots[name] for role, name in names.items()}
    return Factors(**model, **colours, pattern=pattern, pattern_scale=scale)
