"""The match board: which Space and metric put a product of the same label first, with t-SNE maps beside it.

`?sample=` picks a board, one for each sample of photos; without it the newest is shown. The button starts the tool
`measure match`. static/js/pages/match.js sorts the table and draws the maps.
"""

import json
from collections import Counter
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.kinds import kinds
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.figures import Figure, Mark
from lookscape.services.match.figures import Point, Row
from lookscape.services.match.file import board_names, read_board
from lookscape.tools.measure.match import Result

PATH = "/match"
TITLE = "Match test"
NAV = 63

MOST_VALUES = 400
"""An attribute with more different values is a text, not a kind."""

COLOURED = 7
"""Labels that have a colour of their own on the maps; the others share one."""


class Cell(BaseModel):
    """One figure; `low`, `middle`, `high` and `chance` are places on a bar that is 100 wide."""

    model_config = ConfigDict(frozen=True)
    value: str
    interval: str
    low: float
    middle: float
    high: float


class Line(BaseModel):
    """One Space under one metric. `sorts` are the numbers by which a column is sorted, by the column's name."""

    model_config = ConfigDict(frozen=True)
    space: str
    metric: str
    model: str
    taught: str
    mark: Mark
    chance: float
    figures: dict[str, Cell]
    by_label: str
    size: str
    query_ms: str
    queries: int
    sorts: dict[str, float]


class Column(BaseModel):
    """A column that the table can be sorted by; `better` says which end is the good one."""

    model_config = ConfigDict(frozen=True)
    name: str
    label: str
    better: str
    words: str


FIGURES = (
    Column(name="match", label="Match", better="higher", words="Queries whose nearest other product has their label."),
    Column(name="recall_5", label="In first 5", better="higher", words="Queries with one among the first 5."),
    Column(name="recall_10", label="In first 10", better="higher", words="Queries with one among the first 10."),
    Column(
        name="map",
        label="MAP",
        better="higher",
        words="Mean average precision: how early all products of the label come, over the whole gallery.",
    ),
    Column(
        name="map_at_r",
        label="MAP at R",
        better="higher",
        words="The same over as many places as there are products of the label; it separates Spaces best.",
    ),
)
REST = (
    Column(name="by_label", label="By label", better="higher", words="Match, every label counting the same."),
    Column(name="size", label="Bytes", better="lower", words="Storage for one photo's vector."),
    Column(
        name="query_ms",
        label="ms a query",
        better="lower",
        words="Time to compare one query with every photo of the gallery, median.",
    ),
)


class Context(page.Context):
    """One board, and those there are."""

    board: Result | None = Field(description="the comparison; None before the first run")
    boards: list[str] = Field(description="samples with a comparison, the newest first")
    lines: list[Line] = Field(description="rows of the table, the best first")
    figures: list[Column] = Field(description="columns with an interval")
    rest: list[Column] = Field(description="columns without one")
    maps: str = Field(description="maps as JSON: Space -> [x, y, photo, colour] of each point, and the colours' labels")
    spaces: list[str] = Field(description="Spaces with a map, the best first")
    made_at: datetime | None = Field(description="when the comparison was made")
    new: list[str] = Field(description="Spaces that the board does not have")
    labels: list[str] = Field(description="attributes that a match can share")


def view(engine: Engine, asked: Asked) -> Context:
    """Lay out a board; an unknown sample shows the newest."""
    boards = board_names(engine.folder)
    wanted = asked.text("sample") if asked.text("sample") in boards else next(iter(boards), "")
    content = read_board(engine.folder, wanted) if wanted else None
    board = Result.model_validate_json(content) if content else None
    rows = board.rows if board else []
    judged = list(dict.fromkeys(row.space for row in rows))
    there = {point.space for point in board.points} if board else set()
    return Context(
        board=board,
        boards=boards,
        lines=[_line(row) for row in rows],
        figures=list(FIGURES),
        rest=list(REST),
        maps=_maps(board.points) if board else "",
        spaces=[space for space in judged if space in there],
        made_at=board.made_at if board else None,
        new=[name for name in engine.spaces.names() if name not in judged] if board else [],
        labels=[facet.name for facet in kinds(engine, most=MOST_VALUES)],
    )


def _line(row: Row) -> Line:
    figures = {column.name: getattr(row, column.name) for column in FIGURES}
    numbers = {name: figure.value for name, figure in figures.items()}
    return Line(
        space=row.space,
        metric=row.metric,
        model=row.model,
        taught=row.taught,
        mark=row.match.mark,
        chance=round(100 * row.chance, 1),
        figures={name: _cell(figure) for name, figure in figures.items()},
        by_label=_share(row.by_label),
        size=f"{row.size:,}",
        query_ms=f"{row.query_ms:.3g}",
        queries=row.queries,
        sorts={**numbers, "by_label": row.by_label, "size": row.size, "query_ms": row.query_ms},
    )


def _cell(figure: Figure) -> Cell:
    return Cell(
        value=_share(figure.value),
        interval=f"{_share(figure.low)} to {_share(figure.high)}",
        low=round(100 * figure.low, 1),
        middle=round(100 * figure.value, 1),
        high=round(100 * figure.high, 1),
    )


def _share(value: float) -> str:
    return f"{100 * value:.1f}"


def _maps(points: list[Point]) -> str:
    """Colours go to the commonest labels; the last is that of all others."""
    commonest = [label for label, _ in Counter(point.label for point in points).most_common(COLOURED)]
    colour = {label: number for number, label in enumerate(commonest)}
    maps: dict[str, list[list[float | str]]] = {}
    for point in points:
        place: list[float | str] = [point.x, point.y, point.photo_id, colour.get(point.label, COLOURED), point.label]
        maps.setdefault(point.space, []).append(place)
    return json.dumps({"labels": commonest, "maps": maps})
