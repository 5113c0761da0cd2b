r"""A table for spreadsheets: a line for each product, a column for each attribute, columns that say where it is from.

Several values of one attribute stand in one cell with a bar between; a bar or backslash inside a value has a backslash
before it. Beside NAME stand NAME.origin, NAME.confidence, NAME.by and NAME.at. An empty cell says nothing; with the
origin human it says that nobody can tell. Reading takes in only what people said, or cells without an origin.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.tables.cells import join_values, split_values
from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.table import Line, Table
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row

SUFFIX = ".csv"
KEYS = ("product_id", "file_name", "name")
MARKS = ("origin", "confidence", "by", "at")
ID_COLUMNS = ("product_id",)
FILE_COLUMNS = ("file_name", "path", "file", "image")


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """UTF-8 with a mark at its start, without which Excel misreads letters."""
    names = sorted({item.name for product in products for item in product.attributes})
    columns = [column for name in names for column in (name, *(f"{name}.{mark}" for mark in MARKS if provenance))]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*KEYS, *columns], restval="", lineterminator="\r\n")
    table.writeheader()
    for product in products:
        row = {"product_id": product.product_id, "file_name": product.path, "name": product.name}
        groups: dict[str, list[Attribute]] = {}
        for item in product.attributes:
            groups.setdefault(item.name, []).append(item)
        for name, items in groups.items():
            row |= {name: join_values([item.value for item in items if not item.unknown])}
            row |= _marks(name, items) if provenance else {}
        table.writerow(row)
    return text.getvalue().encode("utf-8-sig")


def _marks(name: str, items: Sequence[Attribute]) -> dict[str, str]:
    last = items[-1]
    at = last.at.isoformat(timespec="seconds") if last.at else ""
    values = (last.origin.value, f"{min(item.confidence for item in items):.4g}", last.by, at)
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
    names = _names(table.columns)
    for line in table.lines():
        yield _row(line, names)


def _row(line: Line, names: Mapping[str, str]) -> Row:
    cells = line.cells
    if line.problem:
        return Row(place=line.place, problem=line.problem)
    product_id = next((cells[column][0].strip() for column in ID_COLUMNS if column in cells), "")
    file_name = next((cells[column][0] for column in FILE_COLUMNS if column in cells), "")
    values = {name: found for name, origin in names.items() if (found := _values(cells, name, origin)) is not None}
    return Row(place=line.place, product_id=product_id, file_name=file_name, values=values)


def _names(columns: Sequence[str]) -> dict[str, str]:
    """The columns that are attributes, each with the column that says where its values are from."""
    marks = {f"{column}.{mark}" for column in columns for mark in MARKS}
    left_out = marks | {*KEYS, *FILE_COLUMNS}
    return {column: f"{column}.origin" for column in columns if column not in left_out}


def _values(cells: Mapping[str, tuple[str, ...]], name: str, origin: str) -> tuple[str, ...] | None:
    """What people say in a row's cells of one name; None when they say nothing."""
    said, given = cells.get(name), cells.get(origin, ("",))[0].strip()
    if given not in ("", Origin.HUMAN.value):
        return None
    if not said:
        return () if given else None
    return tuple(dict.fromkeys(value for cell in said for value in split_values(cell)))
