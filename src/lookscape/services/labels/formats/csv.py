r"""A table for spreadsheets: a line for each product, a column for each attribute, columns that say where it is from.

Several values of one attribute stand in one cell with a bar between; a bar or backslash inside a value has a backslash
before it. The column values_separated_by says so, and an attribute whose name is a column's already stands in
attribute[NAME]. Beside NAME stand NAME.origin, NAME.confidence, NAME.by and NAME.at. An empty cell says nothing; with
the origin human it says that nobody can tell. Reading takes in only what people said, or cells without an origin, and
the tables that Label Studio exports.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.cells import join_values, split_values
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._label_studio_tables import BOOKKEEPING, choices_of_cell, is_export

SUFFIX = ".csv"
KEYS = ("product_id", "file_name", "name", ours.MARK)
MARKS = ("origin", "confidence", "by", "at")
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
    at = last.at.isoformat(timespec="seconds") if last.at else ""
    values = (last.origin.value, f"{min(item.confidence for item in items):.4g}", last.by, at)
    return {f"{name}.{mark}": value for mark, value in zip(MARKS, values, strict=True)}


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every line. Raises UsageError when it is no table with a column that says which product."""
    try:
        text = data.decode("utf-8-sig")
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [column.strip() for column in next(lines, [])]
        keys = [column for column in (*ID_COLUMNS, *FILE_COLUMNS) if column in header]
        if not keys:
            raise UsageError(f"the table needs a column product_id or file_name; it has: {', '.join(header) or 'none'}")
        if twice := next((column for column in header if column and header.count(column) > 1), None):
            raise UsageError(f"the table has two columns {twice!r}")
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _row(f"line {lines.line_num}", header, cells)
    except UnicodeDecodeError as error:
        raise UsageError(f"the table is not UTF-8 (byte {error.start:,}); save it as CSV UTF-8") from error
    except csv.Error as error:
        raise UsageError(f"the table cannot be read after line {lines.line_num}: {error}") from error


def _row(place: str, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) > len(header):
        return Row(place=place, problem=f"{len(cells)} cells under {len(header)} columns; is a comma not quoted?")
    row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    product_id = next((row[column] for column in ID_COLUMNS if row.get(column)), "")
    file_name = next((row[column] for column in FILE_COLUMNS if row.get(column)), "")
    values_of = _theirs if is_export(header) else _values
    is_ours = ours.is_ours(row) or is_export(header)
    values = {
        ours.attribute_of(column) if is_ours else column: found
        for column in _attribute_columns(header)
        if (found := values_of(row, column)) is not None
    }
    return Row(place=place, product_id=product_id, file_name=file_name, values=values)


def _attribute_columns(header: Sequence[str]) -> list[str]:
    """The columns that are attributes."""
    marks = {f"{column}{ending}" for column in header for ending in ENDINGS}
    others = marks | {*KEYS, *FILE_COLUMNS} | (BOOKKEEPING if is_export(header) else set())
    return [column for column in header if column and column not in others]


def _theirs(row: Mapping[str, str], column: str) -> tuple[str, ...] | None:
    """What people chose in Label Studio; None when it does not say."""
    return choices_of_cell(row.get(column, ""))


def _values(row: Mapping[str, str], column: str) -> tuple[str, ...] | None:
    """What people say in a cell; None when they say nothing."""
    origin, cell = row.get(f"{column}.origin", ""), row.get(column, "")
    if origin not in ("", Origin.HUMAN.value):
        return None
    if not cell:
        return () if origin else None
    return split_values(cell)
