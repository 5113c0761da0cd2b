"""Source -> checks -> store. Running it again does only what changed, and a killed run goes on where it was.

Processes decode in parallel, in order, while a thread of this one stores the batch before: blobs first, then one
transaction that names them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from lookscape.catalogue.ingest import pool
from lookscape.catalogue.ingest.prepare import Prepared
from lookscape.catalogue.source import Item, Listing, SourceOptions, read_source
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.files import Landed

BATCH = 512
MAX_NOTES = 20
T = TypeVar("T")
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What one run did, in entries: files, or rows that say something of their own of a file.

    joined, repeated and skipped count rows and files that are no entries (see `source.Account`); `notes`
    say how the source was read, and what a person should know of files that were taken all the same.
    """

    listed: int
    added: int
    unchanged: int
    removed: int
    rejected: int
    joined: int = 0
    repeated: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def ingest(
    catalogue: Catalogue,
    spec: str,
    *,
    options: SourceOptions | None = None,
    progress: Progress,
    again: bool = False,
) -> IngestReport:
    """Bring a source into the catalogue; `again` reads unchanged files too.

    Raises UsageError when there is no such source, ConflictError while another ingest runs. Files that cannot be
    used are recorded with the reason and never stop the run.
    """
    options = replace(options or SourceOptions(downloads=catalogue.folder / "downloads"), again=again)
    with catalogue.exclusive("ingest"):
        listing = read_source(spec, options)
        if not again and (same := _unchanged(catalogue, listing)) is not None:
            return same
        interrupted = catalogue.begin_source(listing.key, listing.kind)
        run = _Run(catalogue, listing, progress)
        report = run.run(again=again)
        if interrupted:
            catalogue.sweep()
        is_settled = not run.try_again and not listing.account.is_elsewhere
        catalogue.finish_source(listing.key, fingerprint=listing.fingerprint if is_settled else None)
        return report


def _unchanged(catalogue: Catalogue, listing: Listing) -> IngestReport | None:
    """The report of a source that looks just as it did when it was last read to its end."""
    count = catalogue.count_if_same(listing.key, listing.fingerprint) if listing.fingerprint else None
    return None if count is None else IngestReport(listed=count, added=0, unchanged=count, removed=0, rejected=0)


class _Run:
    """One pass over a listing, counting as it goes."""

    def __init__(self, catalogue: Catalogue, listing: Listing, progress: Progress) -> None:
        self.catalogue, self.listing, self.progress = catalogue, listing, progress
        self.seen: dict[str, None] = {}
        self.added = self.rejected = 0
        self.try_again = False
        self.notes: list[str] = []

    def run(self, *, again: bool) -> IngestReport:
        side, workers = self.catalogue.settings.photo_side, self.catalogue.settings.num_workers
        if not self.catalogue.counts().files:  # every photo is due
            pool.begin(workers)
        due = self._due(again=again)
        with ThreadPoolExecutor(1, thread_name_prefix="store") as storing:
            stored: Future[None] | None = None
            for batch in _batches(pool.prepared(due, side=side, num_workers=workers)):
                if stored is not None:
                    stored.result()
                stored = storing.submit(self._store, batch)
            if stored is not None:
                stored.result()
        is_whole = self.listing.is_whole()
        removed = self.catalogue.forget_files(self.listing.key, seen=self.seen) if is_whole else 0
        self.catalogue.order_files(self.listing.key, list(self.seen))
        unchanged = len(self.seen) - self.added - self.rejected
        account = self.listing.account
        return IngestReport(
            listed=len(self.seen),
            added=self.added,
            unchanged=unchanged,
            removed=removed,
            rejected=self.rejected,
            joined=account.joined,
            repeated=account.repeated,
            skipped=dict(account.skipped),
            notes=(*account.sentences, *_shortened(self.notes)),
        )

    def _due(self, *, again: bool) -> Iterator[Item]:
        """The items that are new or changed."""
        for listed in _batches(self.listing.items):
            batch = {item.file.path: item for item in listed if item.file.path not in self.seen}
            self.seen.update(dict.fromkeys(batch))
            self.notes += [f"{item.file.path}: {item.note}" for item in batch.values() if item.note]
            rows = [item.file for item in batch.values()]
            unchanged = set() if again else self.catalogue.unchanged(self.listing.key, rows)
            self.progress(len(self.seen), self.listing.total or 0, "reading photos")
            yield from (item for path, item in batch.items() if path not in unchanged)

    def _store(self, batch: list[Prepared]) -> None:
        self.catalogue.blobs.put_many(item.blob for item in batch if item.blob)
        landed = [Landed(file=item.item.file, photo=item.photo, reason=item.reason) for item in batch]
        self.catalogue.put_files(self.listing.key, landed)
        self.added += sum(item.photo is not None for item in batch)
        self.rejected += sum(item.photo is None for item in batch)
        self.try_again |= any(item.reason is not None and not item.item.file.stamp for item in batch)


def _shortened(notes: list[str]) -> list[str]:
    """The first of them, and how many there are beside."""
    more = len(notes) - MAX_NOTES
    return [*notes[:MAX_NOTES], f"and {more:,} more such notes"] if more > 0 else notes


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
