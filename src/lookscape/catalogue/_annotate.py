"""Attributes that people and models add, as acts that can be undone."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lookscape.catalogue._shown import settle
from lookscape.catalogue._sql import chunks, now, utc
from lookscape.catalogue.records import Act, Attribute, Origin
from lookscape.catalogue.schema import acts, attributes, products
from lookscape.errors import ConflictError, NotFoundError, UsageError


def annotate(connection: Connection, wanted: Sequence[Attribute], *, by: str) -> Act:
    """Set attributes: the same origin's live values of the same name end, the new ones begin, in one act.

    Raises NotFoundError when a product does not exist, UsageError for values that only a source can give; nothing is
    changed then.
    """
    if any(item.origin is Origin.GIVEN for item in wanted):
        raise UsageError("given attributes follow the source's files; change them there and ingest again")
    product_ids = dict.fromkeys(item.product_id for item in wanted)
    _require(connection, product_ids)
    act = _begin(connection, kind="set", by=by, count=len(product_ids))
    renewed: dict[tuple[str, Origin], dict[str, None]] = {}
    for item in wanted:
        renewed.setdefault((item.name, item.origin), {})[item.product_id] = None
    for (name, origin), ids in renewed.items():
        _end(connection, ids, name=name, origin=origin, act_id=act.id)
    rows = {(item.product_id, item.name, item.value, item.origin): _values(item, act.id) for item in wanted}
    if rows:
        connection.execute(insert(attributes), list(rows.values()))
    settle(connection, product_ids)
    return act


def undo(connection: Connection, act_id: int) -> Act:
    """Take an act back: what it wrote ends, what it ended lives again. Nothing is deleted.

    Raises ConflictError when it is undone already or a later act has changed the same values.
    """
    row = connection.execute(select(acts).where(acts.c.id == act_id)).first()
    if row is None:
        raise NotFoundError(f"there is no act {act_id}")
    if row.undone_at is not None:
        raise ConflictError(f"act {act_id} was undone already")
    mine = attributes.c.act_id == act_id
    if connection.execute(select(attributes.c.id).where(mine, ~attributes.c.live).limit(1)).first():
        raise ConflictError(f"act {act_id} cannot be undone: a later act changed the same values; undo that one first")
    touched = connection.scalars(select(attributes.c.product_id).where(mine).distinct()).all()
    connection.execute(update(attributes).where(mine).values(live=False))
    connection.execute(update(attributes).where(attributes.c.ended_by == act_id).values(live=True, ended_by=None))
    settle(connection, touched)
    undone_at = now()
    connection.execute(update(acts).where(acts.c.id == act_id).values(undone_at=undone_at))
    return Act(**{**row._mapping, "at": utc(row.at), "undone_at": undone_at})


def history(connection: Connection, *, limit: int) -> list[Act]:
    """The latest acts, newest first."""
    rows = connection.execute(select(acts).order_by(acts.c.id.desc()).limit(limit))
    return [Act(**{**row._mapping, "at": utc(row.at), "undone_at": utc(row.undone_at)}) for row in rows]


def _require(connection: Connection, product_ids: Iterable[str]) -> None:
    for ids in chunks(sorted(product_ids)):
        there = set(connection.scalars(select(products.c.id).where(products.c.id.in_(ids))))
        if missing := next((product_id for product_id in ids if product_id not in there), None):
            raise NotFoundError(f"there is no product {missing!r} in this catalogue; nothing was changed")


def _begin(connection: Connection, *, kind: str, by: str, count: int) -> Act:
    at = now()
    result = connection.execute(insert(acts).values(kind=kind, by=by, at=at, count=count))
    assert result.inserted_primary_key is not None
    return Act(id=result.inserted_primary_key[0], kind=kind, by=by, at=at, count=count, undone_at=None)


def _end(connection: Connection, product_ids: Iterable[str], *, name: str, origin: Origin, act_id: int) -> None:
    for ids in chunks(product_ids):
        mine = (
            attributes.c.product_id.in_(ids),
            attributes.c.name == name,
            attributes.c.origin == origin.value,
        )
        connection.execute(update(attributes).where(*mine, attributes.c.live).values(live=False, ended_by=act_id))


def _values(item: Attribute, act_id: int) -> dict[str, Any]:
    return {
        "product_id": item.product_id,
        "name": item.name,
        "value": item.value,
        "origin": item.origin.value,
        "confidence": item.confidence,
        "act_id": act_id,
        "live": True,
        "shown": False,  # until settled
    }
