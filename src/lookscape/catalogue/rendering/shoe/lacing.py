"""Tongue, lining, eyelets and laces: what shows in and around the opening of the shoe."""

from dataclasses import dataclass

import numpy as np

from lookscape.catalogue.rendering.drawing.curves import Curve, at, discs, normals, offset, part, ribbon, spline
from lookscape.catalogue.rendering.shoe.last import Last

# Steps from the top of the heel, around a loop and back.
_LOOP = np.array(
    [
        (0.012, -0.03),
        (-0.006, 0.012),
        (-0.014, 0.042),
        (0.004, 0.056),
        (0.018, 0.040),
        (0.016, 0.008),
        (0.018, -0.02),
    ]
)


@dataclass(frozen=True)
class Lacing:
    """Closed outlines, (K, N, 2): eyelet rims, and the bars of the lace from each eyelet over the throat."""

    eyelets: Curve
    bars: Curve


def lining(last: Last) -> Curve:
    """The inside of the far wall, seen over the near collar."""
    collar = last.collar
    chord = np.linspace(collar[0], collar[-1], len(collar))
    far = collar + 0.58 * (chord - collar) + (0.0, 0.007)
    far[0], far[-1] = collar[0] + (0.006, -0.002), collar[-1] + (-0.002, 0.010)
    return np.concatenate([far, (collar - (0.0, 0.05))[::-1]])


def _reach(last: Last) -> float:
    """How far the tongue stands out above the throat."""
    return float(np.interp(last.collar_height, [0.27, 0.45, 0.65], [0.078, 0.070, 0.050]))


def tongue(last: Last) -> Curve:
    """The tongue: a padded strip over the throat that ends in a rounded tip above the collar."""
    throat = part(last.throat, 0.0, 0.97, samples=20)
    lift = np.interp(np.linspace(0, 1, 20), [0.0, 0.3, 1.0], [0.020, 0.016, 0.002])
    ridge = offset(throat, lift)
    up = throat[0] - throat[2]
    up /= np.hypot(up[0], up[1])
    out = normals(throat)[0]
    top = throat[0]
    reach = _reach(last)
    tip = spline(
        [
            ridge[0],
            top + 0.72 * reach * up + 0.026 * out,
            top + 1.02 * reach * up + 0.012 * out,
            top + 0.98 * reach * up - 0.014 * out,
            top + 0.45 * reach * up - 0.050 * out,
            top - 0.080 * out,
        ]
    )
    return np.concatenate([ridge[::-1], tip[1:], offset(throat, -0.04)[1:]])


def lace_up(last: Last) -> Lacing:
    """Eyelets evenly along the throat, more of them the longer it is."""
    span = float(np.hypot(*(last.throat[0] - last.throat[-1])))
    count = int(np.clip(round(span / 0.052), 5, 9))
    where = np.linspace(0.045, 0.90, count)
    edge = at(last.throat, where)
    out = normals(part(last.throat, 0.0, 1.0, samples=200))[np.round(where * 199).astype(int)]
    up = np.stack([-out[:, 1], out[:, 0]], axis=1)
    holes = edge - 0.026 * out
    knots = np.stack(
        [holes - 0.002 * out, edge + 0.004 * up, edge + 0.016 * out + 0.012 * up, edge + 0.013 * out + 0.027 * up],
        axis=1,
    )
    width = np.interp(np.linspace(0, 1, 16), [0, 0.2, 0.8, 1], [0.012, 0.021, 0.021, 0.012])
    bars = np.stack([ribbon(spline(bar, samples=5), width) for bar in knots])
    return Lacing(discs(holes, 0.0085, sides=12), bars)


def label(last: Last) -> Curve:
    """A woven label across the tip of the tongue."""
    top = last.throat[0]
    up = top - last.throat[2]
    up /= np.hypot(up[0], up[1])
    out = normals(last.throat)[0]
    middle = top + 0.62 * _reach(last) * up
    return np.stack(
        [middle + x * out + y * up for x, y in ((0.022, -0.010), (0.020, 0.010), (-0.026, 0.010), (-0.030, -0.010))]
    )


def pull_loop(last: Last) -> Curve:
    """A loop of webbing at the top of the heel."""
    root = last.heel[-1]
    line = spline(root + _LOOP, samples=6)
    return ribbon(line, 0.013)
