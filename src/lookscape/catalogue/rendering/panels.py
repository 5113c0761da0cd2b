"""The pieces an upper is cut from: one function per construction, each returning panels from the bottom layer up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookscape.catalogue.rendering.curves import Curve, at, offset, part, spline
from lookscape.catalogue.rendering.factors import Construction, Factors, Silhouette
from lookscape.catalogue.rendering.last import Last, back_edge, top_edge
from lookscape.catalogue.rendering.sole import Sole

Role = Literal["upper", "panel", "accent"]


@dataclass(frozen=True)
class Panel:
    """A closed outline, the colour it takes, the open edges that are sewn down (the panel to their right), how many
    layers thick it lies, and whether it covers the brand mark.
    """

    outline: Curve
    role: Role
    seams: tuple[Curve, ...] = ()
    layers: int = 1
    over_mark: bool = True


@dataclass(frozen=True)
class Block:
    """What a pattern maker has in hand: the factors, the last and the sole."""

    factors: Factors
    last: Last
    sole: Sole

    def place(self, *points: tuple[float, float]) -> Curve:
        """A spline through points given as x and height above the footbed."""
        knots = np.array(points)
        knots[:, 1] += self.sole.height(knots[:, 0])
        return spline(knots)


def cut(block: Block) -> list[Panel]:
    """The panels of the factors' construction, in the order they are sewn on."""
    return CONSTRUCTIONS[block.factors.construction](block)


def _toe_panel(block: Block, edge: Curve, *, start: float, role: Role = "panel") -> Panel:
    """Everything in front of an edge that runs from the sole to the toe curve at x = start."""
    rim = top_edge(block.last, start, 1.0)
    roof = np.interp(edge[:, 0], block.last.toe[:, 0], block.last.toe[:, 1], left=np.inf)
    edge = np.stack([edge[:, 0], np.minimum(edge[:, 1], roof - 0.006)], axis=1)
    floor = np.array([(rim[-1, 0], rim[-1, 1] - 0.03), (edge[0, 0], edge[0, 1] - 0.03)])
    seam = np.concatenate([edge, rim[:1]])
    return Panel(np.concatenate([edge, rim, floor]), role, seams=(seam,), over_mark=False)


def _heel_panel(block: Block, edge: Curve, *, top: float, role: Role = "panel") -> Panel:
    """Everything behind an edge that runs from the heel curve, at a fraction of its length, down to the sole."""
    back = back_edge(block.last, 0.0, top)
    edge = np.concatenate([back[-1:], edge])
    floor = np.array([(edge[-1, 0], edge[-1, 1] - 0.03), (back[0, 0], back[0, 1] - 0.03)])
    return Panel(np.concatenate([back, edge, floor]), role, seams=(edge,), over_mark=False)


def _eyestay(block: Block, *, width: float, reach: float = 0.96, role: Role = "panel") -> Panel:
    """The band along the throat that carries the eyelets, rounded off at the vamp."""
    throat = part(block.last.throat, 0.0, reach, samples=28)
    taper = np.interp(np.linspace(0, 1, 28), [0.0, 0.15, 0.85, 1.0], [1.1, 1.0, 0.9, 0.62])
    inner = offset(throat, -width * taper)
    end = spline([throat[-1], 0.5 * (throat[-1] + inner[-1]) + (0.026, -0.012), inner[-1]])
    return Panel(
        np.concatenate([throat, end[1:-1], inner[::-1]]), role, seams=(np.concatenate([end[6:], inner[::-1]]),)
    )


def _collar_band(block: Block, *, width: float, role: Role) -> Panel:
    """A padded band under the whole collar."""
    collar = part(block.last.collar, 0.0, 1.0, samples=28)
    inner = collar - (0.0, width) - np.stack([np.zeros(28), 0.25 * width * np.linspace(1, 0, 28)], axis=1)
    inner[0, 0] = np.interp(inner[0, 1], block.last.heel[:, 1], block.last.heel[:, 0])
    return Panel(np.concatenate([collar, inner[::-1]]), role, seams=(inner[::-1],))


def _heel_tab(block: Block, *, height: float, width: float, role: Role = "accent") -> Panel:
    """A small piece at the top of the heel."""
    share = height / max(block.last.collar_height, 1e-6)
    back = back_edge(block.last, 1 - share, 1.0)
    rim = part(block.last.collar, 0.0, width / 0.34, samples=8)
    edge = spline([rim[-1], (rim[-1, 0] - 0.012, back[0, 1] + 0.35 * height), back[0]])
    return Panel(np.concatenate([back, rim, edge]), role, seams=(edge,), layers=2)


def _court(block: Block) -> list[Panel]:
    guard = block.place((0.565, 0.0), (0.615, 0.055), (0.70, 0.078), (0.80, 0.074), (0.885, 0.076))
    counter = block.place((0.105, 0.150), (0.165, 0.105), (0.215, 0.050), (0.250, 0.0))
    panels = [
        _toe_panel(block, guard, start=0.938),
        _heel_panel(block, counter, top=0.62 if block.factors.collar_height < 0.32 else 0.42),
        _eyestay(block, width=0.066),
    ]
    if block.factors.silhouette is not Silhouette.LOW:
        panels.append(_collar_band(block, width=0.26 * block.factors.collar_height, role="accent"))
    return [*panels, _heel_tab(block, height=0.055, width=0.055)]


