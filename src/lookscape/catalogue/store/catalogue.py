"""Catalogue: everything that is known about the products, behind one class.

Readers and one writer at a time may share it across processes. Writes are whole transactions; photos are stored
before the rows that name them, so a catalogue that was killed is never half-written.
"""

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from lookscape.catalogue.blobs.blobs import Blobs
from lookscape.catalogue.columns.kinds import Reading, Said
from lookscape.catalogue.findings import CheckCounts, Clear, Finding, FindingState, Found, FoundPage, Wanted
from lookscape.catalogue.records import (
    Act,
    Attribute,
    Changed,
    ColumnSize,
    Counts,
    Doing,
    Facet,
    Filter,
    Page,
    Photo,
    Picture,
    Product,
    Rejection,
    SourceFile,
    Wish,
)
from lookscape.catalogue.source import FileRow
from lookscape.catalogue.store import acts, annotations, columns, files, whole
from lookscape.catalogue.store import find as store_find
from lookscape.catalogue.store import findings as store_findings
from lookscape.catalogue.store import pictures as store_pictures
from lookscape.catalogue.store.database import open_database, reading, writing
from lookscape.catalogue.store.games.games import Games
from lookscape.catalogue.store.jobs import Jobs
from lookscape.errors import ConflictError, NotFoundError, UsageError
from lookscape.settings import Settings


