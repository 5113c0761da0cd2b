"""The outline of the upper, drawn around a last: master curves of heel and instep, cut at the collar height.

One pair of master curves serves a low top and a boot alike, so collar height is one continuous factor.
"""

from dataclasses import dataclass

import numpy as np

from lookscape.catalogue.rendering.drawing.curves import Curve, at, normals, part, spline
from lookscape.catalogue.rendering.factors import Construction, Factors
from lookscape.catalogue.rendering.shoe.sole import Sole

# Heights above the footbed against x, for the back of the heel and for the front of the leg down to the vamp.
_HEEL = np.array(
    [
        (0.020, -0.02),
        (0.007, 0.05),
        (0.009, 0.11),
        (0.024, 0.18),
        (0.038, 0.25),
        (0.048, 0.33),
        (0.048, 0.45),
        (0.036, 0.56),
        (0.026, 0.75),
    ]
)
_INSTEP = np.array(
    [
        (0.372, 0.78),
        (0.362, 0.60),
        (0.358, 0.47),
        (0.375, 0.375),
        (0.412, 0.312),
        (0.490, 0.258),
        (0.600, 0.211),
        (0.705, 0.172),
    ]
)
_VAMP_X = 0.705
_TOE_SLOPE = 0.27


@dataclass(frozen=True)
class Last:
    """Open curves around the upper: `heel` going up, `collar` to the front, `throat` down the instep to the vamp,
    `toe` over the toe box to the sole; `outline` closes them under the sole.
    """

    heel: Curve
    collar: Curve
    throat: Curve
    toe: Curve
    outline: Curve
    collar_height: float

    def inside(self, fraction: float, depth: float) -> Curve:
        """The point `depth` below the throat at a fraction of its length."""
        found: Curve = at(self.throat - depth * normals(self.throat), fraction)[0]
        return found


def build_last(factors: Factors, sole: Sole) -> Last:
    """The outline of the upper these factors describe, standing on its sole."""
    height = factors.collar_height
    heel = _cut_below(spline(_HEEL), height)
    front = _instep(factors)
    throat = front[front[:, 1] <= height + float(np.interp(height, [0.27, 0.65], [0.028, 0.004]))]
    collar = _collar(factors, heel[-1], throat[0])
    curves = [_stand(curve, sole) for curve in (heel, collar, throat, _toe(factors))]
    heel, collar, throat, toe = curves
    # The bottom edge runs a little under the rim of the sole, so that no light shows between them.
    x = np.linspace(0.97, 0.03, 16)
    floor = np.stack([x, sole.height(x) - 0.025], axis=1)
    outline = np.concatenate([heel, collar[1:], throat[1:], toe[1:], floor])
    return Last(heel, collar, throat, toe, outline, height)


def _stand(curve: Curve, sole: Sole) -> Curve:
    lifted = curve.copy()
    lifted[:, 1] += sole.height(curve[:, 0])
    return lifted


def _cut_below(curve: Curve, height: float) -> Curve:
    kept = curve[curve[:, 1] < height - 0.018]
    x = np.interp(height, curve[:, 1], curve[:, 0])
    return np.concatenate([kept, [(x - 0.003, height - 0.014)]])


def _instep(factors: Factors) -> Curve:
    """The master instep, its lower end moved to meet the toe box."""
    curve = spline(_INSTEP)
    meet = _toe(factors)[0, 1]
    weight = np.clip((curve[:, 0] - 0.40) / (_VAMP_X - 0.40), 0.0, 1.0)
    curve[:, 1] += weight * (meet - _INSTEP[-1, 1])
    return curve


def _collar(factors: Factors, back: Curve, front: Curve) -> Curve:
    """From the heel tab down around the ankle and up to the top of the throat."""
    height = factors.collar_height
    dip = float(np.interp(height, [0.25, 0.40, 0.65], [0.062, 0.034, 0.010]))
    if factors.construction is Construction.CHELSEA:
        dip += 0.012
    span = front[0] - back[0]
    knots = [
        back,
        (back[0] + 0.012, back[1] + 0.012),
        (back[0] + 0.13 * span, back[1] - 0.22 * dip),
        (back[0] + 0.42 * span, back[1] - dip),
        (back[0] + 0.74 * span, 0.45 * back[1] + 0.55 * front[1] - 0.62 * dip),
        front,
    ]
    return spline(np.array(knots), samples=7)


def _toe(factors: Factors) -> Curve:
    """The toe box: a falling line under a superellipse, whose exponent is the roundness.

    y(x) = (h + s (tip - x)) (1 - u^n)^(1/n), u being x from the vamp to the tip as 0 to 1.
    """
    tip = float(np.interp(factors.toe_roundness, [0.0, 1.0], [0.994, 0.984]))
    power = float(np.interp(factors.toe_roundness, [0.0, 0.5, 1.0], [1.6, 2.3, 3.5]))
    u = np.sin(np.linspace(0.0, np.pi / 2, 28))
    x = _VAMP_X + u * (tip - _VAMP_X)
    y = (factors.toe_height + _TOE_SLOPE * (tip - x)) * (1 - u**power).clip(0) ** (1 / power)
    return np.stack([x, y], axis=1)


def top_edge(last: Last, start: float, stop: float) -> Curve:
    """A stretch of the toe curve between two x, from back to front."""
    run = np.interp([start, stop], last.toe[:, 0], np.linspace(0, 1, len(last.toe)))
    index = np.linspace(run[0], run[1], 20) * (len(last.toe) - 1)
    steps = np.arange(len(last.toe))
    return np.stack([np.interp(index, steps, last.toe[:, k]) for k in (0, 1)], axis=1)


def back_edge(last: Last, start: float, stop: float) -> Curve:
    """A stretch of the heel curve between two fractions of its length, going up."""
    return part(last.heel, start, stop)
