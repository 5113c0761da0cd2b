"""A folder of photos, with or without metadata.csv, .jsonl or .parquet in the Hugging Face imagefolder layout."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lookscape.catalogue.source import FileRow, Item, Listing, SourceOptions
from lookscape.catalogue.sources import _metadata
from lookscape.catalogue.sources._boxes import named, reader
from lookscape.errors import UsageError

SPLITS = {"train", "test", "val", "validation", "valid", "dev"}
JUNK = {".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", ".gitignore"}
"""Files that systems and version control leave beside photos and that nobody means to ingest."""
METADATA = {f"metadata{suffix}" for suffix in _metadata.SUFFIXES}

Records = Mapping[str, _metadata.Record]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A directory entry that is not a folder: its status, or why it has none. `folder` is where it lies."""

    path: str
    folder: str
    status: os.stat_result | None = None
    problem: str = ""

    @property
    def is_metadata(self) -> bool:
        """A table that describes the photos beside it and below."""
        regular = self.status is not None and stat.S_ISREG(self.status.st_mode)
        return regular and self.path[len(self.folder) :].lstrip("/") in METADATA

    @property
    def label(self) -> str:
        """The name of its folder."""
        return self.folder.rpartition("/")[2]


def claims(spec: str) -> bool:
    """Any folder."""
    return Path(spec).is_dir()


def read(location: str, options: SourceOptions) -> Listing:
    """List a folder and everything below it, in the order of the paths.

    Links to folders elsewhere are followed; a link into what is read anyway is named as such and left alone.
    Raises UsageError when there is no such folder; the items do, when a metadata file cannot be read.
    """
    if not Path(location).is_dir():
        raise UsageError(f"{location!r} is not a folder")
    root = os.path.realpath(location)
    found = list(_walk(root))
    return Listing(
        key=f"folder:{display(root)}",
        kind="folder",
        items=_described(root, found, options),
        total=sum(not entry.is_metadata for entry in found),
        fingerprint=_fingerprint(found, options),
    )


def _described(root: str, found: list[_Found], options: SourceOptions) -> Iterator[Item]:
    """The photos with what the metadata and the folders' names say of them."""
    photos = [entry for entry in found if not entry.is_metadata]
    described = _records(root, [entry for entry in found if entry.is_metadata])
    labelled = _labelled(root, photos) if options.labels else set()
    yield from _items(photos, described, labelled=labelled)


def _fingerprint(found: list[_Found], options: SourceOptions) -> str:
    """A hash of every path with its size, kind and times; metadata files are among them."""
    hashed = hashlib.sha256(f"labels={options.labels}".encode())
    for entry in found:
        status = entry.status
        seen = (status.st_mode, status.st_size, status.st_mtime_ns) if status else entry.problem
        hashed.update(f"{entry.path}\0{seen}\n".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def display(path: str) -> str:
    """A path as text that any database and terminal takes; bytes that are not UTF-8 are shown escaped."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def item_of(path: str, record: _metadata.Record | None, *, status: os.stat_result, label: str | None = None) -> Item:
    """The item of one existing file and the row that describes it."""
    values = {"label": label} if label is not None else {}
    box = record.box if record else None
    file = FileRow(
        path=named(display(path), box),
        stamp=f"{status.st_size}:{status.st_mtime_ns}",
        product_id=record.product_id if record else None,
        name=record.name if record else None,
        attributes=record.attributes if record else values,
    )
    if not stat.S_ISREG(status.st_mode):
        return Item(file=file, problem="not a regular file")
    return Item(file=file, load=reader(path, box))


def missing(path: str, problem: str) -> Item:
    """The item of a path that cannot even be looked at. The reason is its stamp: another reason is news."""
    return Item(file=FileRow(path=display(path), stamp=problem), problem=problem)


def _walk(root: str) -> Iterator[_Found]:
    """Every file below a folder; folders outside it that links lead to are read once each."""
    outside: set[str] = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield _Found(path=folder, folder=folder, problem=f"folder cannot be read: {error.strerror}")
            continue
        below = []
        for entry in entries:
            if not _is_folder(entry):
                if entry.name not in JUNK:
                    yield _found(entry, folder)
            elif _is_read_anyway(entry, root, outside):
                yield _Found(path=entry.path, folder=folder, problem="symbolic link to a folder that is read already")
            else:
                below.append(entry.path)
        waiting.extend(reversed(below))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_read_anyway(entry: os.DirEntry[str], root: str, outside: set[str]) -> bool:
    """Does this entry, a folder, lead to one that is read without it, or to one that holds the whole source?"""
    target = os.path.realpath(entry.path)
    if entry.is_symlink():
        if os.path.commonpath((target, root)) in (target, root) or target in outside:
            return True
        outside.add(target)
        return False
    return target in outside  # only below a link that leads outside: another link has led here before


def _found(entry: os.DirEntry[str], folder: str) -> _Found:
    try:
        return _Found(path=entry.path, folder=folder, status=entry.stat())
    except OSError as error:
        kind = "symbolic link" if entry.is_symlink() else "file"
        return _Found(path=entry.path, folder=folder, problem=f"{kind} cannot be followed: {error.strerror}")


def _records(root: str, tables: list[_Found]) -> dict[str, _metadata.Record]:
    """Rows of every metadata file, by the path of the photo they describe."""
    described: dict[str, _metadata.Record] = {}
    for table in tables:
        column = _metadata.target_column(Path(table.path), _metadata.FILE_COLUMNS)
        if column is None:
            raise UsageError(f"{display(os.path.relpath(table.path, root))} has no column file_name")
        for record in _metadata.records(Path(table.path), column):
            described[os.path.normpath(f"{table.folder}/{record.target}")] = record
    return described


def _labelled(root: str, photos: list[_Found]) -> set[str]:
    """The folders whose names say something of the photos in them: not the root, not a split, and not the only one."""
    folders = {entry.folder for entry in photos if entry.status and entry.folder != root and entry.label not in SPLITS}
    return folders if len({folder.rpartition("/")[2] for folder in folders}) > 1 else set()


def _items(photos: list[_Found], described: Records, *, labelled: set[str]) -> Iterator[Item]:
    for entry in photos:
        if entry.status is None:
            yield missing(entry.path, entry.problem)
        else:
            label = display(entry.label) if entry.folder in labelled else None
            yield item_of(entry.path, described.get(entry.path), status=entry.status, label=label)
    for path in sorted(set(described) - {entry.path for entry in photos}):
        yield missing(path, "listed in the metadata but not there")
