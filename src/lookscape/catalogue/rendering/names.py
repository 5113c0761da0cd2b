"""Names as shops write them: Brand Model Silhouette 'Colourway'."""

import numpy as np

from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.factors import Factors, Pattern, Silhouette

_CUTS = {Silhouette.LOW: "Low", Silhouette.MID: "Mid", Silhouette.HIGH: "High", Silhouette.BOOT: "Boot"}
_MOODS = ("Dawn", "Harbour", "Static", "Echo", "Heritage", "Afterglow", "Foundry", "Drift", "Signal", "Orchard")
_PRINTS = {
    Pattern.STRIPES: "Stripe",
    Pattern.ZEBRA: "Zebra",
    Pattern.CAMOUFLAGE: "Camo",
    Pattern.DOTS: "Polka",
    Pattern.COLOUR_BLOCK: "Block",
}


def model_name(factors: Factors, generation: int) -> str:
    """The name all colourways share; `generation` counts the models of the brand, and no two of them get one name."""
    words = BRANDS[factors.brand].words
    series, word = generation // len(words), words[generation % len(words)]
    return " ".join([factors.brand, word, *([str(series + 1)] if series else []), _CUTS[factors.silhouette]])


def colourway_name(factors: Factors, *, rng: np.random.Generator) -> str:
    """Two colours, a colour and its print, or a colour and a mood."""
    first = factors.upper.name
    others = [c.name for c in (factors.accent, factors.panel) if c.name != first]
    if factors.pattern in _PRINTS:
        return f"{first} {_PRINTS[factors.pattern]}"
    if others and rng.random() < 0.55:
        return f"{first} / {others[0]}"
    if rng.random() < 0.5:
        return f"{first} {_MOODS[int(rng.integers(len(_MOODS)))]}"
    return first if others else f"Triple {first}"