class Catalogue:
    """Photos, products, attributes, jobs and games of one catalogue folder."""

    def __init__(self, settings: Settings) -> None:
        """Open, making the folder and the database when they are not there."""
        self.settings = settings
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{str(self.folder)!r} cannot be a catalogue's folder: {error.strerror}") from error
        self._engine = open_database(settings.database_url)
        self.blobs = Blobs(settings.blobs_url)
        self.jobs = Jobs(self._engine)
        self.games = Games(self._engine)
        self._readings = columns.Readings()

    @classmethod
    def open(cls, folder: Path | str | None = None) -> Self:
        """Open the catalogue in a folder, by default the one the settings name."""
        return cls(Settings.for_catalogue(Path(folder) if folder is not None else None))

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return self.settings.catalogue

    def close(self) -> None:
        """Give connections back; the catalogue can be used again."""
        self._engine.dispose()

    @contextmanager
    def exclusive(self, work: str) -> Iterator[None]:
        """Hold a named lock among all processes of this machine; it goes when the process does.

        Raises ConflictError when somebody else is at the same work.
        """
        with (self.folder / f".{work}.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                raise ConflictError(f"{work} is already running on this catalogue ({holder}); wait for it") from error
            lock.truncate(0)
            lock.write(f"process {os.getpid()}")
            lock.flush()
            yield

    # Ingest

    def begin_source(self, key: str, kind: str) -> bool:
        """Note that a source is being read; returns whether an earlier run was interrupted, so that `sweep` is due."""
        return files.begin(self._engine, key, kind)

    def finish_source(self, key: str, *, fingerprint: str | None = None) -> None:
        """Note that it was read to its end, and what it looked like if nothing in it has to be tried again."""
        files.finish(self._engine, key, fingerprint)

    def count_if_same(self, key: str, fingerprint: str) -> int | None:
        """The number of a source's files, if it looks as it did when it was last read to its end; else None."""
        return files.count_if_same(self._engine, key, fingerprint)

    def unchanged(self, key: str, rows: Sequence[FileRow]) -> set[str]:
        """Paths of those rows that are stored just so already."""
        known = files.known(self._engine, key, [row.path for row in rows])
        return {row.path for row in rows if known.get(row.path) == row.state}

    def put_files(self, key: str, landed: Sequence[files.Landed]) -> None:
        """Store a batch of files whose photos' blobs are stored already."""
        self._drop(files.put(self._engine, key, landed))

    def forget_files(self, key: str, *, seen: Collection[str]) -> int:
        """Drop a source's files that are no longer listed; returns how many."""
        count, photo_ids = files.forget(self._engine, key, seen)
        self._drop(photo_ids)
        return count

    def order_files(self, key: str, paths: Sequence[str]) -> None:
        """Give a source's files the order in which it lists them."""
        files.order(self._engine, key, paths)

    def sweep(self) -> None:
        """Remove what interrupted runs left: photos without files, blobs without photos, temporary files.

        Only for whoever holds the ingest lock: another ingest's blobs would look like leftovers.
        """
        self._drop(files.unnamed(self._engine))
        self.blobs.delete(list(files.strays(self._engine, self.blobs.keys())))
        self.blobs.sweep(older_than=0)

    def _drop(self, photo_ids: set[str]) -> None:
        if photo_ids:
            self.blobs.delete(files.drop_orphans(self._engine, photo_ids))

    # Reading

    def find(self, wanted: Filter | None = None, *, offset: int = 0, limit: int = 60) -> Page:
        """Products that pass a filter, in the order of ingest."""
        with reading(self._engine) as connection:
            return store_find.page(connection, wanted or Filter(), offset=offset, limit=limit)

    def matching(self, wanted: Filter) -> set[str]:
        """Ids of all products that pass a filter."""
        with reading(self._engine) as connection:
            return store_find.matching(connection, wanted)

    def ids(self, wanted: Filter | None = None) -> list[str]:
        """Ids of all products that pass a filter, in the order of ingest."""
        with reading(self._engine) as connection:
            return store_find.ids(connection, wanted or Filter())

    def facets(self, wanted: Filter | None = None, *, max_values: int = 20) -> list[Facet]:
        """Attributes with their most frequent values among the products that pass a filter."""
        with reading(self._engine) as connection:
            return store_find.facets(connection, wanted or Filter(), max_values=max_values)

    def product(self, product_id: str) -> Product:
        """One product. Raises NotFoundError."""
        found = self.products([product_id])
        if product_id not in found:
            raise NotFoundError(f"there is no product {product_id!r} in this catalogue")
        return found[product_id]

    def products(self, product_ids: Iterable[str]) -> dict[str, Product]:
        """Those of these products that exist."""
        with reading(self._engine) as connection:
            return store_find.by_id(connection, product_ids)

    def products_of_photos(self, photo_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The products each photo belongs to."""
        with reading(self._engine) as connection:
            return store_find.products_of_photos(connection, photo_ids)

    def first_products(self) -> dict[str, str]:
        """Every photo that is not put aside -> the first product it belongs to."""
        with reading(self._engine) as connection:
            return whole.first_products(connection)

    def values_of(self, name: str) -> dict[str, str]:
        """Every product that has a value of this attribute -> the first by provenance of its values."""
        return {product_id: values[0] for product_id, values in self.all_values_of(name).items()}

    def all_values_of(self, name: str) -> dict[str, tuple[str, ...]]:
        """Every product that has a value of this attribute -> all of them, in the order in which they came."""
        with reading(self._engine) as connection:
            return whole.all_values_of(connection, name)

    def column_kinds(self, names: Collection[str] | None = None) -> dict[str, Reading]:
        """What the columns are, as learned from their values or as a person said: all, or those of these that exist."""
        with reading(self._engine) as connection:
            return self._readings.of(connection, names)

    def column_kind(self, name: str) -> Reading:
        """What one column is. Raises NotFoundError when no product has a value of it."""
        found = self.column_kinds([name])
        if name not in found:
            raise NotFoundError(f"no product has a value of {name!r}")
        return found[name]

    def column_sizes(self, names: Collection[str] | None = None) -> dict[str, ColumnSize]:
        """How many values the columns have, how many products have one, and how many have several."""
        with reading(self._engine) as connection:
            return columns.sizes(connection, names)

    def set_column_kind(self, name: str, kind: Said | str, *, by: str = "") -> Reading:
        """Say what a column is; `auto` takes that back. Returns how it is read now.

        Raises NotFoundError when no product has a value of it, UsageError when its values cannot be read so.
        """
        with writing(self._engine) as connection:
            return columns.say(connection, name, Said(kind), by=by)

    def predicted_by(self, by: Collection[str]) -> dict[str, frozenset[str]]:
        """Attribute -> the products whose value of it is shown as one of these predicted it."""
        with reading(self._engine) as connection:
            return whole.predicted_by(connection, by)

    def attributes(self, product_id: str) -> list[Attribute]:
        """All live attributes of a product with their provenance."""
        with reading(self._engine) as connection:
            return store_find.attributes_of(connection, product_id)

    def shown(self, product_ids: Iterable[str] | None, names: Collection[str] = ()) -> list[Attribute]:
        """What is shown of these products, and people's "unknown", with its provenance; some names only if told.

        None for all products, which names make quick.
        """
        with reading(self._engine) as connection:
            return store_find.shown_of(connection, product_ids, names)

    def products_of_paths(self) -> list[tuple[str, str]]:
        """The path of every accepted file as ingested, and its product; a file of several comes with each of them."""
        with reading(self._engine) as connection:
            return store_find.products_of_paths(connection)

    def sources(self, product_ids: Sequence[str]) -> list[SourceFile]:
        """The files these products' photos came from."""
        with reading(self._engine) as connection:
            return files.of_products(connection, product_ids)

    def photo(self, photo_id: str) -> Photo:
        """One photo. Raises NotFoundError."""
        with reading(self._engine) as connection:
            found = store_find.photo(connection, photo_id)
        if found is None:
            raise NotFoundError(f"there is no photo {photo_id!r} in this catalogue")
        return found

    def photos(self, photo_ids: Sequence[str]) -> list[Photo]:
        """These photos, leaving out those that do not exist."""
        with reading(self._engine) as connection:
            return store_find.photos_of(connection, photo_ids)

    def photo_ids(self) -> list[str]:
        """Every photo that is not put aside, in the order of its first file."""
        with reading(self._engine) as connection:
            return store_find.photo_ids(connection)

    def read_photo(self, photo_id: str) -> bytes:
        """The standardised photo's encoded bytes. Raises NotFoundError."""
        return self.blobs.get(self.photo(photo_id).blob)

    def counts(self) -> Counts:
        """How many files, photos, products, duplicates and rejected files."""
        with reading(self._engine) as connection:
            return store_find.counts(connection)

    def rejections(self) -> list[Rejection]:
        """Every file that could not be used, and why."""
        with reading(self._engine) as connection:
            return store_find.rejections(connection)

    # Checking

    def due(self, check: str, version: int) -> list[str]:
        """Photos that this version of a check has not judged, in the order of ingest; none that are put aside."""
        with reading(self._engine) as connection:
            return store_findings.due(connection, check, version)

    def forget_verdicts(self, check: str) -> None:
        """Make every photo due again; findings stay until their photo is judged anew."""
        with writing(self._engine) as connection:
            store_findings.forget(connection, check)

    def put_verdicts(self, check: str, version: int, verdicts: Sequence[Finding | Clear]) -> int:
        """Store what a check says of some photos; open findings are replaced, people's decisions stand.

        Returns how many findings were stored.
        """
        with writing(self._engine) as connection:
            return store_findings.put(connection, check, version, verdicts)

    def find_findings(self, wanted: Wanted | None = None, *, offset: int = 0, limit: int = 60) -> FoundPage:
        """Findings, the surest first; open ones of photos that were put aside since are left out."""
        with reading(self._engine) as connection:
            return store_findings.page(connection, wanted or Wanted(), offset=offset, limit=limit)

    def finding(self, finding_id: int) -> Found:
        """One finding. Raises NotFoundError."""
        with reading(self._engine) as connection:
            return store_findings.of(connection, [finding_id])[0]

    def finding_counts(self, versions: Mapping[str, int], *, least_of: Mapping[str, float]) -> list[CheckCounts]:
        """How many photos each check's version has judged, and its findings; open ones from a confidence on."""
        with reading(self._engine) as connection:
            return store_findings.counts(connection, versions, least_of)

    def accepted_findings(self) -> dict[str, list[Finding]]:
        """Every accepted finding, by photo."""
        with reading(self._engine) as connection:
            return store_findings.accepted(connection)

    def decide(
        self, which: Sequence[int] | Wanted, state: FindingState, *, by: str, change: bool = False
    ) -> Act | None:
        """Accept or reject findings in one undoable act; None when there is nothing to decide.

        An accepted finding whose fix says so puts its photo aside at once; other fixes wait to be applied. Raises
        NotFoundError, or ConflictError when one was decided before and `change` is not set; nothing is changed then.
        """
        with writing(self._engine) as connection:
            return store_findings.decide(connection, which, state, by=by, change=change)

    def alter_photos(self, pictures: Sequence[Picture], *, by: str, act_id: int | None = None) -> Act:
        """Give photos new pictures, whose blobs are stored already, in one act, or in one that was begun before.

        The picture as ingested is kept. Raises NotFoundError, changing nothing, when a photo is gone.
        """
        with writing(self._engine) as connection:
            return store_pictures.alter(connection, pictures, by=by, act_id=act_id)

    # Annotating

    def annotate(self, wanted: Sequence[Attribute], *, by: str) -> Act:
        """Set attributes in one undoable act. Raises NotFoundError, changing nothing, when a product is missing."""
        with writing(self._engine) as connection:
            return annotations.annotate(connection, wanted, by=by)

    def change(self, wishes: Sequence[Wish], doing: Doing) -> Changed:
        """Carry out a person's wishes in one undoable act, or only tell what it would do.

        Raises NotFoundError, changing nothing, when a product is missing.
        """
        with reading(self._engine) if doing.ask else writing(self._engine) as connection:
            return annotations.change(connection, wishes, doing)

    def undo(self, act_id: int, *, by: str = "") -> Act:
        """Take an act back. Raises NotFoundError, or ConflictError when a later act changed the same values."""
        with writing(self._engine) as connection:
            return acts.undo(connection, act_id, by=by)

    def redo(self, act_id: int, *, by: str = "") -> Act:
        """Do again what was undone. Raises NotFoundError, or ConflictError as `undo` does."""
        with writing(self._engine) as connection:
            return acts.redo(connection, act_id, by=by)

    def history(self, *, limit: int = 100, before: int | None = None, name: str | None = None) -> list[Act]:
        """The latest acts, newest first; those before an act, or about one attribute, when asked."""
        with reading(self._engine) as connection:
            return acts.history(connection, limit=limit, before=before, name=name)

    def undone_by(self, act_ids: Sequence[int]) -> dict[int, str]:
        """Who undid these acts, for those that were undone."""
        with reading(self._engine) as connection:
            return acts.undone_by(connection, act_ids)

    def last_act(self, by: str, *, undone: bool = False) -> int | None:
        """A person's last change that stands; with `undone` the one that the person undid last."""
        with reading(self._engine) as connection:
            return acts.last_of(connection, by, undone=undone)
