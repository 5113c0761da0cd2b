"""The sole unit in side view: midsole, outsole and tread, as curves in shoe lengths."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.drawing.curves import Curve, part, spline
from lookscape.catalogue.rendering.factors import Factors, SoleShape


@dataclass(frozen=True)
class SoleHabit:
    """What the name of a sole shape means: toe spring, tread depth, heel rise and thickness as multiples of the
    factors', lift of the rim around the toe, waviness of the top line, rounding of the two ends, outsole height.
    """

    spring: float
    tread: float
    heel: float
    forefoot: float
    rim: float
    wave: float
    roll: float
    outsole: float


HABITS = {
    SoleShape.FLAT: SoleHabit(0.006, 0.000, 0.15, 0.95, 0.014, 0.000, 0.008, 0.014),
    SoleShape.CUPSOLE: SoleHabit(0.012, 0.000, 0.35, 0.98, 0.010, 0.002, 0.012, 0.020),
    SoleShape.WEDGE: SoleHabit(0.010, 0.000, 1.70, 0.78, 0.004, 0.000, 0.012, 0.014),
    SoleShape.CHUNKY: SoleHabit(0.036, 0.009, 0.80, 0.98, 0.002, 0.016, 0.052, 0.024),
    SoleShape.RUNNER: SoleHabit(0.046, 0.006, 0.95, 0.72, 0.004, 0.012, 0.058, 0.016),
    SoleShape.LUG: SoleHabit(0.014, 0.019, 0.50, 0.62, 0.000, 0.000, 0.008, 0.024),
}

_NUM_STATIONS = 64
# Between these x a boot's sole has no tread: the arch in front of the heel.
_ARCH = (0.27, 0.36)


def _smoothstep(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


@dataclass(frozen=True)
class Sole:
    """Outlines of the sole unit.

    `top` is the line the upper stands on, from heel to toe; `midsole` and `outsole` are closed outlines, `lugs` the
    closed outlines of the tread (K, 4, 2); `seam` is the line between midsole and outsole.
    """

    habit: SoleHabit
    top: Curve
    midsole: Curve
    outsole: Curve
    seam: Curve
    bottom: Curve
    lugs: Curve

    def height(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height of the top line at places x; constant beyond its ends."""
        return np.interp(x, self.top[:, 0], self.top[:, 1])


def build_sole(factors: Factors) -> Sole:
    """The sole unit these factors describe."""
    habit = HABITS[factors.sole_shape]
    x = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, _NUM_STATIONS))
    spring = habit.spring * (np.clip((x - 0.62) / 0.38, 0, 1) ** 2 + 0.35 * np.clip((0.16 - x) / 0.16, 0, 1) ** 2)
    ground = habit.tread + spring
    wave = habit.wave * np.cos(2 * np.pi * (0.94 * x - 0.02))
    rim = habit.rim * _smoothstep((x - 0.80) / 0.2) - 0.012 * np.clip(1 - np.minimum(x, 1 - x) / 0.014, 0, 1) ** 2
    rise = factors.heel_height * habit.heel * _smoothstep(1.15 - 1.5 * x)
    top = ground + factors.sole_thickness * habit.forefoot + rise + wave + rim
    seam = ground + habit.outsole * np.minimum(1.0, factors.sole_thickness / 0.07)
    lines = {name: np.stack([x, y], axis=1) for name, y in (("top", top), ("seam", seam), ("ground", ground))}
    tip, tail = _ends(factors, habit, lines)
    foot = part(lines["ground"], 0.012 + 0.5 * habit.roll, 1 - 0.02 - 0.8 * habit.roll, samples=_NUM_STATIONS)
    midsole = np.concatenate([lines["top"], tip, foot[::-1], tail])
    return Sole(
        habit=habit,
        top=lines["top"],
        midsole=midsole,
        outsole=_below(midsole, lines["seam"], foot),
        seam=lines["seam"],
        bottom=foot,
        lugs=_lugs(factors, habit, foot),
    )


def _ends(factors: Factors, habit: SoleHabit, lines: dict[str, Curve]) -> tuple[Curve, Curve]:
    """The curves that close the outline around the toe (going down) and behind the heel (going up)."""
    top, ground = lines["top"], lines["ground"]
    toe_x = 1 - 0.02 - 0.8 * habit.roll
    toe_y = np.interp(toe_x, ground[:, 0], ground[:, 1])
    high = top[-1, 1]
    tip = spline(
        [
            (1.0, high),
            (1.002, (2 * high + toe_y) / 3),
            (toe_x + 0.6 * (1 - toe_x), toe_y + 0.008),
            (toe_x, toe_y),
        ]
    )
    heel_x = 0.012 + 0.5 * habit.roll - factors.heel_flare
    heel_y, heel_top = ground[0, 1], top[0, 1]
    span = heel_top - heel_y
    tail = spline(
        [
            (heel_x, heel_y),
            (heel_x - 0.008, heel_y + 0.25 * span),
            (-0.4 * factors.heel_flare - 0.004, heel_y + 0.62 * span),
            (0.0, heel_top),
        ]
    )
    return tip[1:-1], tail[:-1]


def _below(outline: Curve, seam: Curve, foot: Curve) -> Curve:
    """The part of the sole under the seam, a hair wider than the midsole."""
    heights = np.interp(outline[:, 0], seam[:, 0], seam[:, 1])
    under = outline[:, 1] < heights
    low = outline[under]
    left, right = low[:, 0].min(), low[:, 0].max()
    inside = seam[(seam[:, 0] > left) & (seam[:, 0] < right)]
    rest = np.concatenate([low[low[:, 0] >= foot[-1, 0]], foot[::-1], low[low[:, 0] < foot[0, 0]]])
    return np.concatenate([inside, rest])


def _lugs(factors: Factors, habit: SoleHabit, foot: Curve) -> Curve:
    """Trapezoids hanging under the sole, down to the ground or to the spring of the toe; shape (K, 4, 2)."""
    if habit.tread <= 0:
        return np.empty((0, 4, 2))
    boot = factors.sole_shape is SoleShape.LUG
    pitch, fill = (0.058, 0.76) if boot else (0.062, 0.86)
    start = np.arange(foot[0, 0], foot[-1, 0] - fill * pitch, pitch)
    if boot:
        start = start[(start < _ARCH[0]) | (start > _ARCH[1])]
    stop, slant = start + fill * pitch, 0.10 * pitch
    y0, y1 = (np.interp(x, foot[:, 0], foot[:, 1]) for x in (start, stop))
    corners = [
        (start, y0 + 0.004),
        (stop, y1 + 0.004),
        (stop - slant, y1 - habit.tread),
        (start + slant, y0 - habit.tread),
    ]
    return np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
