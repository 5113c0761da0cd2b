"""Entries whose photos are at addresses: fetched while the list goes on, and given in its order with all others."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lookscape.catalogue.fetch.download import Downloaded, Failed, Link, download
from lookscape.catalogue.fetch.repairs import has_host
from lookscape.catalogue.source import Account, Item, SourceOptions
from lookscape.catalogue.sources._boxes import reader
from lookscape.catalogue.sources._downloads import download_options, in_order
from lookscape.catalogue.sources._entries import Entry, Names, Opened
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.tables.photo_names import is_link, says_link
from lookscape.catalogue.tables.text import clean


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An entry whose photo is at an address."""

    entry: Entry
    url: str


def are_addresses(opened: Opened) -> bool:
    """Do its columns of photos hold addresses, by their names or for the most part in its first rows?"""
    columns = [*opened.reading.photos, *filter(None, [opened.reading.instead])]
    cells = [cell for line in opened.table.head() for column in columns for cell in line.cells.get(column, ())]
    return all(map(says_link, columns)) or 2 * sum(map(is_link, cells)) > len(cells)


def chosen(entry: Entry, finder: Finder, *, guesses: bool) -> Entry | Wanted:
    """Where an entry's photo is: at an address, or in a file, the one it names first that is there.

    `guesses`: shop.example/a.jpg is an address too, unless there is such a file.
    """
    targets = [target for target in (entry.target, entry.instead) if target and not entry.problem]
    for target in targets:
        if is_link(target) or (guesses and has_host(target.strip()) and not finder.is_there(target)):
            return Wanted(entry=entry, url=target.strip())
        if len(targets) > 1 and finder.find(target).status is not None:
            return replace(entry, target=target)
    return entry


def fetched(
    given: Iterable[Item | Wanted], names: Names, account: Account, options: SourceOptions, *, run: str
) -> Iterator[Item]:
    """Items as they come; from the first address on, all are listed before anything is fetched.

    `run` is the list's own name, under which a killed run is gone on with.
    """
    following = iter(given)
    for one in following:
        if isinstance(one, Wanted):
            account.is_elsewhere = True
            yield from _with_addresses([one, *following], names, options, run=run)
            return
        yield one


def _with_addresses(given: list[Item | Wanted], names: Names, options: SourceOptions, *, run: str) -> Iterator[Item]:
    urls = (one.url for one in given if isinstance(one, Wanted))
    links = (Link(url=url, name=str(number)) for number, url in enumerate(urls))
    outcomes = in_order(download(links, options.downloads, options=download_options(options, run=run)))
    for one in given:
        item = _item(one, next(outcomes), names) if isinstance(one, Wanted) else one
        if item is not None:
            yield item
    deque(outcomes, maxlen=0)  # all have come; the run is over only when the download has ended


def _item(wanted: Wanted, outcome: Downloaded | Failed, names: Names) -> Item | None:
    entry, own = wanted.entry, clean(wanted.url)
    if isinstance(outcome, Failed):
        file = names.row(own, entry, stamp=outcome.reason)
        return None if file is None else Item(file=file, problem=outcome.reason)
    stamp = f"{outcome.path.name}:{outcome.num_bytes}" + (f" {entry.box.text}" if entry.box else "")
    file = names.row(own, entry, stamp=stamp, name=Path(outcome.file_name).stem or None)
    return None if file is None else Item(file=file, load=reader(str(outcome.path), entry.box), note=outcome.note)
