"""Rows of a table as entries of the catalogue: one row is one thing, and whatever is left out is said.

Rows that share a photo are several products with one photo, several boxes on a photo are several crops, the same row
twice is one. A row without a photo adds what it says to its product; one that nothing can be made of is named.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lookscape.catalogue.source import Account, FileRow, SourceOptions
from lookscape.catalogue.sources._boxes import named
from lookscape.catalogue.tables.boxes import Box
from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.reading import Reading, known_names, read_columns
from lookscape.catalogue.tables.records import Record, records
from lookscape.catalogue.tables.table import Embedded, Table, Values
from lookscape.catalogue.tables.text import clean, storable


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A photo of a row: where it is as written, the box in it, and what is said of it.

    problem: why the row gives no photo; `target` is then empty or the photo that it would be about.
    """

    place: str
    target: str = ""
    instead: str = ""
    box: Box | None = None
    product_id: str | None = None
    name: str | None = None
    attributes: Mapping[str, Values] = field(default_factory=dict)
    embedded: Embedded | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An entry whose photo is at an address."""

    entry: Entry
    url: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A table with its reading; `num_photos` counts the photos that its rows name."""

    path: Path
    table: Table
    reading: Reading


def open_catalogue_table(path: Path, options: SourceOptions) -> Opened:
    """A table and what its columns are. Raises UsageError when it cannot be read or a wish names no column."""
    table = open_table(path, known=known_names)
    reading = read_columns(table, options.columns)
    return Opened(path=path, table=table, reading=reading)


def entries(opened: Opened, account: Account) -> Iterator[Entry]:
    """Every photo of every row, in order; rows that give none come as a problem."""
    further = _Further(opened)
    for record in _records(opened):
        if record.problem:
            target = record.photos[0] if record.photos else ""
            yield Entry(place=record.place, target=target, problem=record.problem)
        elif not record.photos and not record.embedded:
            if record.product_id not in further.with_photos:
                yield Entry(place=record.place, problem="the row names no photo")
            else:
                account.joined += 1
        else:
            yield from _photos(record, further.of(record))


def _records(opened: Opened) -> Iterator[Record]:
    return records(opened.table, opened.reading)


def _photos(record: Record, more: Mapping[str, Values]) -> Iterator[Entry]:
    """What the row says stands with its first photo; a row of several photos without a product makes one of them."""
    product_id = record.product_id
    if product_id is None and len(record.photos) > 1:
        product_id = storable(record.photos[0])
    if product_id is None and len(record.embedded) > 1:
        product_id = clean(record.embedded[0].name) or record.place
    entry = partial(Entry, place=record.place, product_id=product_id, name=record.name)
    own = _joined(record.attributes, more)
    first = record.photos[0] if record.photos else ""
    instead = record.instead[0] if record.instead else ""
    inside = record.embedded[0] if record.embedded else None
    for part in record.parts:
        said = _joined(part.cells, own)
        yield entry(target=first, instead=instead, box=part.box, attributes=said, embedded=inside)
    for photo in record.photos[1:]:
        yield entry(target=photo)
    for further in record.embedded[1:]:
        yield entry(embedded=further)


def _joined(one: Mapping[str, Values], other: Mapping[str, Values]) -> dict[str, Values]:
    """Both, each value once."""
    if not (one and other):
        return dict(one or other)
    found = dict(one)
    for name, values in other.items():
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
    return found


class _Further:
    """What rows without a photo say of products that have one; it goes with the product's first photo."""

    def __init__(self, opened: Opened) -> None:
        self.with_photos: set[str | None] = set()
        self._said: dict[str, dict[str, Values]] = {}
        for record in _records(opened) if opened.reading.product and _some_without_photo(opened) else ():
            if record.problem or record.product_id is None:
                continue
            if record.photos or record.embedded:
                self.with_photos.add(record.product_id)
            else:
                known = self._said.get(record.product_id, {})
                self._said[record.product_id] = _joined(known, record.attributes)

    def of(self, record: Record) -> Mapping[str, Values]:
        return self._said.pop(record.product_id, {}) if record.product_id else {}


def _some_without_photo(opened: Opened) -> bool:
    """Does any line hold no photo? Much quicker to tell than what it says."""
    columns = opened.reading.photos
    return any(not line.photos and not any(map(line.cells.get, columns)) for line in opened.table.lines())


class Names:
    """Gives every entry a name that no other of its source has; None for one that says what another said already."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._said: dict[str, set[object]] = {}
        self._taken: Counter[str] = Counter()

    def row(self, path: str, entry: Entry, *, stamp: str, name: str | None = None) -> FileRow | None:
        """The row of an entry whose file is at `path`, in the catalogue's own text."""
        shown = named(path, entry.box)
        attributes = {key: values[0] if len(values) == 1 else values for key, values in entry.attributes.items()}
        said = hash((entry.product_id, entry.name, *attributes.items()))  # of one path alone, so 64 bits are plenty
        known = self._said.setdefault(shown, set())
        if said in known or (known and not attributes and entry.product_id is None):
            self._account.repeated += 1
            return None
        own = self._own(shown, entry.product_id) if known else shown
        known.add(said)
        return FileRow(
            path=own,
            stamp=stamp,
            product_id=entry.product_id,
            name=entry.name or name,
            attributes=attributes,
            file=None if own == path else path,
        )

    def lost(self, path: str, place: str) -> str:
        """A name for a row that gives no photo: the path that it speaks of, with its place where others do too."""
        known = self._said.setdefault(path, set())
        own = f"{path} ({place})" if known else path
        known.add(place)
        return own

    def _own(self, shown: str, product_id: str | None) -> str:
        own = f"{shown} ({product_id})" if product_id else shown
        self._taken[own] += 1
        count = self._taken[own] + (product_id is None)
        return own if count == 1 else f"{own} ({count})"


def in_words(opened: Opened) -> list[str]:
    """What the table is and what its columns were taken for."""
    table, reading = opened.table, opened.reading
    whose = f", a {reading.feed} export" if reading.feed else ""
    roles = [f"{column!r} is {role_of(opened, column)}" for column in _told(table, reading)]
    return [f"{table.name}: {table.found}{whose}" + (f"; {', '.join(roles)}" if roles else ""), *table.notes]


def role_of(opened: Opened, column: str) -> str:
    """What a column was taken for; a picture that is no photo is left out."""
    role = opened.reading.role(column)
    if column not in opened.table.embedded:
        return role
    return f"{role}, in the table itself" if column in opened.reading.photos else "left out: no photos by its name"


def _told(table: Table, reading: Reading) -> Sequence[str]:
    columns = [column for column in table.columns if reading.role(column) != "attribute"]
    return [*(column for column in table.embedded if column not in columns), *columns]
