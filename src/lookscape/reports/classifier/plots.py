"""Where everything in a classifier's plots goes: coordinates in units of each drawing, y growing downwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lookscape.services.classification.records import Class, ClassifierReport, Curve

SQUARE = 200.0
WIDTH, HEIGHT = 320.0, 132.0
SHADES = 5
PAIRS = 12
"""Confusions that are listed."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A polyline, its legend, and its place among the colours."""

    name: str
    points: str
    colour: int


@dataclass(frozen=True, kw_only=True)
class Dot:
    """Photos of about the same confidence; `low` and `high` are the ends of the interval, y of both."""

    x: float
    y: float
    low: float | None
    high: float | None
    radius: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Photos of one value told to be another one. `shade` is 0 to SHADES by the share of the value's photos."""

    photos: int
    shade: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A true value and what it was told to be; `place` is where it itself stands."""

    value: str
    place: int
    photos: int
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A confusion: `share` is that of the true value's photos."""

    value: str
    predicted: str
    photos: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """Lines over the epochs, the marks of both axes, and where the kept weights are."""

    lines: list[Line]
    epochs: list[tuple[float, str]]
    levels: list[tuple[float, str]]
    best: float


class Plots:
    """The plots of one report."""

    def __init__(self, result: ClassifierReport) -> None:
        self._result = result

    @cached_property
    def worst_first(self) -> list[Class]:
        """Values with photos, the lowest F1 first; then those without."""
        return sorted(self._result.classes, key=lambda one: (not one.support, one.f1, one.value))

    @cached_property
    def rows(self) -> list[Row]:
        """The confusion matrix; values that are taken for one another stand together."""
        order = alike_together(np.array(self._result.confusion, np.float64))
        names = [self._result.order[place] for place in order]
        counts_KK = np.array(self._result.confusion)[np.ix_(order, order)]
        return [
            Row(
                value=name,
                place=row,
                photos=int(counts_KK[row].sum()),
                cells=[
                    _cell(name, told, int(photos), int(counts_KK[row].sum()))
                    for told, photos in zip(names, counts_KK[row], strict=True)
                ],
            )
            for row, name in enumerate(names)
        ]

    @cached_property
    def pairs(self) -> list[Pair]:
        """The commonest confusions."""
        found = [
            Pair(value=row.value, predicted=self.rows[place].value, photos=cell.photos, share=cell.photos / row.photos)
            for row in self.rows
            for place, cell in enumerate(row.cells)
            if cell.photos and place != row.place
        ]
        return sorted(found, key=lambda one: (-one.photos, -one.share, one.value, one.predicted))[:PAIRS]

    @cached_property
    def roc(self) -> list[Line]:
        """In a square."""
        return [_line(curve, place) for place, curve in enumerate(self._result.roc)]

    @cached_property
    def precision_recall(self) -> list[Line]:
        """In a square."""
        return [_line(curve, place) for place, curve in enumerate(self._result.precision_recall)]

    @cached_property
    def dots(self) -> list[Dot]:
        """Confidence to the right, share told right upwards."""
        most = max((one.photos for one in self._result.calibration), default=1)
        return [
            Dot(
                x=_x(one.confidence),
                y=_y(one.accuracy),
                low=None if one.low is None else _y(one.low),
                high=None if one.high is None else _y(one.high),
                radius=round(2.5 + 2 * (one.photos / most) ** 0.5, 1),
                words=f"{one.photos:,} photos predicted with {one.confidence:.0%} confidence, {one.accuracy:.0%} right",
            )
            for one in self._result.calibration
        ]

    @cached_property
    def courses(self) -> list[Course]:
        """Loss, then macro F1, over the epochs; none without two looks."""
        evaluations = self._result.evaluations
        if len(evaluations) < 2:
            return []
        epochs = [point.epoch for point in evaluations]
        best = next(point.epoch for point in evaluations if point.kept)
        losses = [
            ("training photos", [point.train_loss for point in evaluations]),
            ("validation photos", [point.loss for point in evaluations]),
        ]
        return [
            _course(epochs, losses, best=best, top=max(value for _, values in losses for value in values)),
            _course(epochs, [("macro F1", [point.macro_f1 for point in evaluations])], best=best, top=1.0),
        ]


def alike_together(confusion_KK: NDArray[np.float64]) -> list[int]:
    """An order of the classes in which those taken for one another are near (leaf order: Bar-Joseph et al., 2001)."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(confusion_KK) < 3:
        return list(range(len(confusion_KK)))
    shares_KK = confusion_KK / np.maximum(confusion_KK.sum(axis=1, keepdims=True), 1)
    far_KK = 1 - (shares_KK + shares_KK.T) / 2
    np.fill_diagonal(far_KK, 0)
    return [int(place) for place in leaves_list(linkage(squareform(far_KK), "average", optimal_ordering=True))]


def _cell(value: str, told: str, photos: int, total: int) -> Cell:
    shade = max(1, round(SHADES * photos / total)) if photos else 0
    words = (
        f"{value}: {photos:,} of {total:,} predicted correctly"
        if value == told
        else f"{value} mistaken for {told}: {photos:,} of {total:,}"
    )
    return Cell(photos=photos, shade=shade, words=words)


def _line(curve: Curve, place: int) -> Line:
    points = " ".join(f"{_x(x)},{_y(y)}" for x, y in zip(curve.x, curve.y, strict=True))
    return Line(name=curve.value or "mean of all values", points=points, colour=place)


def _course(
    epochs: Sequence[float], named: Sequence[tuple[str, Sequence[float]]], *, best: float, top: float
) -> Course:
    top, last = top or 1.0, epochs[-1]

    def x(epoch: float) -> float:
        return round(WIDTH * epoch / last, 1)

    def y(value: float) -> float:
        return round(HEIGHT * (1 - value / top), 1)

    lines = [
        Line(
            name=name,
            points=" ".join(f"{x(epoch)},{y(value)}" for epoch, value in zip(epochs, values, strict=True)),
            colour=place,
        )
        for place, (name, values) in enumerate(named)
    ]
    marks = np.arange(0, last + 1e-9, max(1, round(last / 4)))
    levels = [(y(top * part), f"{top * part:.2g}") for part in (0.0, 0.5, 1.0)]
    return Course(lines=lines, epochs=[(x(mark), f"{mark:.3g}") for mark in marks], levels=levels, best=x(best))


def _x(share: float) -> float:
    return round(SQUARE * share, 1)


def _y(share: float) -> float:
    return round(SQUARE * (1 - share), 1)
