"""records(table, reading): rows as what they say of products and photos.

A row that names no photo but a product adds what it says to that product: shops list sizes so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.boxes import WHOLE, Part, take_parts
from lookscape.catalogue.tables.ours import split_values
from lookscape.catalogue.tables.photo_names import split_photos
from lookscape.catalogue.tables.reading import Reading
from lookscape.catalogue.tables.table import Embedded, Line, Table, Values
from lookscape.catalogue.tables.text import clean

_ID_PARENT = re.compile(r"^id:\s*(\d+)$")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row. `photos` are as written, the first the main one; `instead` is for where its file is not there.

    parts: the boxes of the main photo, or the whole. problem: why the row cannot be used. embedded: the photos in it.
    """

    place: str
    photos: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    product_id: str | None = None
    name: str | None = None
    parts: tuple[Part, ...] = (WHOLE,)
    attributes: Mapping[str, Values] = field(default_factory=dict)
    problem: str = ""
    embedded: tuple[Embedded, ...] = ()


def records(table: Table, reading: Reading) -> Iterator[Record]:
    """Every row, in order.

    Raises UsageError with the line where nothing behind it can be told.
    """
    reader = _Reader(table, reading)
    for line in table.lines():
        yield reader.record(line)


class _Reader:
    """Rows into records, with what earlier rows said: only a product's first row names its options."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self._reading, self._ours = reading, table.ours
        self._above: str | None = None
        self._options: dict[str | None, dict[str, str]] = {}
        self._ids = _ids_by_sku(table, reading) if reading.parent else {}

    def record(self, line: Line) -> Record:
        reading, cells = self._reading, dict(line.cells)
        photos = tuple(dict.fromkeys(photo for column in reading.photos for photo in _photos(cells.pop(column, ()))))
        instead = _photos(cells.pop(reading.instead, ())) if reading.instead else ()
        product_id = self._product(cells)
        name = _one(cells, reading.name)
        parts = (WHOLE,) if self._ours else take_parts(cells)
        if reading.parent and (parent := _one(cells, reading.parent)):
            product_id = self._parent(parent)
        return Record(
            place=line.place,
            photos=photos or instead,
            instead=instead if photos else (),
            product_id=product_id,
            name=name,
            parts=parts,
            attributes=self._attributes(cells, product_id),
            problem=line.problem,
            embedded=tuple(photo for photo in line.photos if clean(photo.column) in reading.photos),
        )

    def _product(self, cells: dict[str, Values]) -> str | None:
        """The id in the row, or that of the product above to which it belongs."""
        reading = self._reading
        if reading.section:
            says = _one(cells, reading.section) or ""
            if says.casefold() not in ("", "product"):
                cells.pop(reading.product or "", None)
                return self._above
        product_id = _one(cells, reading.product)
        if product_id is None and reading.below:
            return self._above
        self._above = product_id
        return product_id

    def _parent(self, said: str) -> str:
        """WooCommerce names a parent by its number, as id:12, or by its SKU."""
        numbered = _ID_PARENT.match(said)
        return numbered[1] if numbered else self._ids.get(said, said)

    def _attributes(self, cells: dict[str, Values], product_id: str | None) -> dict[str, Values]:
        if self._ours:
            return _own_attributes(cells)
        named = self._pairs(cells, product_id)
        found: dict[str, Values] = {}
        for name, values in (*cells.items(), *named.items()):
            said = dict.fromkeys(text for value in values for text in self._split(name, value))
            if said:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *said)))
        return found

    def _pairs(self, cells: dict[str, Values], product_id: str | None) -> dict[str, Values]:
        """`Option1 Name: Size` with `Option1 Value: 38` is Size: 38."""
        named: dict[str, Values] = {}
        known = self._options.setdefault(product_id, {}) if self._reading.pairs else {}
        for name_column, value_column in self._reading.pairs:
            if name := _one(cells, name_column):
                known[name_column] = name
            values = cells.pop(value_column, ())
            if not values:
                continue
            name = known.get(name_column) or value_column
            said = (text for value in values for text in self._split(value_column, value))
            named[name] = tuple(dict.fromkeys((*named.get(name, ()), *said)))
        return named

    def _split(self, column: str, value: str) -> Values:
        between = self._reading.several.get(column)
        parts = re.split(between, value) if between else [value]
        return tuple(text for part in parts if (text := clean(part.replace("\\,", ",") if between else part)))


def _own_attributes(cells: dict[str, Values]) -> dict[str, Values]:
    """Of a row that Lookscape wrote."""
    joined = ours.is_ours(cells)
    cells.pop(ours.MARK, None)
    named = ((ours.attribute_of(column), values) for column, values in cells.items())
    if not joined:
        return {name: tuple(dict.fromkeys(values)) for name, values in named}
    return {name: split_values(cell) for name, (cell, *_) in named if split_values(cell)}


def _photos(values: Values) -> tuple[str, ...]:
    """Addresses one by one, and entries of lists; anything else as it is written."""
    return tuple(photo for value in values for photo in split_photos(value))


def _one(cells: dict[str, Values], column: str | None) -> str | None:
    """The first value of a column, taken out; further ones stay attributes."""
    values = cells.pop(column, ()) if column else ()
    if column and len(further := tuple(dict.fromkeys(values[1:]))) and further != values[:1]:
        cells[column] = tuple(value for value in further if value != values[0])
    return (clean(values[0]) or None) if values else None


def _ids_by_sku(table: Table, reading: Reading) -> dict[str, str]:
    """The product of each SKU, in tables whose variants name their parent."""
    found: dict[str, str] = {}
    for line in table.lines():
        cells = {column.lower(): values for column, values in line.cells.items()}
        product = line.cells.get(reading.product or "", ())
        if (sku := cells.get("sku")) and product:
            found.setdefault(clean(sku[0]), clean(product[0]))
    return found
