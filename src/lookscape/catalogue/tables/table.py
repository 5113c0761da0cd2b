"""open_table(path): any table as columns and lines, with what was found out about it in words.

Text with any separator, JSON Lines, Parquet, Excel and XML feeds; text and JSON also gzipped. Cells stay as written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

TEXT = (".csv", ".tsv", ".txt")
JSON = (".jsonl", ".ndjson")
OTHERS = (".parquet", ".xlsx", ".xlsm", ".xml")
SUFFIXES = (*TEXT, *JSON, *OTHERS)
"""What a table's name ends in; those of text and JSON also with .gz behind."""

Values = tuple[str, ...]
Cells = Mapping[str, Values]


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedded:
    """A photo that stands in the table itself: its row, counted from 0, and what the table calls it.

    item: which one it is where a row holds a list of them.
    """

    row: int
    column: str
    name: str = ""
    item: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: what each column says, without columns that say nothing.

    place: where it stands, such as "line 5". problem: why it cannot be used; its cells are then as far as they can be
    told. photos: the photos in it.
    """

    place: str
    cells: Cells
    problem: str = ""
    photos: tuple[Embedded, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table on disk. `lines` reads it from its beginning each time it is called.

    columns: the names, in order and once each. found: how it is written. notes: what is odd about it. ours: one that
    Lookscape wrote (`ours.py`).
    Reading raises UsageError, with the line, where nothing behind it can be told.
    """

    name: str
    columns: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]
    found: str
    notes: tuple[str, ...] = ()
    embedded: tuple[str, ...] = field(default=())
    """Columns that hold photos themselves."""
    ours: bool = False

    def head(self, count: int = 200) -> Iterator[Line]:
        """The first lines that can be used."""
        return islice((line for line in self.lines() if not line.problem), count)


def suffix_of(path: Path) -> str:
    """The ending that counts, small, without .gz."""
    name = path.name.lower().removesuffix(".gz")
    return name[name.rfind(".") :] if "." in name else ""


def is_table(path: Path) -> bool:
    """Could this file be a table, by its ending?"""
    zipped = path.name.lower().endswith(".gz")
    return suffix_of(path) in ((*TEXT, *JSON) if zipped else SUFFIXES)
