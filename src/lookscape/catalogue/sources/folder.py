"""A folder of photos, with or without metadata.csv, .jsonl or .parquet in the Hugging Face imagefolder layout."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lookscape.catalogue._files import FileRow
from lookscape.catalogue.source import Item, Listing, SourceOptions, read_file
from lookscape.catalogue.sources import _metadata
from lookscape.errors import UsageError

SPLITS = {"train", "test", "val", "validation", "valid", "dev"}
JUNK = {".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", ".gitignore"}
"""Files that systems and version control leave beside photos and that nobody means to ingest."""

Records = Mapping[str, _metadata.Record]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A directory entry that is not a folder: its status, or why it has none."""

    path: str
    status: os.stat_result | None = None
    problem: str = ""


def claims(spec: str) -> bool:
    """Any folder."""
    return Path(spec).is_dir()


def read(location: str, options: SourceOptions) -> Listing:
    """List a folder and everything below it, in the order of the paths."""
    root = Path(location)
    if not root.is_dir():
        raise UsageError(f"{location!r} is not a folder")
    root = root.resolve()
    found = list(_walk(root))
    described = _records(root, found)
    labelled = options.labels and len({_label(root, entry.path) for entry in found} - {None}) > 1
    items = _items(found, described, root=root, labelled=labelled)
    return Listing(key=f"folder:{display(str(root))}", kind="folder", items=items, total=len(found))


def display(path: str) -> str:
    """A path as text that any database and terminal takes; bytes that are not UTF-8 are shown escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def item_of(path: str, record: _metadata.Record | None, *, status: os.stat_result, label: str | None = None) -> Item:
    """The item of one existing file and the row that describes it."""
    values = dict(record.attributes) if record else {}
    if label is not None:
        values.setdefault("label", label)
    file = FileRow(
        path=display(path),
        stamp=f"{status.st_size}:{status.st_mtime_ns}",
        product_id=record.product_id if record else None,
        name=record.name if record else None,
        attributes=values,
    )
    if not stat.S_ISREG(status.st_mode):
        return Item(file=file, problem="not a regular file")
    return Item(file=file, load=partial(read_file, path))


def _walk(root: Path) -> Iterator[_Found]:
    """Every file below a folder, folders once each however many links lead to them."""
    seen: set[tuple[int, int]] = set()
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            yield _Found(path=folder, problem="symbolic link to a folder that is read already")
            continue
        seen.add((status.st_dev, status.st_ino))
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield _Found(path=folder, problem=f"folder cannot be read: {error.strerror}")
            continue
        folders = {entry.path for entry in entries if _is_folder(entry)}
        yield from (_found(entry) for entry in entries if entry.path not in folders and entry.name not in JUNK)
        waiting.extend(entry.path for entry in reversed(entries) if entry.path in folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _found(entry: os.DirEntry[str]) -> _Found:
    try:
        return _Found(path=entry.path, status=entry.stat())
    except OSError as error:
        kind = "symbolic link" if entry.is_symlink() else "file"
        return _Found(path=entry.path, problem=f"{kind} cannot be followed: {error.strerror}")


def _records(root: Path, found: list[_Found]) -> dict[str, _metadata.Record]:
    """Rows of every metadata file, by the path of the photo they describe."""
    described: dict[str, _metadata.Record] = {}
    for table in (Path(entry.path) for entry in found if entry.status and _is_metadata(entry.path)):
        column = _metadata.target_column(table, _metadata.FILE_COLUMNS)
        if column is None:
            raise UsageError(f"{table.relative_to(root)} has no column file_name")
        for record in _metadata.records(table, column):
            described[os.path.normpath(table.parent / record.target)] = record
    return described


def _is_metadata(path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith("metadata.") and _metadata.is_table(Path(name))


def _label(root: Path, path: str) -> str | None:
    """The folder a photo lies in, when that says something: not the root and not a split."""
    parent = Path(path).parent
    return None if parent == root or parent.name in SPLITS else display(parent.name)


def _items(found: list[_Found], described: Records, *, root: Path, labelled: bool) -> Iterator[Item]:
    for entry in found:
        if entry.status is None:
            yield Item(file=FileRow(path=display(entry.path), stamp=""), problem=entry.problem)
        elif not _is_metadata(entry.path):
            record = described.get(entry.path)
            label = _label(root, entry.path) if labelled and record is None else None
            yield item_of(entry.path, record, status=entry.status, label=label)
    for path in sorted(set(described) - {entry.path for entry in found}):
        yield Item(file=FileRow(path=display(path), stamp=""), problem="listed in the metadata but not there")
