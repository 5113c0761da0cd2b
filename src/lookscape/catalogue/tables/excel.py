"""Excel workbooks: the sheet whose header says most. Cells as Excel shows them: 00042 stays what its format says.

A cell that was merged over several rows counts for each of them. A formula counts by the value that Excel last saw; one
that was never worked out is a fault of its row.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lookscape.catalogue.tables.header import Below, Known, header_place, known_names_in, named_columns
from lookscape.catalogue.tables.quotes import num_filled
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import storable
from lookscape.errors import UnavailableError, UsageError

_LOOKED_AT = 60
_CODE = re.compile(r'(?:"[^"]*"|\\.|[-/ ]|0)+')
_PIECE = re.compile(r'"([^"]*)"|\\(.)|(.)')


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A sheet with its header's row, counted from 1; 0 for one without. `merged` are cells that are one with another.

    formulas: does it hold any?
    """

    path: Path
    title: str
    header_row: int
    header: tuple[str, ...]
    merged: dict[tuple[int, int], tuple[int, int]]
    formulas: bool


def open_excel(path: Path, known: Known) -> Table:
    """A workbook. Raises UsageError when no sheet holds a table, UnavailableError without the extra `excel`."""
    with _workbook(path) as book:
        filled = {sheet.title: rows for sheet in book.worksheets if (rows := _first_rows(sheet))}
        if not filled:
            raise UsageError(f"{path.name} is empty")
        title = max(filled, key=lambda one: _says(filled[one], known))
        sheet = _sheet(path, book[title], filled[title], known)
    names, notes = named_columns(sheet.header, partial(_below, sheet))
    if not sheet.header_row:
        notes = (f"there is no header: the columns are called {names[0]!r} to {names[-1]!r}", *notes)
    if sheet.merged:
        notes = (*notes, "cells that are merged over several rows count for each of them")
    if len(filled) > 1:
        others = ", ".join(repr(one) for one in filled if one != title)
        notes = (*notes, f"only the sheet {title!r} is read; there are also {others}")
    return Table(
        name=path.name,
        columns=tuple(dict.fromkeys(name for name in names if name)),
        lines=partial(_lines, sheet, names),
        found=f"Excel sheet {title!r}" + (f", header in row {sheet.header_row}" if sheet.header_row > 1 else ""),
        notes=notes,
    )


@contextmanager
def _workbook(path: Path, *, values: bool = True) -> Iterator[Any]:
    """The workbook, with the values that formulas had or with the formulas."""
    try:
        import openpyxl
    except ImportError as error:
        raise UnavailableError("reading .xlsx needs an extra: pip install 'lookscape[excel]'") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=values)
    except Exception as error:  # a damaged workbook raises whatever its parts stumble over
        raise UsageError(f"{path.name} is not a readable Excel workbook: {error}") from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs say that a sheet is smaller than it is
        yield book
    finally:
        book.close()


def _first_rows(sheet: Any) -> list[list[str]]:
    """The rows at the top, none of a sheet in which nothing stands."""
    rows = [[_text(cell) for cell in cells] for cells in sheet.iter_rows(max_row=_LOOKED_AT)]
    return rows if any(map(num_filled, rows)) else []


def _says(rows: Sequence[Sequence[str]], known: Known) -> int:
    place = header_place(rows, known)
    return 0 if place is None else known_names_in(rows[place], known)


def _sheet(path: Path, sheet: Any, rows: Sequence[list[str]], known: Known) -> _Sheet:
    place = header_place(rows, known)
    header = rows[place] if place is not None else [f"column {n + 1}" for n in range(max(map(num_filled, rows)))]
    merged, formulas = _looked_into(sheet)
    return _Sheet(
        path=path,
        title=sheet.title,
        header_row=0 if place is None else place + 1,
        header=tuple(header[: num_filled(header)]),
        merged=merged,
        formulas=formulas,
    )


