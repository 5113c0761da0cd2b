"""A JSON file that is a list of objects, by itself or under one name, as shops' programming interfaces answer.

Each object is a row, read as a line of JSON Lines is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables.encoding import find_encoding, in_words, opened_text
from lookscape.catalogue.tables.json_lines import DECODER, Pairs, cells_of
from lookscape.catalogue.tables.table import Line, Table
from lookscape.errors import UsageError


def is_json_list(path: Path) -> bool:
    """Could it be one, by its ending?"""
    return path.suffix.lower() == ".json"


def open_json_document(path: Path) -> Table:
    """The list in a file; a document is read as a whole. Raises UsageError when it has none."""
    encoding = find_encoding(path)
    with opened_text(path, encoding) as file:
        text = file.read().removeprefix("\ufeff")
    try:
        found = DECODER.decode(text.strip())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} is not JSON: {error}") from error
    name, rows = _rows(found)
    if rows is None:
        raise UsageError(f"{path.name} holds no list of objects, by itself or under one name")
    lines = list(_lines(name, rows))
    return Table(
        name=path.name,
        columns=tuple(dict.fromkeys(column for line in lines for column in line.cells)),
        lines=lambda: iter(lines),
        found=f"JSON in {in_words(encoding)}, a list of {len(rows):,}" + (f" under {name!r}" if name else ""),
    )


def _rows(found: Any) -> tuple[str, list[Any] | None]:
    """The list, and the name that it stands under."""
    if not isinstance(found, Pairs):
        return "", found if isinstance(found, list) and any(isinstance(one, Pairs) for one in found) else None
    lists = [(key, one) for key, one in found if isinstance(one, list) and one and isinstance(one[0], Pairs)]
    return lists[0] if len(lists) == 1 else ("", None)


def _lines(name: str, rows: list[Any]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        place = f"{name or 'item'} {number}"
        if isinstance(row, Pairs):
            yield Line(place=place, cells=cells_of(row))
        else:
            yield Line(place=place, cells={}, problem="not a JSON object")
