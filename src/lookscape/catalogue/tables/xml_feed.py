"""XML feeds of products: RSS and Atom as shops send them to Google, and other lists of like elements.

An item's elements are columns by their names without namespace; one that is there twice holds several values. A feed
with a document type is refused: it could name files and grow without end.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal
from xml.etree import ElementTree
from xml.parsers import expat

from lookscape.catalogue.tables.encoding import opened
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import clean, storable
from lookscape.errors import UsageError

ITEMS = ("item", "entry", "product", "shopitem", "offer", "row", "record")
"""What an element that is a product is called, the first that there is."""


def open_xml(path: Path) -> Table:
    """A feed. Raises UsageError when it is no XML, has a document type or no items."""
    counts, columns = dict.fromkeys(ITEMS, 0), dict[str, None]()
    _check(path)
    for tag in _tags(path):
        if tag in counts:
            counts[tag] += 1
    item = next((tag for tag in ITEMS if counts[tag]), None)
    if item is None:
        raise UsageError(f"{path.name} is no feed of products: it has no elements named {', '.join(ITEMS[:-1])}")
    for line in _lines(path, item):
        columns.update(dict.fromkeys(line.cells))
    lines = partial(_lines, path, item)
    return Table(name=path.name, columns=tuple(columns), lines=lines, found=f"XML with elements {item!r}")


def _check(path: Path) -> None:
    """Raise UsageError when it is not XML from its beginning to its end, or has a document type."""
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise UsageError(f"{path.name} has a document type (<!DOCTYPE ...>), which a feed does not need; take it out")

    parser.StartDoctypeDeclHandler = refuse
    with opened(path) as file:
        try:
            parser.ParseFile(file)
        except expat.ExpatError as error:
            raise UsageError(f"{path.name}, line {error.lineno} is not XML: {expat.ErrorString(error.code)}") from error


def _tags(path: Path) -> Iterator[str]:
    with opened(path) as file:
        for _, element in _elements(file, "end"):
            yield _local(element.tag)
            element.clear()


def _elements(file: IO[bytes], *events: Literal["start", "end"]) -> Iterator[tuple[str, ElementTree.Element]]:
    # What this reads was found to have no document type, so that no entity can grow.
    yield from ElementTree.iterparse(file, events)  # noqa: S314


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _lines(path: Path, item: str) -> Iterator[Line]:
    number, inside = 0, 0
    with opened(path) as file:
        for event, element in _elements(file, "start", "end"):
            if _local(element.tag) != item:
                continue
            inside += 1 if event == "start" else -1
            if event == "end" and not inside:
                number += 1
                yield Line(place=f"{item} {number}", cells=_cells(element))
                element.clear()


def _cells(element: ElementTree.Element) -> dict[str, Values]:
    cells: dict[str, Values] = {}
    for child in element:
        name, text = clean(_local(child.tag)), _text(child)
        if text.strip():
            cells[name] = (*cells.get(name, ()), text)
    return cells


def _text(element: ElementTree.Element) -> str:
    """Its text; JSON where it has elements of its own, its address where it is a link without text."""
    if len(element):
        inner = {_local(child.tag): "".join(child.itertext()).strip() for child in element}
        return json.dumps(inner, ensure_ascii=False)
    return storable(element.text or element.get("href") or "").strip()
