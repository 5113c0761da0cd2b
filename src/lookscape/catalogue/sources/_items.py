"""Entries of a table as items: files beside it, addresses, and photos in the table itself, in the table's order."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lookscape.catalogue.source import Account, FileRow, Item, SourceOptions
from lookscape.catalogue.sources._boxes import part_of, reader
from lookscape.catalogue.sources._entries import Entry, Names, Opened, entries
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.tables.photo_names import is_link
from lookscape.catalogue.tables.table import Embedded
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

if TYPE_CHECKING:  # only tables of links take the time to load it
    from lookscape.catalogue.fetch.download import Downloaded, Failed


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
    elif _has_links(opened):
        yield from listed.with_links(entries(opened, account), options)
    else:
        yield from listed.files(entries(opened, account))


def entry_items(given: Iterable[Entry], where: str, account: Account, *, finder: Finder) -> Iterator[Item]:
    """Files that something other than a table describes; `where` is what describes them."""
    yield from _Listed(where, account, finder).files(given)


def _has_links(opened: Opened) -> bool:
    """Does any row name an address?"""
    return any(is_link(one.target) or is_link(one.instead) for one in entries(opened, Account()))


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """An entry whose photo is at an address."""

    entry: Entry
    url: str


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

    def with_links(self, given: Iterable[Entry], options: SourceOptions) -> Iterator[Item]:
        """Files at once, addresses as they are fetched; each as soon as it and all before it are there."""
        from lookscape.catalogue.fetch.download import Link, download
        from lookscape.catalogue.sources._downloads import download_options, in_order

        wanted = [self._wanted(entry) for entry in given]
        urls = (one.url for one in wanted if isinstance(one, _Wanted))
        links = (Link(url=url, name=str(number)) for number, url in enumerate(urls))
        outcomes = in_order(download(links, options.downloads, options=download_options(options, run=self._where)))
        for one in wanted:
            item = self._downloaded(one, next(outcomes)) if isinstance(one, _Wanted) else one
            if item is not None:
                yield item

    def _wanted(self, entry: Entry) -> Item | _Wanted | None:
        for target in filter(None, (entry.target, entry.instead)):
            if is_link(target):
                return _Wanted(entry=entry, url=target.strip())
            if self._finder.find(target).status is not None:
                return self._file(replace(entry, target=target))
        return self._file(entry)

    def _downloaded(self, wanted: _Wanted, outcome: "Downloaded | Failed") -> Item | None:
        from lookscape.catalogue.fetch.download import Failed

        entry, own = wanted.entry, display(clean(wanted.url))
        if isinstance(outcome, Failed):
            file = self._names.row(own, entry, stamp=outcome.reason)
            return None if file is None else Item(file=file, problem=outcome.reason)
        stamp = f"{outcome.path.name}:{outcome.num_bytes}" + (f" {entry.box.text}" if entry.box else "")
        file = self._names.row(own, entry, stamp=stamp, name=Path(outcome.file_name).stem or None)
        if file is None:
            return None
        return Item(file=file, load=reader(str(outcome.path), entry.box), note=outcome.note)

    def _file(self, entry: Entry) -> Item | None:
        if entry.problem:
            return self._problem(entry)
        found = self._finder.find(entry.target)
        if found.status is None:
            return lost_item(found.path, f"{found.problem} ({entry.place})", entry, self._names)
        if found.how:
            self._account.found[found.how] += 1
        return file_item(found.path, found.status, entry, self._names)

    def _problem(self, entry: Entry) -> Item:
        found = self._finder.find(entry.target) if entry.target and not is_link(entry.target) else None
        path = found.path if found and found.status else self._where
        return lost_item(path, f"{entry.place}: {entry.problem}", entry, self._names)


def no_photos(opened: Opened) -> UsageError:
    """What to say of a table without photos."""
    columns = ", ".join(opened.table.columns[:20])
    return UsageError(
        f"{opened.path.name} has no column of photos, neither files nor addresses; say which one it is with "
        f"--column photo=NAME; there are: {columns}"
    )
