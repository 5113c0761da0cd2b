"""A figure with its interval, as tables and pages show it."""

from enum import StrEnum

from lookscape.representation.metrics.intervals import Interval
from lookscape.services.records import Record


class Mark(StrEnum):
    """How a figure stands among the models: the best, as good as can be told, or neither."""

    BEST = "best"
    TIE = "tie"
    NONE = ""


class Figure(Record):
    """A value and its 95 % interval. `mark` is best, or tie where the intervals of several overlap the best one's."""

    value: float
    low: float
    high: float
    mark: Mark = Mark.NONE

    def __str__(self) -> str:
        """As a table in the terminal shows it: * is the best, = a tie for it."""
        sign = {Mark.BEST: "* ", Mark.TIE: "= ", Mark.NONE: ""}[self.mark]
        return f"{sign}{shown(self.value)} ({shown(self.low)}–{shown(self.high)})"


def figure_of(interval: Interval) -> Figure:
    """An interval as a record."""
    return Figure(value=interval.value, low=interval.low, high=interval.high)


def shown(value: float) -> str:
    """Three figures that count, two decimals at most for what is over 1."""
    size = abs(value)
    if size >= 100 or (size >= 10 and value.is_integer()):
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 or size == 0 else f"{value:.2g}"
