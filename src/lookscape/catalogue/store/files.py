"""Files and photos: what ingest writes, in one transaction per batch."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Label, bindparam, delete, exists, func, insert, select, update

from lookscape.catalogue.records import Photo, SourceFile
from lookscape.catalogue.source import FileRow, State
from lookscape.catalogue.store import products
from lookscape.catalogue.store.database import writing
from lookscape.catalogue.store.schema import alterations, files, photos, sources
from lookscape.catalogue.store.sql import chunks, now


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What became of one file: a photo or a reason."""

    file: FileRow
    photo: Photo | None = None
    reason: str | None = None


def begin(engine: Engine, key: str, kind: str) -> bool:
    """Note that a source is being read. Returns whether an earlier run, of any source, did not come to its end."""
    with writing(engine) as connection:
        query = select(sources.c.key).where(sources.c.finished_at.is_(None)).limit(1)
        interrupted = connection.execute(query).first() is not None
        renewed = connection.execute(
            update(sources).where(sources.c.key == key).values(finished_at=None, fingerprint=None)
        )
        if not renewed.rowcount:
            connection.execute(insert(sources).values(key=key, kind=kind, added_at=now()))
        return interrupted


def finish(engine: Engine, key: str, fingerprint: str | None) -> None:
    """Note that a source was read to its end, what it looked like, and that nothing is left to clean up."""
    values = {"finished_at": now(), "fingerprint": fingerprint}
    with writing(engine) as connection:
        connection.execute(update(sources).where(sources.c.key == key).values(**values))


def count_if_same(engine: Engine, key: str, fingerprint: str) -> int | None:
    """How many files a source has, if it looks as it did when it was last read to its end; else None."""
    same = (sources.c.key == key) & (sources.c.fingerprint == fingerprint)
    with engine.connect() as connection:
        if connection.execute(select(sources.c.key).where(same)).first() is None:
            return None
        return connection.scalar(select(func.count()).select_from(files).where(files.c.source == key))


def known(engine: Engine, key: str, paths: Sequence[str]) -> dict[str, State]:
    """The stored state of those paths that are stored; product ids that were derived from the photo count as none."""
    found: dict[str, State] = {}
    columns = (files.c.path, files.c.stamp, files.c.product_id, files.c.photo_id, files.c.name, files.c.row)
    with engine.connect() as connection:
        for part in chunks(paths):
            query = select(*columns).where(files.c.source == key, files.c.path.in_(part))
            for path, stamp, product_id, photo_id, name, row in connection.execute(query):
                given = None if product_id == own_product_id(photo_id) else product_id
                found[path] = (stamp, given, name, row)
    return found


def own_product_id(photo_id: str | None) -> str | None:
    """The id of the product that a photo without product_id is: the first 16 hex digits of its hash."""
    return photo_id[:16] if photo_id else None


def put(engine: Engine, key: str, landed: Sequence[Landed]) -> set[str]:
    """Write a batch: photos, files, the products they touch. Returns photo ids that may have lost their last file."""
    with writing(engine) as connection:
        before = _rows(connection, key, [item.file.path for item in landed])
        _put_photos(connection, [item.photo for item in landed if item.photo])
        _put_files(connection, key, landed, before)
        touched = {row.product_id for row in before.values()}
        touched |= {_product_id(item) for item in landed}
        products.rebuild(connection, (product for product in touched if product))
        kept = {item.photo.id for item in landed if item.photo}
        return {row.photo_id for row in before.values() if row.photo_id} - kept


def forget(engine: Engine, key: str, seen: Collection[str]) -> tuple[int, set[str]]:
    """Drop this source's files that were not seen. Returns how many, and photo ids that may be without a file now.

    Every path that was seen must be stored.
    """
    with writing(engine) as connection:
        if connection.scalar(select(func.count()).where(files.c.source == key)) == len(seen):
            return 0, set()
        query = select(files.c.path, files.c.product_id, files.c.photo_id).where(files.c.source == key)
        gone = [row for row in connection.execute(query) if row.path not in seen]
        for paths in chunks(row.path for row in gone):
            connection.execute(delete(files).where(files.c.source == key, files.c.path.in_(paths)))
        products.rebuild(connection, (row.product_id for row in gone if row.product_id))
        return len(gone), {row.photo_id for row in gone if row.photo_id}


def order(engine: Engine, key: str, paths: Sequence[str]) -> None:
    """Give this source's files the order of `paths`, and their products the face that follows from it."""
    with writing(engine) as connection:
        query = select(files.c.path, files.c.position, files.c.product_id).where(files.c.source == key)
        rows = {row.path: row for row in connection.execute(query)}
        there = [path for path in paths if path in rows]
        positions = sorted(rows[path].position for path in there)
        moved = [(path, to) for path, to in zip(there, positions, strict=True) if rows[path].position != to]
        if not moved:
            return
        mine = (files.c.source == key) & (files.c.path == bindparam("moved"))
        statement = update(files).where(mine).values(position=bindparam("to"))
        connection.execute(statement, [{"moved": path, "to": to} for path, to in moved])
        products.rebuild(connection, (rows[path].product_id for path, _ in moved if rows[path].product_id))


