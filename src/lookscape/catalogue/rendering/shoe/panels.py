"""The pieces an upper is cut from: one function per construction, each returning panels from the bottom layer up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookscape.catalogue.rendering.drawing.curves import Curve, at, offset, part, spline
from lookscape.catalogue.rendering.factors import Construction, Silhouette
from lookscape.catalogue.rendering.shoe.last import back_edge, top_edge
from lookscape.catalogue.rendering.shoe.shape import Shoe

Role = Literal["upper", "panel", "accent"]


@dataclass(frozen=True)
class Panel:
    """A closed outline, the colour it takes, the open edges that are sewn down (the panel to their right), whether
    it covers the brand mark, and whether it is elastic set into the upper rather than sewn on.
    """

    outline: Curve
    role: Role
    seams: tuple[Curve, ...] = ()
    over_mark: bool = True
    elastic: bool = False


def cut(shoe: Shoe) -> list[Panel]:
    """The panels of the factors' construction, in the order they are sewn on."""
    return CONSTRUCTIONS[shoe.factors.construction](shoe)


def _toe_panel(shoe: Shoe, edge: Curve, *, start: float, role: Role = "panel") -> Panel:
    """Everything in front of an edge that runs from the sole to the toe curve at x = start."""
    rim = top_edge(shoe.last, start, 1.0)
    roof = np.interp(edge[:, 0], shoe.last.toe[:, 0], shoe.last.toe[:, 1], left=np.inf)
    edge = np.stack([edge[:, 0], np.minimum(edge[:, 1], roof - 0.006)], axis=1)
    floor = np.array([(rim[-1, 0], rim[-1, 1] - 0.03), (edge[0, 0], edge[0, 1] - 0.03)])
    seam = np.concatenate([edge, rim[:1]])
    return Panel(np.concatenate([edge, rim, floor]), role, seams=(seam,), over_mark=False)


def _heel_panel(shoe: Shoe, edge: Curve, *, top: float, role: Role = "panel") -> Panel:
    """Everything behind an edge that runs from the heel curve, at a fraction of its length, down to the sole."""
    back = back_edge(shoe.last, 0.0, top)
    edge = np.concatenate([back[-1:], edge])
    floor = np.array([(edge[-1, 0], edge[-1, 1] - 0.03), (back[0, 0], back[0, 1] - 0.03)])
    return Panel(np.concatenate([back, edge, floor]), role, seams=(edge,), over_mark=False)


def _eyestay(shoe: Shoe, *, width: float, reach: float = 0.96, role: Role = "panel") -> Panel:
    """The band along the throat that carries the eyelets, rounded off at the vamp."""
    throat = part(shoe.last.throat, 0.0, reach, samples=28)
    taper = np.interp(np.linspace(0, 1, 28), [0.0, 0.15, 0.85, 1.0], [1.1, 1.0, 0.9, 0.62])
    inner = offset(throat, -width * taper)
    end = spline([throat[-1], 0.5 * (throat[-1] + inner[-1]) + (0.026, -0.012), inner[-1]])
    return Panel(
        np.concatenate([throat, end[1:-1], inner[::-1]]), role, seams=(np.concatenate([end[6:], inner[::-1]]),)
    )


def _collar_band(shoe: Shoe, *, width: float, role: Role) -> Panel:
    """A padded band under the whole collar."""
    collar = part(shoe.last.collar, 0.0, 1.0, samples=28)
    inner = collar - (0.0, width) - np.stack([np.zeros(28), 0.25 * width * np.linspace(1, 0, 28)], axis=1)
    inner[0, 0] = np.interp(inner[0, 1], shoe.last.heel[:, 1], shoe.last.heel[:, 0])
    return Panel(np.concatenate([collar, inner[::-1]]), role, seams=(inner[::-1],))


def _heel_tab(shoe: Shoe, *, height: float, width: float, role: Role = "accent") -> Panel:
    """A small piece at the top of the heel."""
    share = height / max(shoe.last.collar_height, 1e-6)
    back = back_edge(shoe.last, 1 - share, 1.0)
    rim = part(shoe.last.collar, 0.0, width / 0.34, samples=8)
    edge = spline([rim[-1], (rim[-1, 0] - 0.012, back[0, 1] + 0.35 * height), back[0]])
    return Panel(np.concatenate([back, rim, edge]), role, seams=(part(edge, 0.0, 0.7),))


def _court(shoe: Shoe) -> list[Panel]:
    guard = shoe.place((0.565, 0.0), (0.615, 0.055), (0.70, 0.078), (0.80, 0.074), (0.885, 0.076))
    counter = shoe.place((0.105, 0.150), (0.165, 0.105), (0.215, 0.050), (0.250, 0.0))
    panels = [
        _toe_panel(shoe, guard, start=0.938),
        _heel_panel(shoe, counter, top=0.62 if shoe.factors.collar_height < 0.32 else 0.42),
        _eyestay(shoe, width=0.066),
    ]
    if shoe.factors.silhouette is not Silhouette.LOW:
        panels.append(_collar_band(shoe, width=0.26 * shoe.factors.collar_height, role="accent"))
    return [*panels, _heel_tab(shoe, height=0.055, width=0.055)]


