"""Which model is best by each figure, and which cannot be told from it: intervals that overlap are a tie."""

from collections.abc import Sequence
from typing import TypeVar

from lookscape.services.board.figures import Row
from lookscape.services.board.meanings import MEANINGS, Better
from lookscape.services.figures import Figure, Mark

R = TypeVar("R", bound=Row)


def marked(rows: Sequence[R]) -> list[R]:
    """The same rows, every figure with its mark. A figure that one model alone has gets none."""
    names = [name for name in type(rows[0]).model_fields if name != "model"] if rows else []
    found = list(rows)
    for name in names:
        better = MEANINGS[name].better
        column = [getattr(row, name) for row in rows]
        marks = marks_of(column, better=better)
        found = [
            row.model_copy(update={name: figure.model_copy(update={"mark": mark})}) if figure else row
            for row, figure, mark in zip(found, column, marks, strict=True)
        ]
    return found


def marks_of(column: Sequence[Figure | None], *, better: Better) -> list[Mark]:
    """One mark for each model; TIE for the best as well when another cannot be told from it."""
    there = [figure for figure in column if figure is not None]
    if better is Better.NEITHER or len(there) < 2:
        return [Mark.NONE] * len(column)
    best = pick(there, better=better)
    equal = [figure is not None and overlap(figure, best) for figure in column]
    name = Mark.TIE if sum(equal) > 1 else Mark.BEST
    return [name if is_equal else Mark.NONE for is_equal in equal]


def pick(figures: Sequence[Figure], *, better: Better) -> Figure:
    """The one with the best value."""
    return (min if better is Better.LOWER else max)(figures, key=lambda figure: figure.value)


def overlap(one: Figure, other: Figure) -> bool:
    """Do their intervals share a value?"""
    return one.low <= other.high and other.low <= one.high