def _looked_into(sheet: Any) -> tuple[dict[tuple[int, int], tuple[int, int]], bool]:
    """Cells below the first of a merged range with that first one, counted from 1; and is there any formula?

    openpyxl does not say so of a workbook that it only reads.
    """
    from openpyxl.utils.cell import range_boundaries

    merged: dict[tuple[int, int], tuple[int, int]] = {}
    formulas = False
    with sheet.parent._archive.open(sheet._worksheet_path) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314 (openpyxl read the same file before)
            tag = element.tag.rpartition("}")[2]
            formulas |= tag == "f"
            if tag == "mergeCell":
                left, top, right, bottom = range_boundaries(element.get("ref"))
                cells = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
                merged |= {cell: (top, left) for cell in cells if cell[1] == left and cell != (top, left)}
            if tag == "row":
                element.clear()
    return merged, formulas


def _rows(sheet: _Sheet) -> Iterator[tuple[int, list[str], str]]:
    """Rows below the header that hold anything, with their number and what is wrong with them."""
    first = sheet.header_row + 1
    held: dict[tuple[int, int], str] = {}
    tops = set(sheet.merged.values())
    with ExitStack() as stack:
        book = stack.enter_context(_workbook(sheet.path))
        written: Any = repeat(())
        if sheet.formulas:
            other = stack.enter_context(_workbook(sheet.path, values=False))
            written = other[sheet.title].iter_rows(min_row=first)
        rows = zip(book[sheet.title].iter_rows(min_row=first), written, strict=False)
        for number, (cells, formulas) in enumerate(rows, start=first):
            texts = [_text(cell) for cell in cells]
            _fill(sheet, number, texts, held, tops)
            problem = _not_worked_out(cells, formulas)
            if problem or num_filled(texts):
                yield number, texts, problem


def _fill(
    sheet: _Sheet, number: int, texts: list[str], held: dict[tuple[int, int], str], tops: set[tuple[int, int]]
) -> None:
    """Take what merged cells say from the first of them; a row in which nothing else stands stays empty."""
    if not tops or not num_filled(texts):
        return
    for place, text in enumerate(texts):
        cell = (number, place + 1)
        if cell in tops:
            held[cell] = text
        elif cell in sheet.merged and not text:
            texts[place] = held.get(sheet.merged[cell], "")


def _not_worked_out(cells: Sequence[Any], formulas: Sequence[Any]) -> str:
    for value, formula in zip(cells, formulas, strict=False):
        if formula.value is not None and formula.data_type == "f" and value.value is None:
            return f"the formula in {formula.coordinate} was never worked out; open the table in Excel and save it"
    return ""


def _below(sheet: _Sheet, places: Sequence[int]) -> Below:
    found: dict[int, list[str]] = {place: [] for place in places}
    count = 0
    for _, texts, _ in _rows(sheet):
        count += 1
        for place in places:
            if place < len(texts) and texts[place].strip():
                found[place].append(texts[place].strip())
    return Below(cells=found, num_rows=count)


def _lines(sheet: _Sheet, names: Sequence[str]) -> Iterator[Line]:
    for number, texts, wrong in _rows(sheet):
        too_many = f"{num_filled(texts)} cells under {len(names)} columns" if num_filled(texts) > len(names) else ""
        cells: dict[str, Values] = {}
        for name, text in zip(names, texts, strict=False):
            if name and text.strip():
                cells[name] = (*cells.get(name, ()), text)
        yield Line(place=f"row {number}", cells=cells, problem=wrong or too_many)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    return storable(clean_line_ends(str(value)))


def _number(value: float, shape: str) -> str:
    """With the 15 digits that Excel keeps; where its format is one of a code, such as 00000 or "SKU-"0000, in it."""
    whole = str(int(value)) if float(value).is_integer() else f"{value:.15g}"
    first = shape.split(";", 1)[0]
    if not whole.isdecimal() or "0" not in first or not _CODE.fullmatch(first):
        return whole
    pieces = [(quoted or escaped or plain, plain == "0") for quoted, escaped, plain in _PIECE.findall(first)]
    count = sum(is_digit for _, is_digit in pieces)
    digits = whole.zfill(count)
    front, rest = digits[: len(digits) - count], iter(digits[len(digits) - count :])
    shown = ""
    for text, is_digit in pieces:
        shown += (front + next(rest)) if is_digit else text
        front = "" if is_digit else front
    return shown


def clean_line_ends(text: str) -> str:
    """Excel writes a carriage return in a cell as _x000D_."""
    return text.replace("_x000D_", "") if "_x000D_" in text else text
