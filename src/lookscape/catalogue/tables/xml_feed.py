"""XML feeds of products: RSS and Atom as shops send them to Google, price comparison, and other lists of like elements.

An item's elements are columns by their names without namespace; one that is there twice holds several values, and so
does one that holds nothing but like elements. An element with a name beside its value, such as `<param name="Colour">`
or `<PARAM><PARAM_NAME>`, is the column that it names. A document type that defines anything is refused: it could grow
without end; no other file is ever read.
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

ITEMS = ("item", "entry", "product", "shopitem", "offer", "o", "listing", "row", "record")
"""What an element that is a product is called; of those at the same depth the first."""

_ADDRESSES = ("url", "href", "src", "link")
"""Attributes that an element without text says its address in."""

_ITEM_SAYS = ("id", "group_id", "url", "available")
"""Attributes of an item that are columns."""


def open_xml(path: Path) -> Table:
    """A feed. Raises UsageError when it is no XML, defines a document type or has no items."""
    columns = dict[str, None]()
    _check(path)
    item = _item(path)
    if item is None:
        raise UsageError(
            f"{path.name} is no feed of products: it has no elements named {', '.join(ITEMS[:-1])}, nor several of "
            "another name that hold elements"
        )
    for line in _lines(path, item):
        columns.update(dict.fromkeys(line.cells))
    lines = partial(_lines, path, item)
    return Table(name=path.name, columns=tuple(columns), lines=lines, found=f"XML with elements {item[-1]!r}")


def _check(path: Path) -> None:
    """Raise UsageError when it is not XML from its beginning to its end, or defines a document type in it."""
    parser = expat.ParserCreate()

    def refuse(name: str, system: str | None, public: str | None, has_own: int) -> None:
        if has_own:
            raise UsageError(f"{path.name} defines a document type (<!DOCTYPE {name} [...]>); take it out")

    parser.StartDoctypeDeclHandler = refuse
    with opened(path) as file:
        try:
            parser.ParseFile(file)
        except expat.ExpatError as error:
            raise UsageError(f"{path.name}, line {error.lineno} is not XML: {expat.ErrorString(error.code)}") from error


Way = tuple[str, ...]


def _item(path: Path) -> Way | None:
    """The way to the elements that are products: known names, the shallowest, else what is there most often."""
    counts: dict[Way, int] = {}
    for way, element in _elements(path):
        if len(element) > 1 or _attributes(element):
            counts[way] = counts.get(way, 0) + 1
        element.clear()
    known = [way for way in counts if way[-1] in ITEMS]
    if known:
        return min(known, key=lambda way: (len(way), ITEMS.index(way[-1])))
    several = [way for way, count in counts.items() if count > 1]
    return min(several, key=lambda way: (len(way), -counts[way]), default=None)


def _elements(path: Path) -> Iterator[tuple[Way, ElementTree.Element]]:
    """Every element as it ends, with the names of those that it is in and its own."""
    way: list[str] = []
    with opened(path) as file:
        for event, element in _events(file, path.name):
            if event == "start":
                way.append(_local(element.tag))
            else:
                yield tuple(way), element
                way.pop()


def _events(file: IO[bytes], name: str) -> Iterator[tuple[Literal["start", "end"], ElementTree.Element]]:
    # What this reads was found to define no document type, so that no entity can grow.
    try:
        for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314
            yield ("start" if event == "start" else "end"), element
    except ElementTree.ParseError as error:
        raise UsageError(f"{name} is not XML: {error}") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _lines(path: Path, item: Way) -> Iterator[Line]:
    number = 0
    for way, element in _elements(path):
        if way == item:
            number += 1
            yield Line(place=f"{item[-1]} {number}", cells=_cells(element))
        if len(way) <= len(item):
            element.clear()


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {key: element.get(key, "") for key in _ITEM_SAYS if element.get(key, "").strip()}


def _cells(element: ElementTree.Element) -> dict[str, Values]:
    cells: dict[str, Values] = {key: (storable(value).strip(),) for key, value in _attributes(element).items()}
    for child in element:
        for name, text in _said(child):
            if name and text.strip():
                cells[name] = (*cells.get(name, ()), text)
    return cells


def _said(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Names of columns and values."""
    name = clean(_local(element.tag))
    if pair := _named(element):
        yield pair
    elif len(element) and not any(len(child) for child in element) and _are_alike(element):
        yield from ((name, _leaf(child)) for child in element)
    elif len(element):
        yield name, json.dumps(_inner(element), ensure_ascii=False)
    else:
        yield name, _leaf(element)


def _are_alike(element: ElementTree.Element) -> bool:
    """Do all its elements bear one name, or say nothing but an address?"""
    tags = {_local(child.tag) for child in element}
    return len(tags) == 1 or all(not (child.text or "").strip() and _leaf(child) for child in element)


def _named(element: ElementTree.Element) -> tuple[str, str] | None:
    """`<param name="Colour">red</param>`, or an element of two that are called so: a name and its value."""
    if name := clean(element.get("name", "")):
        return None if len(element) else (name, _leaf(element))
    inner = {_local(child.tag): _leaf(child) for child in element if not len(child)}
    name = next((text for tag, text in inner.items() if tag.endswith("name") and "section" not in tag), "")
    value = next((text for tag, text in inner.items() if tag.endswith(("value", "val"))), None)
    return (clean(name), value) if name and value is not None and len(inner) <= 3 else None


def _inner(element: ElementTree.Element) -> Any:
    """What nested elements say, a list where one name is there twice."""
    if not len(element):
        return _leaf(element)
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(_local(child.tag), []).append(_inner(child))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _leaf(element: ElementTree.Element) -> str:
    """Its text, or its address where it has none."""
    address = next((element.get(name) for name in _ADDRESSES if element.get(name)), "")
    return storable((element.text or "").strip() or address or "").strip()
