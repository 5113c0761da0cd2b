"""The palette of the rendered catalogue: named colours, and the jitter that makes every dye lot a little different."""

import colorsys
from collections.abc import Mapping, Sequence

import numpy as np

from lookscape.catalogue.rendering.factors import Colour

PALETTE: Mapping[str, str] = {
    "Chalk": "#f2f1ed",
    "Bone": "#e6dfd0",
    "Sail": "#ede4cc",
    "Ash": "#c9c9c6",
    "Pewter": "#8f9294",
    "Slate": "#5d646c",
    "Graphite": "#3c3f43",
    "Ink": "#1e1f22",
    "Midnight": "#1f2a44",
    "Navy": "#25365e",
    "Cobalt": "#2450b4",
    "Azure": "#3f8fd8",
    "Glacier": "#b4d3e4",
    "Lagoon": "#1f8a8c",
    "Pine": "#20493a",
    "Fern": "#3f7d47",
    "Sage": "#a3b294",
    "Olive": "#66683e",
    "Volt": "#c8e23a",
    "Citron": "#efd94c",
    "Mustard": "#cf9a2c",
    "Wheat": "#c79a5f",
    "Sand": "#cfb793",
    "Taupe": "#9a8672",
    "Gum": "#b27a45",
    "Cognac": "#96552c",
    "Cocoa": "#553728",
    "Oxblood": "#5f1d24",
    "Brick": "#9c3a2b",
    "Crimson": "#c2202c",
    "Ember": "#e4572e",
    "Apricot": "#f2a46f",
    "Blush": "#e9bdb8",
    "Rose": "#d9748a",
    "Magenta": "#b92d7c",
    "Orchid": "#a07cc0",
    "Violet": "#58409a",
}

NEUTRALS: Sequence[str] = ("Chalk", "Bone", "Sail", "Ash", "Pewter", "Slate", "Graphite", "Ink")


def mix(name: str, *, rng: np.random.Generator) -> Colour:
    """One dye lot of a palette colour: hue moved by up to 2 %, saturation and lightness by a few per cent."""
    red, green, blue = (part / 255 for part in bytes.fromhex(PALETTE[name][1:]))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    turn, lift, wash = rng.uniform(-1.0, 1.0, size=3)
    light = float(np.clip(light * (1 + 0.035 * lift), 0.0, 0.96))
    saturation = float(np.clip(saturation * (1 + 0.08 * wash), 0.0, 1.0))
    dyed = colorsys.hls_to_rgb((hue + 0.008 * turn) % 1.0, light, saturation)
    return Colour(name=name, hex="#" + "".join(f"{round(255 * part):02x}" for part in dyed))


def saturation(colour: Colour) -> float:
    """HSV saturation in [0, 1]."""
    return colorsys.rgb_to_hsv(*(part / 255 for part in colour.rgb))[1]
