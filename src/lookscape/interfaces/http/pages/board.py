"""The board: every model side by side, with intervals, explanations and a recommendation in words.

It shows the last run of the tool `measure board`; the button starts another one.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.representation.specs import trained_names
from lookscape.services.board.cache import read_latest
from lookscape.services.board.figures import TABLES, Table
from lookscape.services.board.meanings import MEANINGS, Better, Meaning
from lookscape.services.board.words import Advice
from lookscape.services.figures import Figure, Mark, shown
from lookscape.tools.measure.board import Result

PATH = "/board"
TITLE = "Model comparison"
NAV = 62

MARGIN = 0.06
"""Room left and right of the widest interval, as a share of a bar's width."""


class Cell(BaseModel):
    """One figure of one model; `low`, `middle` and `high` are places on a bar that is 100 wide."""

    model_config = ConfigDict(frozen=True)
    value: str
    interval: str
    mark: Mark
    low: float
    middle: float
    high: float


class Column(BaseModel):
    """One figure; `better` is higher, lower or neither."""

    model_config = ConfigDict(frozen=True)
    name: str
    label: str
    unit: str
    better: Better
    words: str


class Line(BaseModel):
    """One model: a cell for every column, None where it has no such figure."""

    model_config = ConfigDict(frozen=True)
    model: str
    cells: list[Cell | None]


class Group(BaseModel):
    """A table and the question it answers."""

    model_config = ConfigDict(frozen=True)
    name: str
    title: str
    question: str
    columns: list[Column]
    lines: list[Line]


class Context(page.Context):
    """The last board, or what to do to get one."""

    groups: list[Group] = Field(description="tables; none before the first run")
    advice: list[Advice] = Field(description="the recommendation, a piece for each topic")
    judged: str = Field(description="what the models were compared on, in a sentence")
    notes: str = Field(description="what was not measured, and why")
    made_at: datetime | None = Field(description="when the comparison was made; None before the first run")
    stale: list[str] = Field(description="models trained since, or again, that are not in the comparison")
    trained: list[str] = Field(description="models trained on the catalogue")


def view(engine: Engine, asked: Asked) -> Context:
    """Lay out the last board."""
    trained = trained_names(engine.folder / "models")
    content = read_latest(engine.folder)
    if content is None:
        return Context(groups=[], advice=[], judged="", notes="", made_at=None, stale=[], trained=trained)
    board = Result.model_validate_json(content)
    return Context(
        groups=[_group(table, board) for table in TABLES if getattr(board, table.name)],
        advice=board.advice,
        judged=_judged(board),
        notes=board.notes,
        made_at=board.made_at,
        stale=_stale(engine, board, trained),
        trained=trained,
    )


def _judged(board: Result) -> str:
    real = board.real_photos
    other = f" Other real photos get a Fréchet distance of {shown(real.value)}." if real else ""
    return (
        f"{board.held_out:,} photos that no model was trained on, {board.photos:,} of them decoded and compared at "
        f"{board.side} px. Fréchet distances in {board.features}; perceptual distances in {board.stages}.{other}"
    )


def _stale(engine: Engine, board: Result, trained: list[str]) -> list[str]:
    """Models that were trained after the board was made."""
    models = engine.folder / "models"
    made = board.made_at.timestamp()
    return [name for name in trained if (models / name / "trained.json").stat().st_mtime > made]


def _group(table: Table, board: Result) -> Group:
    rows = getattr(board, table.name)
    names = [name for name in table.figures if any(getattr(row, name) for row in rows)]
    columns = {name: _cells([getattr(row, name) for row in rows], MEANINGS[name]) for name in names}
    return Group(
        name=table.name,
        title=table.title,
        question=table.question,
        columns=[_column(name) for name in names],
        lines=[Line(model=row.model, cells=[columns[name][place] for name in names]) for place, row in enumerate(rows)],
    )


def _column(name: str) -> Column:
    meaning = MEANINGS[name]
    return Column(name=name, label=meaning.label, unit=meaning.unit, better=meaning.better, words=meaning.words)


def _cells(figures: list[Figure | None], meaning: Meaning) -> list[Cell | None]:
    """All of a column on one scale, so that bars below each other can be compared."""
    there = [figure for figure in figures if figure is not None]
    lowest, highest = min(figure.low for figure in there), max(figure.high for figure in there)
    span = (highest - lowest) or 1.0

    def place(value: float) -> float:
        return round(100 * (MARGIN + (1 - 2 * MARGIN) * (value - lowest) / span), 1)

    def cell(figure: Figure | None) -> Cell | None:
        if figure is None:
            return None
        return Cell(
            value=_written(figure.value, meaning),
            interval=f"{_written(figure.low, meaning)} to {_written(figure.high, meaning)}",
            mark=figure.mark,
            low=place(figure.low),
            middle=place(figure.value),
            high=place(figure.high),
        )

    return [cell(figure) for figure in figures]


def _written(value: float, meaning: Meaning) -> str:
    return f"{100 * value:.0f}\u202f%" if meaning.in_percent else shown(value)
