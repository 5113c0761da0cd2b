"""Entries whose photos are at addresses: fetched while the list goes on, and given in its order with all others."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lookscape.catalogue.fetch.repairs import has_host
from lookscape.catalogue.source import Account, Item, SourceOptions
from lookscape.catalogue.sources._entries import Entry, Names, Opened, Wanted
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.tables.photo_names import is_link, says_link


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
            from lookscape.catalogue.sources._downloads import with_addresses

            account.is_elsewhere = True
            yield from with_addresses([one, *following], names, options, run=run)
            return
        yield one
