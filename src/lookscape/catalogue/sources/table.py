"""A table of photo files: CSV, TSV, JSON Lines or Parquet with a path column; only the listed files are read.

Where rows have a box (`bbox`, or `x_1`, `y_1`, `x_2`, `y_2`), the photo is what is in it; a file may have several.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from lookscape.catalogue.source import Item, Listing, SourceOptions
from lookscape.catalogue.sources import _metadata
from lookscape.catalogue.sources._boxes import Box, named
from lookscape.catalogue.sources.folder import display, item_of, missing
from lookscape.errors import UsageError


def claims(spec: str) -> bool:
    """A table file with a column of paths."""
    path = Path(spec)
    return path.is_file() and _metadata.is_table(path) and _column(path) is not None


def read(location: str, options: SourceOptions) -> Listing:
    """List a table's files, in its order. Paths are relative to the table's folder.

    A file listed twice counts once, unless its boxes differ.
    """
    table = Path(location)
    if not table.is_file():
        raise UsageError(f"{location!r} is not a file")
    if not _metadata.is_table(table):
        raise UsageError(f"{location!r} is not a table; it can end in {', '.join(_metadata.SUFFIXES)}")
    column = _column(table)
    if column is None:
        raise UsageError(f"{location!r} has no column of files; one of {', '.join(_metadata.FILE_COLUMNS)} is needed")
    table = table.resolve()
    return Listing(key=f"table:{display(str(table))}", kind="table", items=_items(table, column))


def _column(table: Path) -> str | None:
    return _metadata.target_column(table, _metadata.FILE_COLUMNS)


def _items(table: Path, column: str) -> Iterator[Item]:
    folder = os.fspath(table.parent)
    seen: set[tuple[str, Box | None]] = set()
    for record in _metadata.records(table, column):
        path = os.path.normpath(os.path.join(folder, record.target))
        if (path, record.box) in seen:
            continue
        seen.add((path, record.box))
        try:
            status = os.stat(path)
        except OSError:
            yield missing(named(path, record.box), "listed in the table but not there")
            continue
        yield item_of(path, record, status=status)
