"""Text tables: separator, header and quotes found out by looking, every row checked against the header.

A row with more or fewer cells than the header is not used, since nobody knows which cell is too many or missing.
"""

import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lookscape.catalogue.tables.encoding import bad_bytes, find_encoding, in_words, opened_text
from lookscape.catalogue.tables.header import Below, Known, header_place, known_names_in, named_columns
from lookscape.catalogue.tables.quotes import RawRow, num_filled, rows_of
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.errors import UsageError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 60
"""Rows that separator and header are found with."""

_SAMPLE = 1 << 20
_SEP = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """How a text table is written. `skipped` rows stand before the first one below the header."""

    encoding: str
    separator: str
    skipped: int
    marked: bool
    header: tuple[str, ...]

    @property
    def is_headless(self) -> bool:
        """Its first row is one like the others."""
        return not self.skipped


def open_delimited(path: Path, known: Known) -> Table:
    """A text table. `known(row)` counts the names in a row that a header is known to have.

    Raises UsageError when it is empty or no text.
    """
    shape = _shape(path, known)
    names, notes = named_columns(shape.header, lambda places: _below(path, shape, places))
    if shape.is_headless:
        notes = (f"there is no header: the columns are called {names[0]!r} to {names[-1]!r}", *notes)
    return Table(
        name=path.name,
        columns=tuple(dict.fromkeys(name for name in names if name)),
        lines=lambda: _lines(path, shape, names),
        found=_found(path, shape),
        notes=notes,
    )


def _found(path: Path, shape: _Shape) -> str:
    above = shape.skipped - 1 + shape.marked
    header = f", header in line {above + 1}" if above > 0 else ""
    return (
        f"{in_words(shape.encoding)} text separated by {SEPARATORS.get(shape.separator, repr(shape.separator))}{header}"
    )


def _shape(path: Path, known: Known) -> _Shape:
    encoding = find_encoding(path)
    with opened_text(path, encoding) as file:
        sample = file.read(_SAMPLE)
    marked = _SEP.match(sample)
    body = sample[marked.end() :] if marked else sample
    if not body.strip():
        raise UsageError(f"{path.name} is empty")
    separators = [marked[1]] if marked else _separators(path)
    ranked = [_ranked(body, separator, known, order) for order, separator in enumerate(separators)]
    _, separator, skipped, header = max(ranked, key=lambda one: one[0])
    return _Shape(encoding=encoding, separator=separator, skipped=skipped, marked=bool(marked), header=header)


def _separators(path: Path) -> list[str]:
    """The separators there are, the likeliest first."""
    first = "\t" if ".tsv" in path.name.lower() else ","
    return [first, *(one for one in SEPARATORS if one != first)]


Rank = tuple[int, float, int, int]


def _ranked(body: str, separator: str, known: Known, order: int) -> tuple[Rank, str, int, tuple[str, ...]]:
    """How likely this separator is: names that are known, rows as wide as the header, width, order.

    Beside it the rows up to the header and its cells.
    """
    rows = [row.cells for row in itertools.islice(rows_of(io.StringIO(body, newline=""), separator), _LOOKED_AT)]
    place = header_place(rows, known)
    skipped = 0 if place is None else place + 1
    below = [row for row in rows[skipped:] if any(cell.strip() for cell in row)]
    header = _without_names(below) if place is None else rows[place]
    alike = sum(len(row) == len(header) for row in below) / max(1, len(below))
    rank = (known_names_in(header, known), alike if len(header) > 1 else 0.0, len(header), -order)
    return rank, separator, skipped, tuple(header)


def _without_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names for the columns of a table without a header, as many as most rows have."""
    widths = [len(row) for row in rows]
    width = max(widths, key=lambda one: (widths.count(one), one), default=0)
    return [f"column {place + 1}" for place in range(width)]


def _below(path: Path, shape: _Shape, places: Sequence[int]) -> Below:
    found: dict[int, list[str]] = {place: [] for place in places}
    count = 0
    for row in _rows(path, shape):
        if row.problem or len(row.cells) < num_filled(shape.header):
            continue
        count += 1
        for place in places:
            if place < len(row.cells) and row.cells[place].strip():
                found[place].append(row.cells[place].strip())
    return Below(cells=found, num_rows=count)


def _lines(path: Path, shape: _Shape, names: Sequence[str]) -> Iterator[Line]:
    width = num_filled(names)
    named = SEPARATORS.get(shape.separator, "separator").rstrip("s")
    for row in _rows(path, shape):
        cells: dict[str, Values] = {}
        for name, cell in zip(names, row.cells, strict=False):
            if name and cell.strip():
                cells[name] = (*cells.get(name, ()), cell)
        problem = row.problem or _problem(row.cells, width, named)
        if problem and row.last > row.line:
            problem += f"; it goes on to line {row.last}"
        yield Line(place=f"line {row.line}", cells=cells, problem=problem)


def _problem(cells: Sequence[str], width: int, separator: str) -> str:
    """Why a row cannot be used."""
    if num_filled(cells) > width:
        return f"{len(cells)} cells under {width} columns; is a {separator} not quoted?"
    if len(cells) < width:
        return f"{len(cells)} cells under {width} columns; which of them are missing cannot be told"
    return bad_bytes("".join(cells))


def _rows(path: Path, shape: _Shape) -> Iterator[RawRow]:
    """Rows below the header that hold anything."""
    with opened_text(path, shape.encoding) as file:
        if shape.marked:
            file.readline()
        given = rows_of(file, shape.separator, line=1 + shape.marked, header=shape.header)
        for row in itertools.islice(given, shape.skipped, None):
            if row.problem or any(cell.strip() for cell in row.cells):
                yield row
