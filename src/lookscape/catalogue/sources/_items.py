"""Entries of a table as items: files beside it, addresses, and photos in the table itself, in the table's order."""

import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from lookscape.catalogue.source import Account, FileRow, Item, SourceOptions
from lookscape.catalogue.sources._addresses import are_addresses, chosen, fetched
from lookscape.catalogue.sources._boxes import part_of, reader
from lookscape.catalogue.sources._data_uris import data_item, is_data
from lookscape.catalogue.sources._entries import Entry, Names, Opened, Wanted, entries
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.tables.photo_names import is_link
from lookscape.catalogue.tables.table import Embedded
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError


def display(path: str) -> str:
    """A path as text that any database and terminal takes; bytes that are not UTF-8 are shown escaped."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def missing(path: str, problem: str) -> Item:
    """The item of a path that cannot even be looked at. The reason is its stamp: another reason is news."""
    return Item(file=FileRow(path=display(path), stamp=problem), problem=problem)


def file_item(path: str, status: os.stat_result, entry: Entry, names: Names) -> Item | None:
    """The item of one existing file and what is said of it; None when it says nothing new."""
    file = names.row(display(path), entry, stamp=f"{status.st_size}:{status.st_mtime_ns}")
    if file is None:
        return None
    if not stat.S_ISREG(status.st_mode):
        return Item(file=file, problem="not a regular file")
    return Item(file=file, load=reader(path, entry.box))


def lost_item(path: str, problem: str, entry: Entry, names: Names) -> Item:
    """The item of a row that gives no photo, under the path that it speaks of."""
    return missing(names.lost(display(path), entry.place), problem)


def table_items(opened: Opened, options: SourceOptions, account: Account, *, finder: Finder) -> Iterator[Item]:
    """Every photo of a table that is a source by itself. Raises UsageError when there is none to find."""
    listed = _Listed(str(opened.path), account, finder)
    if opened.table.embedded:
        yield from listed.embedded(opened.path, entries(opened, account))
    else:
        guesses = are_addresses(opened)
        found = (chosen(entry, finder, guesses=guesses) for entry in entries(opened, account))
        yield from listed.with_addresses(found, options)


def entry_items(given: Iterable[Entry], where: str, account: Account, *, finder: Finder) -> Iterator[Item]:
    """Files that something other than a table describes; `where` is what describes them."""
    yield from _Listed(where, account, finder).files(given)


class _Listed:
    def __init__(self, where: str, account: Account, finder: Finder) -> None:
        self._where, self._account, self._finder = where, account, finder
        self._names = Names(account)

    def files(self, given: Iterable[Entry]) -> Iterator[Item]:
        for entry in given:
            item = self._file(entry)
            if item is not None:
                yield item

    def embedded(self, table: Path, given: Iterable[Entry]) -> Iterator[Item]:
        """Photos in the table; those that are not there are named."""
        from lookscape.catalogue.tables.parquet_photos import read_embedded

        path = str(table.resolve())
        status = os.stat(path)
        stamp = f"{status.st_size}:{status.st_mtime_ns}"
        for entry in given:
            inside = entry.embedded
            if inside is None:
                yield self._problem(entry)
                continue
            own = f"{display(path)} row {inside.row + 1}" + self._within(inside)
            file = self._names.row(
                own, entry, stamp=f"{stamp}:{inside.row}", name=Path(clean(inside.name)).stem or None
            )
            if file is not None:
                load = partial(read_embedded, path, stamp, inside)
                yield Item(file=file, load=part_of(load, entry.box))

    @staticmethod
    def _within(photo: Embedded) -> str:
        """What tells the photos of a row apart."""
        named = f" {clean(photo.name)}" if photo.name else ""
        return f" {clean(photo.column)}{photo.item or 0}{named}" if photo.item is not None else named

    def with_addresses(self, given: Iterable[Entry | Wanted], options: SourceOptions) -> Iterator[Item]:
        """Files and addresses, each as soon as it and all before it are there."""
        found = (self._file(one) if isinstance(one, Entry) else one for one in given)
        own = (one for one in found if one is not None)
        yield from fetched(own, self._names, self._account, options, run=self._where)

    def _file(self, entry: Entry) -> Item | None:
        if entry.problem:
            return self._problem(entry)
        if is_data(entry.target):
            return data_item(entry, display(self._where), self._names)
        found = self._finder.find(entry.target)
        if found.status is None:
            return lost_item(found.path, f"{found.problem} ({entry.place})", entry, self._names)
        if found.how:
            self._account.found[found.how] += 1
        return file_item(found.path, found.status, entry, self._names)

    def _problem(self, entry: Entry) -> Item:
        found = self._finder.find(entry.target) if entry.target and not _is_elsewhere(entry.target) else None
        path = found.path if found and found.status else self._where
        return lost_item(path, f"{entry.place}: {entry.problem}", entry, self._names)


def _is_elsewhere(target: str) -> bool:
    return is_link(target) or is_data(target)


def no_photos(opened: Opened) -> UsageError:
    """What to say of a table without photos."""
    columns = ", ".join(opened.table.columns[:20])
    return UsageError(
        f"{opened.path.name} has no column of photos, neither files nor addresses; say which one it is with "
        f"--column photo=NAME; there are: {columns}"
    )
