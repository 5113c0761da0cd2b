r"""A table for spreadsheets: a line for each product, a column for each attribute, columns that say where it is from.

Several values of one attribute stand in one cell with a bar between; a bar or backslash inside a value has a backslash
before it. The column values_separated_by says so, and an attribute whose name is a column's already stands in
attribute[NAME]. Beside NAME stand NAME.origin, NAME.confidence, NAME.by and NAME.at. An empty cell says nothing; with
the origin human it says that nobody can tell. Reading takes in only what people said, or cells without an origin, and
the tables that Label Studio exports.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.ours import join_values, split_values
from lookscape.catalogue.tables.table import Cells, Line, Table, Values
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._label_studio_tables import BOOKKEEPING, DATA_BESIDE, choices_of_cell, is_export

SUFFIX = ".csv"
KEYS = ("product_id", "file_name", "name", ours.MARK)
MARKS = ("origin", "confidence", "by", "at")
BEFORE = KEYS[:3]
"""How a table of ours began before it said that it is one."""

ENDINGS = tuple(f".{mark}" for mark in MARKS)
ID_COLUMNS = ("product_id",)
FILE_COLUMNS = ("file_name", "path", "file", "image")


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """UTF-8 with a mark at its start, without which Excel misreads letters."""
    names = sorted({item.name for product in products for item in product.attributes})
    column = {name: ours.column_of(name, endings=ENDINGS) for name in names}
    marks = ENDINGS if provenance else ()
    columns = [f"{column[name]}{ending}" for name in names for ending in ("", *marks)]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*KEYS, *columns], restval="", lineterminator="\r\n")
    table.writeheader()
    for product in products:
        row = dict(zip(KEYS, (product.product_id, product.path, product.name, ours.SEPARATOR), strict=True))
        groups: dict[str, list[Attribute]] = {}
        for item in product.attributes:
            groups.setdefault(item.name, []).append(item)
        for name, items in groups.items():
            row |= {column[name]: join_values(item.value for item in items if not item.unknown)}
            row |= _marks(column[name], items) if provenance else {}
        table.writerow(row)
    return text.getvalue().encode("utf-8-sig")


def left_out(products: Sequence[Labelled], *, provenance: bool) -> list[str]:
    """What the table has no place for, in sentences."""
    unknown = sum(item.unknown for product in products for item in product.attributes)
    if not provenance:
        return [f"that a person could not tell a value ({unknown:,})"] if unknown else []
    several = sum(_differ(product.attributes) for product in products)
    return [f"who said each of several values ({several:,}): the last one stands there"] if several else []


def _differ(attributes: Sequence[Attribute]) -> int:
    groups: dict[str, set[tuple[object, ...]]] = {}
    for item in attributes:
        groups.setdefault(item.name, set()).add((item.origin, item.confidence, item.by, item.at))
    return sum(len(said) > 1 for said in groups.values())


def _marks(name: str, items: Sequence[Attribute]) -> dict[str, str]:
    last = items[-1]
    at = last.at.isoformat() if last.at else ""
    values = (last.origin.value, str(min(item.confidence for item in items)), last.by, at)
    return {f"{name}.{mark}": value for mark, value in zip(MARKS, values, strict=True)}


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every line of a text table. Raises UsageError when it is no table with a column that says which product."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(data)
        yield from read_table(open_table(path, known=known_keys))


def known_keys(row: Sequence[str]) -> int:
    """How many cells of a row are columns that say which product it is about."""
    return sum(cell.strip() in (*ID_COLUMNS, *FILE_COLUMNS) for cell in row)


def read_table(table: Table) -> Iterator[Row]:
    """Every line of any table. Raises UsageError when no column says which product it is about."""
    keys = [column for column in (*ID_COLUMNS, *FILE_COLUMNS) if column in table.columns]
    if not keys:
        there = ", ".join(table.columns) or "none"
        raise UsageError(f"the table needs a column product_id or file_name; it has: {there}")
    takes = _Takes.of(table)
    for line in table.lines():
        yield takes.row(line)


class _Takes(NamedTuple):
    """How rows of one table are taken: the columns that are attributes, and how their cells are split."""

    columns: Mapping[str, str]
    split: Callable[[str], Values | None]

    @classmethod
    def of(cls, table: Table) -> Self:
        """Our own tables say that their cells are joined; those before that was said begin with three known columns."""
        theirs, own = is_export(table.columns), table.ours or table.columns[: len(BEFORE)] == BEFORE
        marks = {f"{column}{ending}" for column in table.columns for ending in ENDINGS}
        others = marks | {*KEYS, *FILE_COLUMNS} | (BOOKKEEPING if theirs else set())
        named = ((column, ours.attribute_of(column) if table.ours or theirs else column) for column in table.columns)
        split = choices_of_cell if theirs else split_values if own else _whole
        others |= {f"{DATA_BESIDE}{column}" for column in table.columns} if theirs else set()
        return cls({column: name for column, name in named if column not in others}, split)

    def row(self, line: Line) -> Row:
        """What people say in it."""
        cells = line.cells
        if line.problem:
            return Row(place=line.place, problem=line.problem)
        product_id = next((cells[column][0].strip() for column in ID_COLUMNS if column in cells), "")
        file_name = next((cells[column][0] for column in FILE_COLUMNS if column in cells), "")
        values = {
            name: said for column, name in self.columns.items() if (said := self._said(cells, column)) is not None
        }
        return Row(place=line.place, product_id=product_id, file_name=file_name, values=values)

    def _said(self, cells: Cells, column: str) -> Values | None:
        """None when it says nothing, or what no person said."""
        origin = cells.get(f"{column}.origin", ("",))[0].strip()
        if origin not in ("", Origin.HUMAN.value):
            return None
        if column not in cells:
            return () if origin else None
        found = [values for cell in cells[column] if (values := self.split(cell)) is not None]
        return tuple(dict.fromkeys(value for values in found for value in values)) if found else None


def _whole(cell: str) -> Values | None:
    return (cell.strip(),) if cell.strip() else None
