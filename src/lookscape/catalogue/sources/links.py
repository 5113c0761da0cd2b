"""A table of image URLs: downloaded politely, kept under their names, resumed where it stopped.

The table is read as any other; `links:` before its name only gives the source that name.
"""

from pathlib import Path

from lookscape.catalogue.source import Listing, SourceOptions
from lookscape.catalogue.sources import table
from lookscape.catalogue.sources._entries import open_catalogue_table
from lookscape.catalogue.tables.photo_names import is_link
from lookscape.catalogue.tables.table import is_table
from lookscape.errors import LookscapeError


def claims(spec: str) -> bool:
    """A table whose photos are all at addresses, as its first rows say."""
    path = Path(spec)
    if not (path.is_file() and is_table(path)):
        return False
    try:
        opened = open_catalogue_table(path, SourceOptions())
    except LookscapeError:  # `table` says what is wrong with it
        return False
    main = opened.reading.photos[:1]
    cells = [cell for line in opened.table.head() for column in main for cell in line.cells.get(column, ())]
    return bool(cells) and all(map(is_link, cells)) and opened.reading.instead is None


def read(location: str, options: SourceOptions) -> Listing:
    """Download and list a table's URLs, in its order."""
    return table.listing(location, options, kind="links")
