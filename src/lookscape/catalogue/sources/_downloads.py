"""Downloads as items: how sources of links download, and what becomes of each outcome."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lookscape.catalogue.fetch.download import Downloaded, DownloadOptions, Failed, Link, download
from lookscape.catalogue.source import FileRow, Item, SourceOptions
from lookscape.catalogue.sources._boxes import reader
from lookscape.catalogue.sources._entries import Names, Wanted
from lookscape.catalogue.tables.boxes import Box
from lookscape.catalogue.tables.text import clean


def download_options(options: SourceOptions, *, run: str) -> DownloadOptions:
    """What was fetched before is asked about; `run` is the source's key, so that a killed run is gone on with."""
    return DownloadOptions(
        allow_private=options.allow_private,
        user_agent=options.user_agent,
        max_bytes=options.max_bytes,
        again=options.again,
        ask=True,
        run=run,
    )


def in_order(outcomes: Iterable[Downloaded | Failed]) -> Iterator[Downloaded | Failed]:
    """Outcomes of links that are named "0", "1", ..., each as soon as it and all before it are there."""
    waiting: dict[int, Downloaded | Failed] = {}
    following = 0
    for outcome in outcomes:
        waiting[int(outcome.link.name)] = outcome
        while following in waiting:
            yield waiting.pop(following)
            following += 1


def item_of_download(file: FileRow, outcome: Downloaded | Failed, *, box: Box | None = None) -> Item:
    """The item of one listed link; without a name it is called as its file is."""
    if isinstance(outcome, Failed):
        return Item(file=replace(file, stamp=outcome.reason), problem=outcome.reason)
    file = replace(
        file,
        stamp=f"{outcome.path.name}:{outcome.num_bytes}" + (f" {box.text}" if box else ""),
        name=file.name or Path(outcome.file_name).stem or None,
    )
    return Item(file=file, load=reader(str(outcome.path), box), note=outcome.note)


def with_addresses(given: list[Item | Wanted], names: Names, options: SourceOptions, *, run: str) -> Iterator[Item]:
    """Items as they are, and those of addresses as they are fetched, in their order."""
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
