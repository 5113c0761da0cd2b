"""A table of image URLs: downloaded politely, kept under their names, resumed where it stopped.

Any column of URLs named url, image_url, photo_url, link or image_link; the other columns are read as in `table`.
"""

from collections.abc import Iterator
from pathlib import Path

from lookscape.catalogue.fetch.download import Link, download
from lookscape.catalogue.source import FileRow, Item, Listing, SourceOptions
from lookscape.catalogue.sources import _metadata
from lookscape.catalogue.sources._downloads import download_options, in_order, item_of_download
from lookscape.catalogue.sources.folder import display
from lookscape.errors import UsageError


def claims(spec: str) -> bool:
    """A table with a column of URLs and none of files."""
    path = Path(spec)
    if not (path.is_file() and _metadata.is_table(path)):
        return False
    has_files = _metadata.target_column(path, _metadata.FILE_COLUMNS) is not None
    return not has_files and _metadata.target_column(path, _metadata.URL_COLUMNS) is not None


def read(location: str, options: SourceOptions) -> Listing:
    """Download and list a table's URLs, in its order."""
    table = Path(location)
    if not (table.is_file() and _metadata.is_table(table)):
        raise UsageError(f"{location!r} is not a table file; it can end in {', '.join(_metadata.SUFFIXES)}")
    column = _metadata.target_column(table, _metadata.URL_COLUMNS)
    if column is None:
        raise UsageError(f"{location!r} has no column of URLs; one of {', '.join(_metadata.URL_COLUMNS)} is needed")
    records = list(_metadata.records(table, column))
    key = f"links:{display(str(table.resolve()))}"
    return Listing(key=key, kind="links", items=_items(records, options, key=key), total=len(records))


def _items(records: list[_metadata.Record], options: SourceOptions, *, key: str) -> Iterator[Item]:
    """Items in the table's order, each as soon as it and all before it are there."""
    links = (Link(url=record.target, name=str(row)) for row, record in enumerate(records))
    chosen = download_options(options, run=key)
    outcomes = in_order(download(links, options.downloads, options=chosen))
    for record, path, outcome in zip(records, _paths(records), outcomes, strict=True):
        file = FileRow(
            path=path, stamp="", product_id=record.product_id, name=record.name, attributes=record.attributes
        )
        yield item_of_download(file, outcome, box=record.box)


def _paths(records: list[_metadata.Record]) -> list[str]:
    """The URL of each row; a URL listed again is told apart by its row, so that no product is lost."""
    seen: set[str] = set()
    paths = []
    for row, record in enumerate(records, start=1):
        paths.append(f"{record.target} (row {row})" if record.target in seen else record.target)
        seen.add(record.target)
    return paths
