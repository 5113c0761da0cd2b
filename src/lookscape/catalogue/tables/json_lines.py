"""JSON Lines: an object a line. Numbers stay as written, a list of plain values is several values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables.encoding import bad_bytes, find_encoding, in_words, opened_text
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import clean, storable


def open_json_lines(path: Path) -> Table:
    """A table of JSON Lines; its columns are those of all lines."""
    encoding = find_encoding(path)
    columns: dict[str, None] = {}
    for line in _lines(path, encoding):
        columns.update(dict.fromkeys(line.cells))
    return Table(
        name=path.name,
        columns=tuple(columns),
        lines=lambda: _lines(path, encoding),
        found=f"JSON Lines in {in_words(encoding)}",
    )


def _lines(path: Path, encoding: str) -> Iterator[Line]:
    with opened_text(path, encoding) as file:
        for number, text in enumerate(file, start=1):
            if wrong := bad_bytes(text):
                yield Line(place=f"line {number}", cells={}, problem=wrong)
            elif text.strip():
                yield _line(f"line {number}", text.strip())


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """An object with the same key twice keeps both."""


def _none(_: str) -> None:
    return None


DECODER = json.JSONDecoder(object_pairs_hook=Pairs, parse_float=_Number, parse_int=_Number, parse_constant=_none)
"""Objects as `Pairs`, numbers as they are written."""


def _line(place: str, text: str) -> Line:
    try:
        found = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        said = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        return Line(place=place, cells={}, problem=f"not JSON: {said}")
    if not isinstance(found, Pairs):
        return Line(place=place, cells={}, problem="not a JSON object")
    return Line(place=place, cells=cells_of(found))


def cells_of(row: Pairs) -> dict[str, Values]:
    """What an object says."""
    cells: dict[str, Values] = {}
    for key, value in row:
        if (name := clean(key)) and (values := values_of(value)):
            cells[name] = (*cells.get(name, ()), *values)
    return cells


def values_of(value: Any) -> Values:
    """A JSON value as cells; null and empty text say nothing, what is nested stays JSON."""
    if isinstance(value, list) and not isinstance(value, Pairs):
        if any(isinstance(item, list) for item in value):
            return (_text(value),)
        return tuple(text for item in value for text in values_of(item))
    if value is None:
        return ()
    text = _text(value)
    return (text,) if text.strip() else ()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return storable(str(value))
    return storable(_dump(value))


def _dump(value: Any) -> str:
    """JSON again, numbers as they were."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_dump(item)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
