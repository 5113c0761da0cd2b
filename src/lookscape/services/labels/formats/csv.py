r"""A table for spreadsheets: a line for each product, a column for each attribute, columns that say where it is from.

Several values of one attribute stand in one cell with a bar between; a bar or backslash inside a value has a backslash
before it. Beside NAME stand NAME.origin, NAME.confidence, NAME.by and NAME.at. An empty cell says nothing; with the
origin human it says that nobody can tell. Reading takes in only what people said, or cells without an origin.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from lookscape.catalogue.records import Attribute, Origin
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row

SUFFIX = ".csv"
KEYS = ("product_id", "file_name", "name")
MARKS = ("origin", "confidence", "by", "at")
ID_COLUMNS = ("product_id",)
FILE_COLUMNS = ("file_name", "path", "file", "image")
_PART = re.compile(r"((?:\\.|[^|\\])*)(\||$)")


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
            row |= {name: _joined([item.value for item in items if not item.unknown])}
            row |= _marks(name, items) if provenance else {}
        table.writerow(row)
    return text.getvalue().encode("utf-8-sig")


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
    values = {name: found for name in _names(header) if (found := _values(row, name)) is not None}
    return Row(place=place, product_id=product_id, file_name=file_name, values=values)


def _names(header: Sequence[str]) -> list[str]:
    """The columns that are attributes."""
    marks = {f"{column}.{mark}" for column in header for mark in MARKS}
    return [column for column in header if column and column not in marks | {*KEYS, *FILE_COLUMNS}]


def _values(row: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    """What people say in a cell; None when they say nothing."""
    origin, cell = row.get(f"{name}.origin", ""), row.get(name, "")
    if origin not in ("", Origin.HUMAN.value):
        return None
    if not cell:
        return () if origin else None
    parts = [match[1] for match in _PART.finditer(cell)]
    values = (re.sub(r"\\(.)", r"\1", part).strip() for part in parts)
    return tuple(dict.fromkeys(value for value in values if value))


def _joined(values: Sequence[str]) -> str:
    return "|".join(re.sub(r"([|\\])", r"\\\1", value) for value in values)
