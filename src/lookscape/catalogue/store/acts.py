"""The log of acts: begun, listed, undone, redone. Nothing is deleted and no moment is lost.

An act made the attribute rows that bear its number, and turned others off or on (`turns`). Undoing turns all of them
the other way, as an act of its own whose target is the first; redoing turns them back. Both are refused when the values
concerned are not as that act left them, so nobody's later word is overwritten.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, distinct, func, insert, literal, not_, or_, select, update

from lookscape.catalogue.records import Act
from lookscape.catalogue.store.reversal import turn
from lookscape.catalogue.store.schema import acts, attributes, turns
from lookscape.catalogue.store.shown import settle
from lookscape.catalogue.store.sql import now, utc
from lookscape.errors import ConflictError, NotFoundError

BACK: Final = ("undo", "redo")
"""Kinds of acts that are about another act."""

CHANGES: Final = ("set", "add", "remove", "clear", "withdraw", "import")
"""Kinds of acts that change attributes."""


def begin(
    connection: Connection,
    *,
    kind: str,
    by: str,
    count: int,
    name: str = "",
    value: str = "",
    target: int | None = None,
) -> Act:
    """Write an act down and give it its number."""
    values: dict[str, Any] = {"kind": kind, "by": by, "at": now(), "count": count}
    values |= {"name": name, "value": value, "target": target}
    result = connection.execute(insert(acts).values(**values))
    assert result.inserted_primary_key is not None
    return Act(id=result.inserted_primary_key[0], undone_at=None, **values)


def history(connection: Connection, *, limit: int, before: int | None = None, name: str | None = None) -> list[Act]:
    """The latest acts, newest first; those older than act `before`, or about one attribute, when asked."""
    query = select(acts).order_by(acts.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(acts.c.id < before)
    if name is not None:
        query = query.where(acts.c.name == name)
    return [_act(row) for row in connection.execute(query)]


def latest(connection: Connection) -> int:
    """The number of the newest act; 0 before the first."""
    return connection.scalar(select(func.max(acts.c.id))) or 0


def undone_by(connection: Connection, act_ids: Sequence[int]) -> dict[int, str]:
    """Who undid these acts last, for those that were undone."""
    mine = (acts.c.target.in_(act_ids), acts.c.kind == "undo")
    query = select(acts.c.target, acts.c.by).where(*mine).order_by(acts.c.id)
    return {row.target: row.by for row in connection.execute(query)}


def last_of(connection: Connection, by: str, *, undone: bool) -> int | None:
    """A person's last change that stands, or the one that the person undid last and nobody did again."""
    if not undone:
        mine = (acts.c.by == by, acts.c.kind.in_(CHANGES), acts.c.undone_at.is_(None))
        standing: int | None = connection.scalar(select(func.max(acts.c.id)).where(*mine))
        return standing
    about = acts.alias("about")
    query = select(acts.c.target).join(about, about.c.id == acts.c.target)
    back = (acts.c.by == by, acts.c.kind == "undo", about.c.undone_at.is_not(None))
    undone_last: int | None = connection.scalar(query.where(*back).order_by(acts.c.id.desc()).limit(1))
    return undone_last


def undo(connection: Connection, act_id: int, *, by: str) -> Act:
    """Take an act back: what it made ends, what it ended lives again. Returns it as it is now.

    Raises NotFoundError, and ConflictError when it is undone already or a later act has changed the same values.
    """
    row = _row(connection, act_id, verb="undone")
    if row.undone_at is not None:
        raise ConflictError(f"act {act_id} was undone already")
    as_of = _last(connection, act_id, kind="redo") or act_id
    _refuse_if_changed(connection, row, as_of=as_of, verb="undone")
    back = _about(connection, row, kind="undo", by=by)
    _turn(connection, row.id, back.id, live=False)
    turn(connection, row.id, back=True)
    connection.execute(update(acts).where(acts.c.id == act_id).values(undone_at=back.at))
    return _act(_row(connection, act_id, verb="undone"))


def redo(connection: Connection, act_id: int, *, by: str) -> Act:
    """Do again what was undone. Returns the act as it is now.

    Raises NotFoundError, and ConflictError when it stands or a later act has changed the same values.
    """
    row = _row(connection, act_id, verb="redone")
    if row.undone_at is None:
        raise ConflictError(f"act {act_id} is in effect; only what was undone can be redone")
    as_of = _last(connection, act_id, kind="undo")
    if not as_of:
        raise ConflictError(f"act {act_id} was undone by an earlier Lookscape, which did not note what it changed")
    _refuse_if_changed(connection, row, as_of=as_of, verb="redone")
    again = _about(connection, row, kind="redo", by=by)
    _turn(connection, row.id, again.id, live=True)
    turn(connection, row.id, back=False)
    connection.execute(update(acts).where(acts.c.id == act_id).values(undone_at=None))
    return _act(_row(connection, act_id, verb="redone"))


