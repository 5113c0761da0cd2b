"""A folder of photos, with or without metadata.csv, .jsonl or .parquet in the Hugging Face imagefolder layout."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from lookscape.catalogue.source import Account, Item, Listing, SourceOptions
from lookscape.catalogue.sources._addresses import are_addresses, chosen, fetched
from lookscape.catalogue.sources._data_uris import data_item, is_data
from lookscape.catalogue.sources._entries import Entry, Names, Wanted, entries, in_words, open_catalogue_table
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, file_item, lost_item, missing
from lookscape.catalogue.sources._layouts import is_fiftyone, is_yolo
from lookscape.catalogue.sources._walking import Found, walk
from lookscape.catalogue.tables.table import JSON, SUFFIXES, TEXT
from lookscape.errors import UsageError

SPLITS = {"train", "test", "val", "validation", "valid", "dev"}
METADATA = {*(f"metadata{suffix}" for suffix in SUFFIXES), *(f"metadata{suffix}.gz" for suffix in (*TEXT, *JSON))}


def claims(spec: str) -> bool:
    """Any folder but those of a layout that says more."""
    return Path(spec).is_dir() and not is_yolo(Path(spec)) and not is_fiftyone(Path(spec))


def read(location: str, options: SourceOptions) -> Listing:
    """List a folder and everything below it, in the order of the paths.

    Links to folders elsewhere are followed; a link into what is read anyway is named as such and left alone.
    Raises UsageError when there is no such folder; the items do, when a metadata file cannot be read.
    """
    if not Path(location).is_dir():
        raise UsageError(f"{location!r} is not a folder")
    root = os.path.realpath(location)
    found, account = list(walk(root)), Account()
    return Listing(
        key=f"folder:{display(root)}",
        kind="folder",
        items=_described(root, found, options, account),
        total=sum(not (_is_metadata(entry) or entry.left) for entry in found),
        fingerprint=_fingerprint(found, options),
        account=account,
    )


def _described(root: str, found: list[Found], options: SourceOptions, account: Account) -> Iterator[Item]:
    """The photos with what metadata and folders' names say of them: those of the metadata first, in its order.

    What is left behind beside photos is skipped and counted, unless the metadata names it.
    """
    photos = {entry.path: entry for entry in found if not _is_metadata(entry)}
    names, done = Names(account), set[str]()
    for table in (entry for entry in found if _is_metadata(entry)):
        yield from _Metadata(root, table, photos, names, done).items(options, account)
    pictures = [entry for entry in photos.values() if not entry.left]
    labelled = _labelled(root, pictures, account) if options.labels else set()
    for path, entry in photos.items():
        if path in done:
            continue
        if entry.left:
            account.skipped[entry.left.kind] += 1
        else:
            yield _by_itself(entry, names, label=display(_label(entry)) if entry.folder in labelled else None)


class _Metadata:
    """One metadata file: the photos that it names, in the folder or elsewhere, and rows that name none by their line.

    `done` gets the paths of photos that it speaks of.
    """

    def __init__(self, root: str, table: Found, photos: Mapping[str, Found], names: Names, done: set[str]) -> None:
        self._table, self._photos, self._names, self._done = table, photos, names, done
        self._where = display(os.path.relpath(table.path, root))
        self._finder = Finder(
            table.folder,
            lambda: (path for path, entry in photos.items() if not entry.left),
            root=root,
            known={path: entry.status for path, entry in photos.items() if entry.status is not None},
        )

    def items(self, options: SourceOptions, account: Account) -> Iterator[Item]:
        """In its order. Raises UsageError when it cannot be read."""
        opened = open_catalogue_table(Path(self._table.path), options)
        if not opened.reading.photos:
            raise UsageError(f"{self._where} has no column file_name")
        for sentence in in_words(opened):
            account.note(sentence)
        guesses = are_addresses(opened)
        found = (chosen(entry, self._finder, guesses=guesses) for entry in entries(opened, account))
        items = (one if isinstance(one, Wanted) else self._item(one, account) for one in found)
        listed = (one for one in items if one is not None)
        yield from fetched(listed, self._names, account, options, run=self._table.path)

    def _item(self, entry: Entry, account: Account) -> Item | None:
        """The photo of a row that is in the folder or in the row itself, or why there is none."""
        if is_data(entry.target) and not entry.problem:
            return data_item(entry, self._where, self._names)
        found = self._finder.find(entry.target) if entry.target else None
        path = found.path if found and found.path in self._photos else ""
        status = self._photos[path].status if path else None
        if entry.problem:
            self._done.add(path)
            problem = f"{self._where}, {entry.place}: {entry.problem}"
            return lost_item(path or self._table.path, problem, entry, self._names)
        if found is None or status is None:
            problem = found.problem if found and found.problem else "it is not in the folder"
            problem = f"{problem.replace('table', 'metadata', 1)} ({self._where}, {entry.place})"
            return lost_item(found.path if found else self._table.path, problem, entry, self._names)
        if found.how:
            account.found[found.how] += 1
        self._done.add(path)
        return file_item(path, status, entry, self._names)


def _by_itself(entry: Found, names: Names, *, label: str | None) -> Item:
    """A photo that no metadata describes."""
    if entry.status is None:
        return missing(entry.path, entry.problem)
    said = Entry(place="", attributes={"label": (label,)} if label is not None else {})
    item = file_item(entry.path, entry.status, said, names)
    assert item is not None  # nothing has this path but this
    return item


def _label(entry: Found) -> str:
    """The name of its folder."""
    return entry.folder.rpartition("/")[2]


def _is_metadata(entry: Found) -> bool:
    """A table that describes the photos beside it and below."""
    return entry.is_regular and entry.left is None and entry.name in METADATA


def _fingerprint(found: list[Found], options: SourceOptions) -> str:
    """A hash of every path with its size, kind and times, and what is left out; metadata files are among them."""
    hashed = hashlib.sha256(f"labels={options.labels} columns={options.columns}".encode())
    for entry in found:
        status = entry.status
        seen = (status.st_mode, status.st_size, status.st_mtime_ns) if status else entry.problem
        left = entry.left.kind if entry.left else ""
        hashed.update(f"{entry.path}\0{seen}{left}\n".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def _labelled(root: str, photos: list[Found], account: Account) -> set[str]:
    """The folders whose names say something of the photos in them: not the root, not a split, and not the only one."""
    folders = {entry.folder for entry in photos if entry.status and entry.folder != root}
    labels = {folder for folder in folders if folder.rpartition("/")[2] not in SPLITS}
    for split in sorted({folder.rpartition("/")[2] for folder in folders - labels}) if labels else ():
        account.note(f"photos in folders called {split!r} get no label: the name is taken for that of a split")
    names = {folder.rpartition("/")[2] for folder in labels}
    if len(names) == 1 and len(folders) > len(labels):
        account.note(f"no photo gets a label: {names.pop()!r} is the only folder that is called like one")
        return set()
    return labels if len(names) > 1 else set()
