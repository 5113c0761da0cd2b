"""The true generative factors of a rendered product, and how they read as catalogue attributes.

Lengths are in shoe lengths: the sole is 1 long, x runs from heel to toe, y from the ground up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise


class Silhouette(StrEnum):
    """How far the shaft rises; a name for a range of `Factors.collar_height`."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"
    BOOT = "boot"


class Construction(StrEnum):
    """Which panels the upper is made of."""

    COURT = "court"
    SKATE = "skate"
    RUNNER = "runner"
    MINIMAL = "minimal"
    WORK = "work"
    CHELSEA = "chelsea"


class SoleShape(StrEnum):
    """The side view of the sole unit."""

    FLAT = "flat"
    CUPSOLE = "cupsole"
    WEDGE = "wedge"
    CHUNKY = "chunky"
    RUNNER = "runner"
    LUG = "lug"


class Pattern(StrEnum):
    """What is printed on the main panels, in the panel colour over the upper colour."""

    PLAIN = "plain"
    STRIPES = "stripes"
    ZEBRA = "zebra"
    CAMOUFLAGE = "camouflage"
    DOTS = "dots"
    COLOUR_BLOCK = "colour block"


class Material(StrEnum):
    """What the main panels are made of."""

    LEATHER = "leather"
    SUEDE = "suede"
    MESH = "mesh"
    KNIT = "knit"
    PATENT = "patent"


@dataclass(frozen=True)
class Colour:
    """A colour as a shop names it, and the exact sRGB value it was mixed to, as "#rrggbb"."""

    name: str
    hex: str

    @property
    def rgb(self) -> tuple[float, float, float]:
        """Red, green and blue in [0, 255]."""
        red, green, blue = bytes.fromhex(self.hex[1:])
        return float(red), float(green), float(blue)


# Collar heights above the footbed: (lower end, upper end) of each silhouette. The gaps between the ranges keep
# neighbouring names apart to the eye.
COLLAR_RANGES: Mapping[Silhouette, tuple[float, float]] = {
    Silhouette.LOW: (0.235, 0.29),
    Silhouette.MID: (0.345, 0.40),
    Silhouette.HIGH: (0.45, 0.52),
    Silhouette.BOOT: (0.58, 0.67),
}


@dataclass(frozen=True, kw_only=True)
class Factors:
    """Everything that decides how a product looks, apart from how it was photographed.

    `collar_height` is measured above the footbed (0.2 to 0.7), `toe_height` likewise (0.07 to 0.12);
    `toe_roundness` runs from 0 (pointed) over 0.5 (round) to 1 (square); `heel_height` is how much higher the heel
    stands than the forefoot (0 to 0.06), `heel_flare` how far the sole sticks out behind (0 to 0.035);
    `sole_thickness` is 0.05 to 0.13 under the forefoot; `pattern_scale` is the period of the pattern relative to its
    usual size (0.7 to 1.4).
    """

    brand: str
    construction: Construction
    collar_height: float
    toe_roundness: float
    toe_height: float
    heel_height: float
    heel_flare: float
    sole_shape: SoleShape
    sole_thickness: float
    material: Material
    pattern: Pattern
    pattern_scale: float
    upper: Colour
    panel: Colour
    accent: Colour
    sole: Colour
    outsole: Colour
    lace: Colour
    tongue: Colour

    @property
    def silhouette(self) -> Silhouette:
        """The name of the range `collar_height` lies in, the border being midway in the gap between two ranges."""
        kinds = list(COLLAR_RANGES)
        for kind, taller in pairwise(kinds):
            if self.collar_height < (COLLAR_RANGES[kind][1] + COLLAR_RANGES[taller][0]) / 2:
                return kind
        return kinds[-1]

    def attributes(self) -> dict[str, str]:
        """Every factor as a string: lengths with three decimals, a colour as its name and as its hex value."""
        found: dict[str, str] = {"silhouette": str(self.silhouette)}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Colour):
                found[f"{item.name}_colour"] = value.name
                found[f"{item.name}_hex"] = value.hex
            else:
                found[item.name] = f"{value:.3f}" if isinstance(value, float) else str(value)
        return found