def _skate(shoe: Shoe) -> list[Panel]:
    cap = shoe.place((0.690, 0.0), (0.700, 0.060), (0.728, 0.115))
    counter = shoe.place((0.125, 0.175), (0.195, 0.140), (0.245, 0.075), (0.285, 0.0))
    edge = min(0.80, float(shoe.last.toe[6, 0]))
    return [
        _toe_panel(shoe, cap, start=edge),
        _heel_panel(shoe, counter, top=0.74 if shoe.factors.collar_height < 0.32 else 0.46),
        _eyestay(shoe, width=0.058, reach=1.0),
        _collar_band(shoe, width=0.026, role="panel"),
        _heel_tab(shoe, height=0.050, width=0.030),
    ]


def _runner(shoe: Shoe) -> list[Panel]:
    guard = shoe.place((0.53, 0.0), (0.61, 0.040), (0.72, 0.052), (0.82, 0.062), (0.895, 0.090))
    wrap = shoe.place((0.090, 0.135), (0.150, 0.120), (0.235, 0.060), (0.345, 0.0))
    throat = shoe.last.throat
    top, low = at(throat, 0.30)[0], at(throat, 0.62)[0]
    base = shoe.place((0.375, 0.0), (0.50, 0.0))
    front = spline([low, (low[0] - 0.065, low[1] - 0.085), base[-1] + (0, 0.03), base[-1] - (0, 0.03)])
    rear = spline([base[0] - (0, 0.03), base[0] + (0.012, 0.035), (top[0] - 0.045, top[1] - 0.10), top])
    saddle = Panel(np.concatenate([front, rear]), "panel", seams=(front, rear), over_mark=False)
    return [
        _toe_panel(shoe, guard, start=0.925),
        saddle,
        _heel_panel(shoe, wrap, top=0.58 if shoe.factors.collar_height < 0.32 else 0.38),
        _eyestay(shoe, width=0.042, role="panel"),
        _collar_band(shoe, width=0.030, role="upper"),
        _heel_tab(shoe, height=0.085, width=0.040),
    ]


def _minimal(shoe: Shoe) -> list[Panel]:
    vamp = shoe.last.inside(0.97, 0.045)
    foot = shoe.place((0.60, 0.0), (0.61, 0.01))[0]
    quarter = spline([vamp, (vamp[0] - 0.012, 0.5 * (vamp[1] + foot[1])), foot - (0.03, 0.02)])
    strip = shoe.place((0.088, 0.12), (0.098, 0.06), (0.105, 0.0))
    return [
        Panel(np.concatenate([quarter, quarter[::-1] - (0.004, 0)]), "upper", seams=(quarter,), over_mark=False),
        _eyestay(shoe, width=0.052, role="upper"),
        _heel_panel(shoe, strip, top=0.80, role="panel"),
        _heel_tab(shoe, height=0.060, width=0.048),
    ]


def _work(shoe: Shoe) -> list[Panel]:
    cap = shoe.place((0.775, 0.0), (0.768, 0.055), (0.790, 0.105))
    counter = shoe.place((0.110, 0.185), (0.180, 0.150), (0.225, 0.080), (0.255, 0.0))
    vamp = shoe.place((0.40, 0.0), (0.425, 0.075), (0.50, 0.135), (0.60, 0.165))
    edge = min(0.845, float(shoe.last.toe[9, 0]))
    return [
        Panel(np.concatenate([vamp, vamp[::-1] - (0, 0.004)]), "upper", seams=(vamp,), over_mark=False),
        _toe_panel(shoe, cap, start=edge, role="upper"),
        _heel_panel(shoe, counter, top=0.40, role="upper"),
        _eyestay(shoe, width=0.070, role="upper"),
        _collar_band(shoe, width=0.055, role="panel"),
        _heel_tab(shoe, height=0.085, width=0.030),
    ]


def _chelsea(shoe: Shoe) -> list[Panel]:
    collar = shoe.last.collar
    rim = part(collar, 0.34, 0.80, samples=14)
    low = shoe.sole.height(np.array([0.25]))[0] + 0.19
    front = spline([rim[-1], (0.300, 0.5 * (rim[-1, 1] + low)), (0.268, low)])
    back = spline([(0.232, low), (0.205, 0.5 * (rim[0, 1] + low)), rim[0]])
    gore = Panel(np.concatenate([rim, front, back]), "panel", seams=(front, back), elastic=True)
    counter = shoe.place((0.105, 0.150), (0.170, 0.110), (0.215, 0.055), (0.240, 0.0))
    return [gore, _heel_panel(shoe, counter, top=0.30, role="upper"), _heel_tab(shoe, height=0.075, width=0.030)]


CONSTRUCTIONS: Mapping[Construction, Callable[[Shoe], list[Panel]]] = {
    Construction.COURT: _court,
    Construction.SKATE: _skate,
    Construction.RUNNER: _runner,
    Construction.MINIMAL: _minimal,
    Construction.WORK: _work,
    Construction.CHELSEA: _chelsea,
}
