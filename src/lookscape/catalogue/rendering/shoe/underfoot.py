"""Paints the sole unit: tread, midsole with the lines that tell one shape from another, outsole."""

from collections.abc import Callable, Mapping

import numpy as np

from lookscape.catalogue.rendering.drawing.canvas import Canvas, Paint
from lookscape.catalogue.rendering.drawing.curves import Curve, dashes, part, ribbon, shift
from lookscape.catalogue.rendering.factors import SoleShape
from lookscape.catalogue.rendering.shoe.finishes import LEATHER, MATT, RUBBER, SOLE, tint
from lookscape.catalogue.rendering.shoe.shape import Shoe

_WELT_THREAD = (222.0, 196.0, 140.0)


def paint_sole(shoe: Shoe, canvas: Canvas) -> None:
    """The whole sole unit, tread first."""
    factors, sole = shoe.factors, shoe.sole
    rubber = Paint(factors.outsole.rgb, RUBBER, SOLE - 6)
    if len(sole.lugs):
        # The far side's tread fills the gaps of the near side's, in the dark.
        band = np.concatenate([sole.bottom, shift(sole.bottom, 0, -0.6 * sole.habit.tread)[::-1]])
        canvas.fill(band, Paint(tint(factors.outsole.rgb, 0.42), MATT, SOLE - 30))
        canvas.fill(sole.lugs, rubber)
    canvas.fill(sole.midsole, Paint(factors.sole.rgb, RUBBER, SOLE))
    SIDEWALLS[factors.sole_shape](shoe, canvas)
    canvas.fill(sole.outsole, rubber)


def _moulded(shoe: Shoe) -> Paint:
    return Paint(tint(shoe.factors.sole.rgb, 0.84), RUBBER, SOLE - 7)


def _under_top(shoe: Shoe, share: float, start: float, stop: float) -> Curve:
    """A line that keeps a share of the sole's thickness below its top."""
    return part(shift(shoe.sole.top, 0, -share * shoe.factors.sole_thickness), start, stop, samples=48)


def _across(shoe: Shoe, share: float | Curve, start: float, stop: float, *, samples: int = 32) -> Curve:
    """A line along the sidewall, at a share of the way from seam to top; the share may vary along it."""
    x = np.linspace(start, stop, samples)
    low = np.interp(x, shoe.sole.seam[:, 0], shoe.sole.seam[:, 1])
    return np.stack([x, low + share * (shoe.sole.height(x) - low)], axis=1)


def _flat(shoe: Shoe, canvas: Canvas) -> None:
    """Foxing: a coloured line all along, and a ribbed bumper at the toe."""
    canvas.fill(ribbon(_under_top(shoe, 0.30, 0.01, 0.985), 0.007), Paint(shoe.factors.accent.rgb, RUBBER, SOLE + 1))
    canvas.fill(ribbon(_under_top(shoe, 0.62, 0.80, 0.995), 0.006), _moulded(shoe))


def _cupsole(shoe: Shoe, canvas: Canvas) -> None:
    """The stitch that holds a cup to its upper."""
    stitches = dashes(_under_top(shoe, 0.20, 0.02, 0.975), length=0.012, gap=0.005, width=0.0034)
    canvas.fill(stitches, Paint(tint(shoe.factors.sole.rgb, 1 - 0.24 * canvas.share(0.0034)), MATT, SOLE - 5))


def _wedge(shoe: Shoe, canvas: Canvas) -> None:
    """One line that follows the ground, so that the rise shows."""
    canvas.fill(ribbon(_across(shoe, 0.16, 0.02, 0.97), 0.006), _moulded(shoe))


def _foam(shoe: Shoe, canvas: Canvas) -> None:
    """Grooves moulded into foam, one long sweep and short cuts around the forefoot, and a cushion in the heel."""
    profile = np.interp(np.linspace(0, 1, 32), [0, 0.35, 0.7, 1], [0.72, 0.66, 0.34, 0.30])
    canvas.fill(ribbon(_across(shoe, profile, 0.02, 0.80), 0.008), _moulded(shoe))
    x = np.linspace(0.60, 0.90, 6 if shoe.factors.sole_shape is SoleShape.CHUNKY else 4)
    feet = _across(shoe, 0.10, x[0], x[-1], samples=len(x))
    heads = shift(_across(shoe, 0.52, x[0], x[-1], samples=len(x)), 0.022, 0)
    canvas.fill([ribbon(np.stack(ends), 0.008) for ends in zip(feet, heads, strict=True)], _moulded(shoe))
    taper = np.interp(np.linspace(0, 1, 32), [0, 0.5, 1], [0.52, 0.50, 0.16])
    cushion = np.concatenate([_across(shoe, taper, 0.045, 0.42), _across(shoe, 0.12, 0.045, 0.42)[::-1]])
    canvas.fill(cushion, Paint(shoe.factors.accent.rgb, RUBBER, SOLE - 4))


def _lug(shoe: Shoe, canvas: Canvas) -> None:
    """A stitched welt."""
    welt = part(shift(shoe.sole.top, 0, -0.010), 0.012, 0.99, samples=48)
    canvas.fill(ribbon(welt, 0.016), Paint(tint(shoe.factors.sole.rgb, 1.06), LEATHER, SOLE + 10))
    stitches = dashes(shift(welt, 0, 0.002), length=0.010, gap=0.005, width=0.0034)
    canvas.fill(stitches, Paint(_WELT_THREAD, MATT, SOLE + 13))


SIDEWALLS: Mapping[SoleShape, Callable[[Shoe, Canvas], None]] = {
    SoleShape.FLAT: _flat,
    SoleShape.CUPSOLE: _cupsole,
    SoleShape.WEDGE: _wedge,
    SoleShape.CHUNKY: _foam,
    SoleShape.RUNNER: _foam,
    SoleShape.LUG: _lug,
}
