"""How a source would be read, before anything is fetched or stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lookscape.catalogue.source import Listing, SourceOptions, read_source
from lookscape.catalogue.sources import coco, fiftyone, table
from lookscape.catalogue.sources._entries import Opened, in_words, open_catalogue_table, role_of
from lookscape.catalogue.tables.reading import has_photos
from lookscape.catalogue.tables.records import records
from lookscape.catalogue.tables.table import Values, is_table

ROWS = 5
LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class ColumnSeen:
    """A column, what it was taken for, and its first filled cell."""

    column: str
    role: str
    example: str


@dataclass(frozen=True, kw_only=True)
class RowSeen:
    """What a row would become; `problem` says why it would not."""

    place: str
    product_id: str | None = None
    name: str | None = None
    photos: tuple[str, ...] = ()
    attributes: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How a source is read: its table's columns and first rows, or how many files it lists and leaves out."""

    words: str
    listed: int = 0
    rejected: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    columns: tuple[ColumnSeen, ...] = ()
    rows: tuple[RowSeen, ...] = ()


def preview(spec: str, options: SourceOptions) -> Preview:
    """Look at a source. Nothing is fetched. Raises UsageError when there is none, or no photos are named in it."""
    path = _table_of(spec)
    if path is None:
        return _listed(read_source(spec, options))
    opened = open_catalogue_table(path, options)
    photos = "photos" if has_photos(opened.reading) else "no column of photos: say --column photo=NAME"
    return Preview(
        words=f"{path.name} would be read as a table with {len(opened.table.columns)} columns, {photos}",
        notes=tuple(in_words(opened)),
        columns=_columns(opened),
        rows=_rows(opened),
    )


def _listed(listing: Listing) -> Preview:
    """What a source lists, without a look into the photos; of one elsewhere nothing is asked."""
    account = listing.account
    if account.is_elsewhere:
        return Preview(words=f"a source of kind {listing.kind}, from elsewhere: nothing was fetched")
    items = list(listing.items)
    lost = [f"{item.file.path}: {item.problem}" for item in items if item.problem]
    words = f"{len(items):,} files as a source of kind {listing.kind}, {len(lost):,} of them not to be used"
    return Preview(
        words=words,
        listed=len(items),
        rejected=len(lost),
        skipped=dict(account.skipped),
        notes=(*account.sentences, *lost[:ROWS]),
    )


def _table_of(spec: str) -> Path | None:
    """The table that a spec names, or the metadata of a folder."""
    kind, _, rest = spec.partition(":")
    path = Path(rest if kind in ("table", "links") else spec)
    if path.is_dir():
        found = sorted(file for file in path.glob("metadata.*") if is_table(file))
        return found[0] if found else None
    if not path.is_file():
        return None
    is_asked = kind in ("table", "links") and bool(rest)
    return path if is_table(path) or is_asked or (table.claims(spec) and not _says_more(spec)) else None


def _says_more(spec: str) -> bool:
    """Is it the JSON of a form that says more than a table?"""
    return coco.claims(spec) or fiftyone.claims(spec)


def _columns(opened: Opened) -> tuple[ColumnSeen, ...]:
    examples: dict[str, str] = {}
    for line in opened.table.head():
        for name, values in line.cells.items():
            examples.setdefault(name, " | ".join(values)[:LONGEST])
    embedded = [ColumnSeen(column=name, role=role_of(opened, name), example="") for name in opened.table.embedded]
    return (
        *(
            ColumnSeen(column=name, role=opened.reading.role(name), example=examples.get(name, ""))
            for name in opened.table.columns
        ),
        *embedded,
    )


def _rows(opened: Opened) -> tuple[RowSeen, ...]:
    return tuple(
        RowSeen(
            place=f"{row.place}: {row.problem}" if row.problem else row.place,
            product_id=row.product_id,
            name=row.name,
            photos=row.photos or tuple(photo.name or "in the table" for photo in row.embedded),
            attributes=row.attributes,
        )
        for row in islice(records(opened.table, opened.reading), ROWS)
    )
