"""Rows of a text table, each with the line that it begins in, whatever its quotes.

A row that cannot be told, since a quote in it is never closed or not doubled, is a problem of its first line alone: the
line behind it is read as a row of its own. So is every line that such a quote ran over.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

MAX_CELL = 10_000_000
"""Letters of one cell."""

MAX_LINES = 2_000
"""Lines that one row may run over."""

NEVER_CLOSED = "a quote is opened there and never closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """The cells of a row, from one line to another; with a problem, those of the first as far as they can be told."""

    line: int
    last: int
    cells: list[str]
    problem: str = ""


def rows_of(file: IO[str], separator: str, *, line: int = 1, header: Sequence[str] | None = None) -> Iterator[RawRow]:
    """Every row of a file that begins in `line`, blank ones too.

    header: names of the cells. A row over several lines of which some have as many cells is read line by line.
    """
    csv.field_size_limit(MAX_CELL)
    lines = _Lines(file, line)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        begin = lines.next_row()
        try:
            cells, problem = next(reader), ""
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = [], _in_words(error)
        if not problem and len(lines.taken) > 1 and header is not None:
            problem = _ran_over(lines.taken, cells, separator, header)
        if problem:
            cells = _told(lines.taken[0], separator)
            lines.put_back()
            yield RawRow(line=begin, last=begin, cells=cells, problem=problem)
        else:
            yield RawRow(line=begin, last=begin + len(lines.taken) - 1, cells=cells)


class _Lines(Iterator[str]):
    """Lines of a file, counted; those of the row that is being read can be put back but for the first."""

    def __init__(self, file: IO[str], first: int) -> None:
        self._file, self._next = file, first
        self._waiting: list[str] = []
        self.taken: list[str] = []

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES:
            raise csv.Error("unexpected end")
        line = self._waiting.pop() if self._waiting else next(self._file)
        self._next += 1
        self.taken.append(line)
        return line.replace("\0", "") if "\0" in line else line

    def next_row(self) -> int:
        """The number of the line that follows."""
        self.taken = []
        return self._next

    def put_back(self) -> None:
        rest = self.taken[1:]
        self._waiting += reversed(rest)
        self._next -= len(rest)


def _told(line: str, separator: str) -> list[str]:
    """The cells of one line by itself, as far as they can be told."""
    try:
        return next(csv.reader([line.replace("\0", "")], delimiter=separator), [])
    except csv.Error:
        return []


def _ran_over(taken: list[str], cells: list[str], separator: str, header: Sequence[str]) -> str:
    """Why a row over several lines is none: lines in a cell that are whole rows by themselves."""
    width = len(header)
    fits = num_filled(header) <= len(cells) and num_filled(cells) <= width
    opened_in_first = len(_told(taken[0], separator)) <= 1
    lines = taken[1:-1] if fits and opened_in_first else taken[1:]
    is_row = width > (2 if fits else 1) and any(_is_row(line, separator, width) for line in lines)
    return f"{NEVER_CLOSED}, or it holds whole rows" if is_row else ""


def num_filled(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that holds anything."""
    return max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)


def _is_row(line: str, separator: str, width: int) -> bool:
    """Does it look like a row? After the commas of a sentence there is a space."""
    cells = _told(line, separator)
    return len(cells) == width and not any(cell[:1] == " " for cell in cells) and sum(map(bool, cells)) > 1


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said:
        return NEVER_CLOSED
    if "expected after" in said:
        return "a quote inside a quoted cell is not doubled, or one is never closed"
    if "field larger" in said:
        return f"a cell is longer than {MAX_CELL:,} letters; is a quote never closed?"
    return said
