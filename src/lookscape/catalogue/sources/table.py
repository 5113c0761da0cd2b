"""A table that names photos: text, Excel, Parquet, JSON Lines or an XML feed, with files, addresses, or both.

Columns are guessed by their names and cells, as shops write them; `--dry-run` shows the guess, `--column` overrules it.
"""

from pathlib import Path

from lookscape.catalogue.source import Account, Listing, SourceOptions
from lookscape.catalogue.sources._entries import in_words, open_catalogue_table
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, no_photos, table_items
from lookscape.catalogue.tables.json_document import is_json_list
from lookscape.catalogue.tables.reading import has_photos
from lookscape.catalogue.tables.table import is_table


def claims(spec: str) -> bool:
    """A file that ends as tables do, or in .json."""
    path = Path(spec)
    return path.is_file() and (is_table(path) or is_json_list(path))


def read(location: str, options: SourceOptions) -> Listing:
    """List a table's photos, in its order. Paths are relative to the table's folder.

    Raises UsageError when it is no table or no column holds photos; the items do, when a row cannot be told.
    """
    return listing(location, options, kind="table")


def listing(location: str, options: SourceOptions, *, kind: str) -> Listing:
    """The same for a source of another name."""
    path = Path(location)
    opened = open_catalogue_table(path, options)
    if not has_photos(opened.reading):
        raise no_photos(opened)
    account = Account()
    for sentence in in_words(opened):
        account.note(sentence)
    path = path.resolve()
    items = table_items(opened, options, account, finder=Finder(str(path.parent)))
    return Listing(key=f"{kind}:{display(str(path))}", kind=kind, items=items, account=account)
