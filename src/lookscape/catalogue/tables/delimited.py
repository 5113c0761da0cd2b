"""Text tables: separator, header and quotes found out by looking, every row checked against the header.

A row with more or fewer cells than the header is not used, since nobody knows which cell is too many or missing.
"""

import contextlib
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lookscape.catalogue.tables.encoding import find_encoding, in_words, opened_text
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_FIELD = 10_000_000
_LOOKED_AT = 60
"""Rows that separator and header are found with."""

_SAMPLE = 1 << 20
_HEADERS = 5
"""The header is one of so many first rows: some shops write titles above it."""

_SEP = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """How a text table is written. `skipped` rows stand before the header."""

    encoding: str
    separator: str
    skipped: int
    marked: bool
    header: tuple[str, ...]


def open_delimited(path: Path, known: Callable[[Sequence[str]], int]) -> Table:
    """A text table. `known(row)` counts the names in a row that a header is known to have.

    Raises UsageError when it is empty or no text.
    """
    shape = _shape(path, known)
    names, notes = named_columns(shape.header, lambda places: _values_at(path, shape, places))
    return Table(
        name=path.name,
        columns=tuple(dict.fromkeys(name for name in names if name)),
        lines=lambda: _lines(path, shape, names),
        found=_found(path, shape),
        notes=notes,
    )


def _found(path: Path, shape: _Shape) -> str:
    above = shape.skipped + shape.marked
    header = f", header in line {above + 1}" if above else ""
    return (
        f"{in_words(shape.encoding)} text separated by {SEPARATORS.get(shape.separator, repr(shape.separator))}{header}"
    )


def _shape(path: Path, known: Callable[[Sequence[str]], int]) -> _Shape:
    csv.field_size_limit(MAX_FIELD)
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


def _ranked(
    body: str, separator: str, known: Callable[[Sequence[str]], int], order: int
) -> tuple[Rank, str, int, tuple[str, ...]]:
    """How likely this separator is: names that are known, rows as wide as the header, width, order."""
    rows = _first_rows(body, separator)
    filled = [(place, row) for place, row in enumerate(rows) if any(cell.strip() for cell in row)][:_HEADERS]
    if not filled:
        return (0, 0.0, 0, -order), separator, 0, ()
    place, header = max(filled, key=lambda one: (known(one[1]), -one[0]))
    below = [row for row in rows[place + 1 :] if any(cell.strip() for cell in row)]
    alike = sum(len(row) == len(header) for row in below) / max(1, len(below))
    rank = (known(header), alike if len(header) > 1 else 0.0, len(header), -order)
    return rank, separator, place, tuple(header)


def _first_rows(body: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):  # the sample may end inside a cell; the reading itself tells of real faults
        rows.extend(itertools.islice(reader, _LOOKED_AT))
    return rows


def named_columns(
    header: Sequence[str], values_at: Callable[[Sequence[int]], Mapping[int, Sequence[str]]]
) -> tuple[list[str], tuple[str, ...]]:
    """A name for every cell of a row, empty where its cells are left out; and what is odd, in words.

    values_at: the filled cells below some places of the header.
    """
    names, notes = [clean(name) for name in header], list[str]()
    nameless = [place for place, name in enumerate(names) if not name]
    values = values_at(nameless) if nameless else {}
    for place in nameless:
        if not values[place]:
            continue
        if place == 0 and _counts_up(values[place]):
            notes.append("the first column has no name and numbers the rows: left out")
        else:
            names[place] = f"column {place + 1}"
            notes.append(f"column {place + 1} has no name; it is called so here")
    twins = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    notes += [f"there are {names.count(name)} columns {name!r}: several values of one" for name in twins]
    return names, tuple(notes)


def _values_at(path: Path, shape: _Shape, places: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {place: [] for place in places}
    for _, row in _rows(path, shape):
        for place in places:
            if place < len(row) and row[place].strip():
                found[place].append(row[place].strip())
    return found


def _counts_up(values: Sequence[str]) -> bool:
    """Are these whole numbers, each larger than the one before, as pandas writes its index?"""
    if not all(value.isdecimal() and value == str(int(value)) for value in values):
        return False
    return all(int(one) < int(other) for one, other in itertools.pairwise(values)) and int(values[0]) <= 1


def _lines(path: Path, shape: _Shape, names: Sequence[str]) -> Iterator[Line]:
    width = len(names)
    least = next((place + 1 for place in range(width - 1, -1, -1) if names[place]), 0)
    for number, row in _rows(path, shape):
        place, problem = f"line {number}", ""
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            named = SEPARATORS.get(shape.separator, "separator").rstrip("s")
            problem = f"{len(row)} cells under {width} columns; is a {named} not quoted?"
        elif len(row) < least:
            problem = f"{len(row)} cells under {width} columns; which of them are missing cannot be told"
        cells: dict[str, Values] = {}
        for name, cell in zip(names, row, strict=False):
            if name and cell.strip():
                cells[name] = (*cells.get(name, ()), cell)
        yield Line(place=place, cells=cells, problem=problem)


def _rows(path: Path, shape: _Shape) -> Iterator[tuple[int, list[str]]]:
    """Rows below the header that hold anything, with the number of the line that each begins in."""
    with opened_text(path, shape.encoding) as file:
        if shape.marked:
            file.readline()
        counted = _Counted(file, start=int(shape.marked))
        reader = csv.reader(counted, delimiter=shape.separator, strict=True)
        for place, row in enumerate(_read(path, reader, counted)):
            if place > shape.skipped and any(cell.strip() for cell in row[1]):
                yield row


class _Counted(Iterator[str]):
    """Lines of a file, counted."""

    def __init__(self, file: IO[str], *, start: int) -> None:
        self._file, self.number = file, start

    def __next__(self) -> str:
        line = next(self._file)
        self.number += 1
        return line.replace("\0", "") if "\0" in line else line


def _read(path: Path, reader: Iterator[list[str]], counted: _Counted) -> Iterator[tuple[int, list[str]]]:
    while True:
        begin = counted.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UsageError(f"{path.name}, line {begin}: {_in_words(error)}") from error
        yield begin, row


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said:
        return "a quote is opened there and never closed"
    if "expected after" in said:
        return "a quote inside a quoted cell is not doubled"
    if "field larger" in said:
        return f"a cell is longer than {MAX_FIELD:,} letters; is a quote never closed?"
    return said
