"""Where everything in a report's plots goes: coordinates in units of each drawing, y growing downwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lookscape.services.survey.colours import CHANNELS, Channel
from lookscape.services.survey.figures import Distribution, Histogram, Likeness, Spot, Survey

WIDTH, HEIGHT = 320.0, 132.0
SQUARE = 200.0
JOINED = 4
"""Levels of red, green and blue that one point of a curve stands for; of CIELAB half as many."""

CUT = 1.6
"""A peak so many times as high as the next highest point is cut off, lest all else lie flat."""

NEARLY_ALL = 0.995
"""Share of every group's pixels that the drawn tints hold."""

MOST_SPOTS = 600
CELLS = 48
"""Sizes are drawn one by one up to MOST_SPOTS, else put together in a grid of CELLS x CELLS."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A group's line: what an SVG polyline takes, and the mean in words."""

    group: int
    line: str
    mean: str


@dataclass(frozen=True, kw_only=True)
class Curves:
    """One channel: all groups over its levels. `cut` says which peak goes on above the drawing."""

    channel: Channel
    curves: list[Curve]
    ticks: list[tuple[float, str]]
    top: float
    cut: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A part of a stacked bar."""

    group: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Disc:
    """Files of one size."""

    group: int
    x: float
    y: float
    radius: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Heat:
    """A cell of the table of pairs; `shade` is 0 (different) to 5 (alike), None on the diagonal."""

    likeness: Likeness | None
    shade: int


class Plots:
    """The plots of one report."""

    def __init__(self, result: Survey) -> None:
        self._result = result

    @cached_property
    def curves(self) -> list[Curves]:
        """Every channel, red first."""
        return [
            _curves(channel, [one for one in self._result.distributions if one.channel == channel.name])
            for channel in CHANNELS
        ]

    @cached_property
    def bars(self) -> list[list[Bar]]:
        """Width and height: stacked histograms in a square."""
        return [_bars(histogram) for histogram in self._result.histograms]

    @cached_property
    def discs(self) -> list[Disc]:
        """Width to the right, height upwards."""
        spots = self._result.spots
        return _discs(spots if len(spots) <= MOST_SPOTS else _gridded(spots), self._result)

    def heat(self, space: str) -> list[list[Heat]]:
        """A row and a column for each group, in their order."""
        found = {(one.first, one.second): one for one in self._result.between_groups if one.space == space}
        names = list(dict.fromkeys(name for pair in found for name in pair))
        most = max((one.divergence for one in found.values()), default=0.0) or 1.0
        return [[_heat(found.get((a, b)) or found.get((b, a)), most) for b in names] for a in names]


def _curves(channel: Channel, distributions: Sequence[Distribution]) -> Curves:
    joined = JOINED if channel.space == "rgb" else JOINED // 2
    seen = _seen(channel, distributions)
    heights = [_joined(one.shares[seen], joined) for one in distributions]
    top, cut = _top([value for one in heights for value in one])
    unit = joined * channel.step
    return Curves(
        channel=channel,
        curves=[
            Curve(group=one.group, line=_line(own, top=top), mean=f"{one.mean:.0f}")
            for one, own in zip(distributions, heights, strict=True)
        ],
        ticks=_ticks(channel, seen),
        top=top / unit,
        cut=f"The highest peak reaches {100 * cut / unit:.1f}\u202f%." if cut else "",
    )


def _seen(channel: Channel, distributions: Sequence[Distribution]) -> slice:
    """The levels that are drawn: all but of the tints, of which those that nearly every pixel has."""
    if channel.low == 0:
        return slice(0, channel.num)
    middle = channel.num // 2
    for half in range(middle // 4, middle, middle // 4):
        within = slice(middle - half, middle + half)
        if all(sum(one.shares[within]) >= NEARLY_ALL for one in distributions):
            return within
    return slice(0, channel.num)


def _line(heights: Sequence[float], *, top: float) -> str:
    step = WIDTH / len(heights)
    points = ((step * (place + 0.5), HEIGHT * (1 - min(height / top, 1.04))) for place, height in enumerate(heights))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _joined(shares: Sequence[float], joined: int) -> list[float]:
    return [float(part) for part in np.add.reduceat(np.asarray(shares), range(0, len(shares), joined))]


def _top(values: Sequence[float]) -> tuple[float, float]:
    """The height of a drawing, and that of a peak which does not fit, 0 without one."""
    if not values:
        return 1.0, 0.0
    highest, usual = max(values), float(np.quantile(values, 0.97))
    if highest > 2 * CUT * usual > 0:
        return CUT * usual, highest
    return highest or 1.0, 0.0


def _ticks(channel: Channel, seen: slice) -> list[tuple[float, str]]:
    low, high = (channel.low + channel.step * place for place in (seen.start, seen.stop))
    marks = (0, 64, 128, 192, 255) if channel.space == "rgb" else np.linspace(low, high, 5).astype(int).tolist()
    return [(round(WIDTH * (mark - low) / (high - low), 1), f"{mark}".replace("-", "−")) for mark in marks]


def _bars(histogram: Histogram) -> list[Bar]:
    counts_GB, edges = np.array(histogram.counts), np.array(histogram.edges)
    highest = max(int(counts_GB.sum(axis=0).max()), 1)
    at = SQUARE * (edges - edges[0]) / (edges[-1] - edges[0])
    bases_GB = np.cumsum(counts_GB, axis=0)
    return [
        Bar(
            group=group,
            x=round(float(at[place]), 1),
            y=round(SQUARE * (1 - float(bases_GB[group, place]) / highest), 1),
            width=round(max(float(at[place + 1] - at[place]) - 1, 0.5), 1),
            height=round(SQUARE * number / highest, 1),
        )
        for group, row in enumerate(counts_GB.tolist())
        for place, number in enumerate(row)
        if number
    ]


def _gridded(spots: Sequence[Spot]) -> list[Spot]:
    """Sizes that fall into the same cell of a grid as one, at its middle."""
    step = {side: max(1, -(-(_most(spots, side) - _least(spots, side) + 1) // CELLS)) for side in ("width", "height")}
    least = {side: _least(spots, side) for side in step}
    found: dict[tuple[int, int, int], int] = {}
    for one in spots:
        x, y = ((getattr(one, side) - least[side]) // step[side] for side in step)
        cell = (one.group, x, y)
        found[cell] = found.get(cell, 0) + one.files
    return [
        Spot(
            group=group,
            width=least["width"] + x * step["width"] + step["width"] // 2,
            height=least["height"] + y * step["height"] + step["height"] // 2,
            files=files,
        )
        for (group, x, y), files in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def _least(spots: Sequence[Spot], side: str) -> int:
    return min(int(getattr(one, side)) for one in spots)


def _most(spots: Sequence[Spot], side: str) -> int:
    return max(int(getattr(one, side)) for one in spots)


def _discs(spots: Sequence[Spot], result: Survey) -> list[Disc]:
    if not spots:
        return []
    edges = {one.name: one.edges for one in result.histograms}
    low = {name: found[0] for name, found in edges.items()}
    span = {name: found[-1] - found[0] for name, found in edges.items()}
    most = max(one.files for one in spots)
    return [
        Disc(
            group=one.group,
            x=round(SQUARE * (one.width + 0.5 - low["width"]) / span["width"], 1),
            y=round(SQUARE * (1 - (one.height + 0.5 - low["height"]) / span["height"]), 1),
            radius=round(2 + 10 * (one.files / most) ** 0.5, 1),
            words=f"{result.groups[one.group].name}: {one.files:,} at {one.width} × {one.height} px",
        )
        for one in spots
    ]


def _heat(likeness: Likeness | None, most: float) -> Heat:
    return Heat(likeness=likeness, shade=0 if likeness is None else round(5 * (1 - likeness.divergence / most)))
