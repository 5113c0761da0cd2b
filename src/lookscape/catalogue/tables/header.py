"""Which row is the header, and what its columns are called."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lookscape.catalogue.tables.photo_names import is_link, names_a_photo
from lookscape.catalogue.tables.text import clean

HEADERS = 6
"""The header is one of so many first rows that hold anything: some shops write titles above it."""

_FOR_MACHINES = re.compile(r"[a-z0-9]+([_.:#-][a-z0-9]+)*")

Known = Callable[[Sequence[str]], int]


@dataclass(frozen=True, kw_only=True)
class Below:
    """The filled cells of some columns, and how many rows there are."""

    cells: Mapping[int, Sequence[str]]
    num_rows: int


def header_place(rows: Sequence[Sequence[str]], known: Known) -> int | None:
    """Which of the first rows is the header, None when there is none; `known(row)` counts names that it knows.

    Where two rows know as much, the one that is written for programs counts: Amazon's second row of names.
    """
    filled = [place for place, row in enumerate(rows) if any(cell.strip() for cell in row)][:HEADERS]
    if not filled:
        return None
    best = max(filled, key=lambda place: (*_likely(rows, place, known), -place))
    if known_names_in(rows[best], known) or not any(map(_is_photo, rows[best])):
        return best
    return None


def known_names_in(row: Sequence[str], known: Known) -> int:
    """How many names of columns it holds; a row with a photo or an address in it is no header."""
    return 0 if any(map(_is_photo, row)) else known(row)


def _likely(rows: Sequence[Sequence[str]], place: int, known: Known) -> tuple[int, bool, bool]:
    row, below = rows[place], [row for row in rows[place + 1 :] if any(cell.strip() for cell in row)]
    names = known_names_in(row, known)
    alike = sum(len(other) == len(row) for other in below) * 2 > len(below)
    return names, names > 1 and _is_for_machines(row), alike


def _is_for_machines(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return all(_FOR_MACHINES.fullmatch(cell) for cell in filled) and any("_" in cell for cell in filled)


def _is_photo(cell: str) -> bool:
    return is_link(cell) or names_a_photo(cell)


def named_columns(header: Sequence[str], below: Callable[[Sequence[int]], Below]) -> tuple[list[str], tuple[str, ...]]:
    """A name for every cell of a row, empty where its cells are left out; and what is odd, in words.

    A last column without a name that few rows fill has no name either: those rows have a cell too many.
    """
    names, notes = [clean(name) for name in header], list[str]()
    nameless = [place for place, name in enumerate(names) if not name]
    found = below(nameless) if nameless else Below(cells={}, num_rows=0)
    last_named = max((place for place, name in enumerate(names) if name), default=-1)
    for place in nameless:
        values = found.cells[place]
        if not values or (place > last_named and 2 * len(values) < found.num_rows):
            continue
        if place == 0 and _counts_up(values):
            notes.append("the first column has no name and numbers the rows: left out")
        else:
            names[place] = f"column {place + 1}"
            notes.append(f"column {place + 1} has no name; it is called so here")
    twins = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    notes += [f"there are {names.count(name)} columns {name!r}: several values of one" for name in twins]
    return names, tuple(notes)


def _counts_up(values: Sequence[str]) -> bool:
    """Are these whole numbers from 0 or 1 upwards, as pandas writes its index? A row may be there twice."""
    if not all(value.isdecimal() and value == str(int(value)) for value in values):
        return False
    return all(int(one) <= int(other) for one, other in itertools.pairwise(values)) and int(values[0]) <= 1