def _skate(block: Block) -> list[Panel]:
    cap = block.place((0.690, 0.0), (0.700, 0.060), (0.728, 0.115))
    counter = block.place((0.125, 0.175), (0.195, 0.140), (0.245, 0.075), (0.285, 0.0))
    edge = min(0.80, float(block.last.toe[6, 0]))
    return [
        _toe_panel(block, cap, start=edge),
        _heel_panel(block, counter, top=0.74 if block.factors.collar_height < 0.32 else 0.46),
        _eyestay(block, width=0.058, reach=1.0),
        _collar_band(block, width=0.026, role="panel"),
        _heel_tab(block, height=0.050, width=0.030),
    ]


def _runner(block: Block) -> list[Panel]:
    guard = block.place((0.53, 0.0), (0.61, 0.040), (0.72, 0.052), (0.82, 0.062), (0.895, 0.090))
    wrap = block.place((0.090, 0.135), (0.150, 0.120), (0.235, 0.060), (0.345, 0.0))
    throat = block.last.throat
    top, low = at(throat, 0.30)[0], at(throat, 0.62)[0]
    base = block.place((0.375, 0.0), (0.50, 0.0))
    front = spline([low, (low[0] - 0.065, low[1] - 0.085), base[-1] + (0, 0.03), base[-1] - (0, 0.03)])
    rear = spline([base[0] - (0, 0.03), base[0] + (0.012, 0.035), (top[0] - 0.045, top[1] - 0.10), top])
    saddle = Panel(np.concatenate([front, rear]), "panel", seams=(front, rear), over_mark=False)
    return [
        _toe_panel(block, guard, start=0.925),
        saddle,
        _heel_panel(block, wrap, top=0.58 if block.factors.collar_height < 0.32 else 0.38),
        _eyestay(block, width=0.042, role="panel"),
        _collar_band(block, width=0.030, role="upper"),
        _heel_tab(block, height=0.085, width=0.040),
    ]


def _minimal(block: Block) -> list[Panel]:
    vamp = block.last.inside(0.97, 0.045)
    foot = block.place((0.60, 0.0), (0.61, 0.01))[0]
    quarter = spline([vamp, (vamp[0] - 0.012, 0.5 * (vamp[1] + foot[1])), foot - (0.03, 0.02)])
    strip = block.place((0.088, 0.12), (0.098, 0.06), (0.105, 0.0))
    return [
        Panel(np.concatenate([quarter, quarter[::-1] - (0.004, 0)]), "upper", seams=(quarter,), over_mark=False),
        _eyestay(block, width=0.052, role="upper"),
        _heel_panel(block, strip, top=0.80, role="panel"),
        _heel_tab(block, height=0.060, width=0.048),
    ]


def _work(block: Block) -> list[Panel]:
    cap = block.place((0.775, 0.0), (0.768, 0.055), (0.790, 0.105))
    counter = block.place((0.110, 0.185), (0.180, 0.150), (0.225, 0.080), (0.255, 0.0))
    vamp = block.place((0.40, 0.0), (0.425, 0.075), (0.50, 0.135), (0.60, 0.165))
    edge = min(0.845, float(block.last.toe[9, 0]))
    return [
        Panel(np.concatenate([vamp, vamp[::-1] - (0, 0.004)]), "upper", seams=(vamp,), over_mark=False),
        _toe_panel(block, cap, start=edge, role="upper"),
        _heel_panel(block, counter, top=0.40, role="upper"),
        _eyestay(block, width=0.070, role="upper"),
        _collar_band(block, width=0.055, role="panel"),
        _heel_tab(block, height=0.085, width=0.030),
    ]


def _chelsea(block: Block) -> list[Panel]:
    collar = block.last.collar
    rim = part(collar, 0.34, 0.80, samples=14)
    low = block.sole.height(np.array([0.25]))[0] + 0.19
    front = spline([rim[-1], (0.300, 0.5 * (rim[-1, 1] + low)), (0.268, low)])
    back = spline([(0.232, low), (0.205, 0.5 * (rim[0, 1] + low)), rim[0]])
    gore = Panel(np.concatenate([rim, front, back]), "panel", seams=(front, back), layers=0)
    counter = block.place((0.105, 0.150), (0.170, 0.110), (0.215, 0.055), (0.240, 0.0))
    return [gore, _heel_panel(block, counter, top=0.30, role="upper"), _heel_tab(block, height=0.075, width=0.030)]


CONSTRUCTIONS: Mapping[Construction, Callable[[Block], list[Panel]]] = {
    Construction.COURT: _court,
    Construction.SKATE: _skate,
    Construction.RUNNER: _runner,
    Construction.MINIMAL: _minimal,
    Construction.WORK: _work,
    Construction.CHELSEA: _chelsea,
}