def _row(connection: Connection, act_id: int, *, verb: str) -> Row[Any]:
    row = connection.execute(select(acts).where(acts.c.id == act_id)).first()
    if row is None:
        raise NotFoundError(f"there is no act {act_id}")
    if row.kind in BACK:
        raise ConflictError(f"act {act_id} is itself the {row.kind} of act {row.target}, which can be {verb} instead")
    return row


def _about(connection: Connection, row: Row[Any], *, kind: str, by: str) -> Act:
    act = _act(row)
    return begin(connection, kind=kind, by=by, count=act.count, name=act.name, value=act.value, target=act.id)


def _last(connection: Connection, act_id: int, *, kind: str) -> int | None:
    found: int | None = connection.scalar(
        select(func.max(acts.c.id)).where(acts.c.target == act_id, acts.c.kind == kind)
    )
    return found


def _touched(act_id: int) -> Select[Any]:
    """Ids of the rows that an act made or turned."""
    made = select(attributes.c.id).where(attributes.c.act_id == act_id)
    return made.union(select(turns.c.attribute_id).where(turns.c.act_id == act_id)).subquery().select()


def _turn(connection: Connection, act_id: int, back_id: int, *, live: bool) -> None:
    """Turn the rows that an act made to `live`, and those that it turned the same way or the other."""
    columns = ["attribute_id", "act_id", "live"]
    made = select(attributes.c.id, literal(back_id), literal(live)).where(attributes.c.act_id == act_id)
    state = turns.c.live if live else not_(turns.c.live)
    turned = select(turns.c.attribute_id, literal(back_id), state).where(turns.c.act_id == act_id)
    for rows in (made, turned):
        connection.execute(insert(turns).from_select(columns, rows))
    mine = turns.c.act_id == back_id
    for state_now in (True, False):
        ids = select(turns.c.attribute_id).where(mine, turns.c.live == state_now)
        connection.execute(update(attributes).where(attributes.c.id.in_(ids)).values(live=state_now))
    touched = attributes.c.id.in_(select(turns.c.attribute_id).where(mine))
    product_ids = connection.scalars(select(attributes.c.product_id).where(touched).distinct()).all()
    names = connection.scalars(select(attributes.c.name).where(touched).distinct()).all()
    settle(connection, product_ids, names)


def _refuse_if_changed(connection: Connection, row: Row[Any], *, as_of: int, verb: str) -> None:
    """Raise ConflictError unless all values that the act concerned are as they were after act `as_of`."""
    if as_of == latest(connection):
        return
    groups = select(attributes.c.product_id, attributes.c.name, attributes.c.origin)
    mine = groups.where(attributes.c.id.in_(_touched(row.id))).distinct().subquery()
    group = and_(
        attributes.c.product_id == mine.c.product_id,
        attributes.c.name == mine.c.name,
        attributes.c.origin == mine.c.origin,
    )
    changed = attributes.c.live != was_live(as_of)
    last = func.max(func.coalesce(last_turn(), attributes.c.act_id))
    query = select(func.count(distinct(attributes.c.product_id)), last).select_from(attributes).join(mine, group)
    count, culprit = connection.execute(query.where(changed)).one()
    if not count:
        return
    by = connection.scalar(select(acts.c.by).where(acts.c.id == culprit))
    who = f" by {by}" if by else ""
    products = f"{count:,} product{'' if count == 1 else 's'}"
    raise ConflictError(
        f"act {row.id} cannot be {verb}: a later act changed the same values "
        f"(act {culprit}{who}, {products}); undo that one first"
    )


def was_live(act_id: int) -> Any:
    """Did a row of `attributes` hold right after an act? As its last turn until then says, else if it was made."""
    turned = (
        select(turns.c.live)
        .where(turns.c.attribute_id == attributes.c.id, turns.c.act_id <= act_id)
        .order_by(turns.c.act_id.desc())
        .limit(1)
        .correlate(attributes)
        .scalar_subquery()
    )
    made = or_(attributes.c.act_id.is_(None), attributes.c.act_id <= act_id)
    return func.coalesce(turned, made)


def last_turn() -> Any:
    """The last act that turned a row of `attributes`."""
    query = select(func.max(turns.c.act_id)).where(turns.c.attribute_id == attributes.c.id)
    return query.correlate(attributes).scalar_subquery()


def _act(row: Row[Any]) -> Act:
    return Act(**{**row._mapping, "at": utc(row.at), "undone_at": utc(row.undone_at)})