def drop_orphans(engine: Engine, photo_ids: Iterable[str]) -> list[str]:
    """Delete those photos that no file has any more; returns blobs that no photo needs any more."""
    with writing(engine) as connection:
        blobs: set[str] = set()
        for ids in chunks(sorted(photo_ids)):
            has_file = exists().where(files.c.photo_id == photos.c.id)
            orphans = list(connection.scalars(select(photos.c.id).where(photos.c.id.in_(ids), ~has_file)))
            blobs |= _pictures(connection, orphans)
            connection.execute(delete(alterations).where(alterations.c.photo_id.in_(orphans)))
            connection.execute(delete(photos).where(photos.c.id.in_(orphans)))
    return list(strays(engine, sorted(blobs)))


def _pictures(connection: Connection, photo_ids: Sequence[str]) -> set[str]:
    """Every blob that these photos have, had, or have as their original."""
    rows = connection.execute(select(photos.c.blob, photos.c.original).where(photos.c.id.in_(photo_ids))).all()
    log = select(alterations.c.blob, alterations.c.old_blob).where(alterations.c.photo_id.in_(photo_ids))
    return {blob for row in (*rows, *connection.execute(log)) for blob in row if blob}


def unnamed(engine: Engine) -> set[str]:
    """Photos that no file has: a run was killed between taking the files away and the photos."""
    with engine.connect() as connection:
        has_file = exists().where(files.c.photo_id == photos.c.id)
        return set(connection.scalars(select(photos.c.id).where(~has_file)))


def strays(engine: Engine, blobs: Iterable[str]) -> Iterator[str]:
    """Those blobs that no photo has, has as its original, or can be given by undoing or redoing an act."""
    named = (photos.c.blob, photos.c.original, alterations.c.blob, alterations.c.old_blob)
    with engine.connect() as connection:
        for part in chunks(blobs):
            there: set[str | None] = set()
            for column in named:
                there.update(connection.scalars(select(column).where(column.in_(part))))
            yield from (blob for blob in part if blob not in there)


def of_products(connection: Connection, product_ids: Sequence[str]) -> list[SourceFile]:
    """The accepted files of some products, in the order they were ingested."""
    query = (
        select(files.c.source, files.c.path, files.c.photo_id, files.c.product_id, files.c.reason, file_of())
        .where(files.c.product_id.in_(product_ids), files.c.photo_id.is_not(None))
        .order_by(files.c.position)
    )
    return [SourceFile(**row._mapping) for row in connection.execute(query)]


def file_of() -> Label[str]:
    """The path alone of the file behind an entry, as a column `file`."""
    return func.coalesce(files.c.file, files.c.path).label("file")


def _rows(connection: Connection, key: str, paths: Sequence[str]) -> dict[str, Any]:
    columns = (files.c.path, files.c.position, files.c.photo_id, files.c.product_id)
    rows: dict[str, Any] = {}
    for part in chunks(paths):
        query = select(*columns).where(files.c.source == key, files.c.path.in_(part))
        rows.update((row.path, row) for row in connection.execute(query))
    return rows


def _put_photos(connection: Connection, wanted: Sequence[Photo]) -> None:
    fresh = {photo.id: photo for photo in wanted}
    for ids in chunks(fresh):
        there = set(connection.scalars(select(photos.c.id).where(photos.c.id.in_(ids))))
        rows = [vars(fresh[photo_id]) for photo_id in ids if photo_id not in there]
        if rows:
            connection.execute(insert(photos), rows)


def _put_files(connection: Connection, key: str, landed: Sequence[Landed], before: Mapping[str, Any]) -> None:
    following = (connection.scalar(select(func.max(files.c.position))) or 0) + 1
    rows: list[dict[str, Any]] = []
    for item in landed:
        old = before.get(item.file.path)
        rows.append(_file_values(key, item, old.position if old else following))
        following += old is None
    for paths in chunks(before):
        connection.execute(delete(files).where(files.c.source == key, files.c.path.in_(paths)))
    connection.execute(insert(files), rows)


def _file_values(key: str, item: Landed, position: int) -> dict[str, Any]:
    return {
        "source": key,
        "path": item.file.path,
        "position": position,
        "photo_id": item.photo.id if item.photo else None,
        "product_id": _product_id(item),
        "name": item.file.name,
        "row": item.file.row,
        "stamp": item.file.stamp,
        "reason": item.reason,
        "file": item.file.file,
    }


def _product_id(item: Landed) -> str | None:
    return item.file.product_id or own_product_id(item.photo.id if item.photo else None)
