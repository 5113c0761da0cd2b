"""Excel workbooks: the first sheet that holds a table. Cells as Excel shows them: 00042 stays what its format says."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables.delimited import named_columns
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import storable
from lookscape.errors import UnavailableError, UsageError

_HEADERS = 5
_LOOKED_AT = 60
_ZEROS = re.compile(r'^"?(0+)"?(?:;.*)?$')


def open_excel(path: Path, known: Callable[[Sequence[str]], int]) -> Table:
    """A workbook. Raises UsageError when no sheet holds a table, UnavailableError without the extra `excel`."""
    with _workbook(path) as book:
        sheets = [sheet.title for sheet in book.worksheets]
        title = next((title for title in sheets if _first_rows(book[title])), None)
        if title is None:
            raise UsageError(f"{path.name} is empty")
        rows = _first_rows(book[title])
        place = max(range(min(len(rows), _HEADERS)), key=lambda place: (known(rows[place][1]), -place))
    number, header = rows[place]
    while header and not header[-1].strip():
        header.pop()
    names, notes = named_columns(header, lambda places: _values_at(path, title, number, places))
    if len(sheets) > 1:
        others = ", ".join(repr(sheet) for sheet in sheets if sheet != title)
        notes = (*notes, f"only the sheet {title!r} is read; there are also {others}")
    return Table(
        name=path.name,
        columns=tuple(dict.fromkeys(name for name in names if name)),
        lines=lambda: _lines(path, title, number, names),
        found=f"Excel sheet {title!r}" + (f", header in row {number}" if number > 1 else ""),
        notes=notes,
    )


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    try:
        import openpyxl
    except ImportError as error:
        raise UnavailableError("reading .xlsx needs an extra: pip install 'lookscape[excel]'") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a damaged workbook raises whatever its parts stumble over
        raise UsageError(f"{path.name} is not a readable Excel workbook: {error}") from error
    try:
        yield book
    finally:
        book.close()


def _first_rows(sheet: Any) -> list[tuple[int, list[str]]]:
    """Filled rows at the top, each with its number."""
    rows = []
    for number, cells in enumerate(sheet.iter_rows(max_row=_LOOKED_AT), start=1):
        texts = [_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            rows.append((number, texts))
    return rows


def _rows(path: Path, title: str, header: int) -> Iterator[tuple[int, list[str]]]:
    with _workbook(path) as book:
        for number, cells in enumerate(book[title].iter_rows(min_row=header + 1), start=header + 1):
            texts = [_text(cell) for cell in cells]
            if any(text.strip() for text in texts):
                yield number, texts


def _values_at(path: Path, title: str, header: int, places: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {place: [] for place in places}
    for _, texts in _rows(path, title, header):
        for place in places:
            if place < len(texts) and texts[place].strip():
                found[place].append(texts[place].strip())
    return found


def _lines(path: Path, title: str, header: int, names: Sequence[str]) -> Iterator[Line]:
    for number, texts in _rows(path, title, header):
        problem = ""
        if any(text.strip() for text in texts[len(names) :]):
            problem = f"{len(texts)} cells under {len(names)} columns"
        cells: dict[str, Values] = {}
        for name, text in zip(names, texts, strict=False):
            if name and text.strip():
                cells[name] = (*cells.get(name, ()), text)
        yield Line(place=f"row {number}", cells=cells, problem=problem)


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
        whole = str(int(value)) if float(value).is_integer() else repr(value)
        zeros = _ZEROS.match(cell.number_format or "")
        return whole.zfill(len(zeros[1])) if zeros and whole.isdecimal() else whole
    return storable(clean_line_ends(str(value)))


def clean_line_ends(text: str) -> str:
    """Excel writes a carriage return in a cell as _x000D_."""
    return text.replace("_x000D_", "") if "_x000D_" in text else text
