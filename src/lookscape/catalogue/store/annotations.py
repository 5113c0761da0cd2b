"""Attributes that people and models add, each time as one act that can be undone.

`annotate` writes values as they come, from models mostly; `change` is for people, who wish something of many products
at once, may be told first what it would do, and never overwrite what somebody else changed since they looked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, select, true, update

from lookscape.catalogue.records import Act, Attribute, Changed, Conflict, Doing, Origin, Wish
from lookscape.catalogue.store import acts as store_acts
from lookscape.catalogue.store import plan
from lookscape.catalogue.store.plan import NOTHING, Said, Standing
from lookscape.catalogue.store.schema import acts, attributes, products, turns
from lookscape.catalogue.store.shown import rank, settle
from lookscape.catalogue.store.sql import chunks, insert_rows, utc
from lookscape.errors import NotFoundError, UsageError

Key = tuple[str, str]
"""Product and name."""

FEW_NAMES = 50
"""More names than these are not told to the database: reading all of a product's is quicker."""


def annotate(connection: Connection, wanted: Sequence[Attribute], *, by: str) -> Act:
    """Set attributes: the same origin's live values of the same name end, the new ones begin, in one act.

    Raises NotFoundError when a product does not exist, UsageError for values that only a source can give; nothing is
    changed then.
    """
    if any(item.origin is Origin.GIVEN for item in wanted):
        raise UsageError("given attributes follow the source's files; change them there and ingest again")
    product_ids = dict.fromkeys(item.product_id for item in wanted)
    _require(connection, product_ids)
    act = store_acts.begin(connection, kind="set", by=by, count=len(product_ids))
    renewed: dict[tuple[str, Origin], dict[str, None]] = {}
    for item in wanted:
        renewed.setdefault((item.name, item.origin), {})[item.product_id] = None
    for (name, origin), ids in renewed.items():
        mine = and_(attributes.c.name == name, attributes.c.origin == origin.value, attributes.c.live)
        for part in chunks(ids):
            query = select(attributes.c.id).where(attributes.c.product_id.in_(part), mine)
            _note_ends(connection, connection.scalars(query).all(), act.id)
    _end(connection, act.id)
    rows = {(item.product_id, item.name, item.value, item.origin): _values(item, act.id) for item in wanted}
    if rows:
        connection.execute(insert(attributes), list(rows.values()))
    settle(connection, product_ids, {item.name for item in wanted} if len(renewed) < 100 else None)
    return act


def change(connection: Connection, wishes: Sequence[Wish], doing: Doing) -> Changed:
    """Carry out a person's wishes in one act. Raises NotFoundError when a product is missing; nothing is done then."""
    by_key = {(wish.product_id, wish.name): wish for wish in wishes}
    _require(connection, dict.fromkeys(product_id for product_id, _ in by_key))
    standing = _standing(connection, by_key)
    targets = {key: plan.wanted(standing.get(key, NOTHING), wish) for key, wish in by_key.items()}
    differing = {key for key, said in targets.items() if not plan.same(said, standing.get(key, NOTHING).said)}
    conflicts = _conflicts(connection, differing, targets, standing, doing)
    todo = sorted(differing - {(conflict.product_id, conflict.name) for conflict in conflicts})
    if conflicts and doing.strict:
        todo = []
    shown_after = {key: _after(standing.get(key, NOTHING), targets[key]) for key in todo}
    pairs = ((key[1], standing.get(key, NOTHING).shown, shown_after.get(key)) for key in by_key)
    shifts = plan.shifts((name, was, was if becomes is None else becomes) for name, was, becomes in pairs)
    act = None if doing.ask or not todo else _carry_out(connection, todo, targets, standing, doing)
    changed, touched = {product_id for product_id, _ in todo}, {product_id for product_id, _ in by_key}
    hindered = {conflict.product_id for conflict in conflicts}
    num_unchanged = len(touched - changed - hindered)
    return Changed(act=act, changed=len(changed), unchanged=num_unchanged, conflicts=conflicts, shifts=shifts)


def _after(standing: Standing, said: Said) -> tuple[str, ...]:
    return replace(standing, said=said).shown


def _carry_out(
    connection: Connection,
    todo: Sequence[Key],
    targets: Mapping[Key, Said],
    standing: Mapping[Key, Standing],
    doing: Doing,
) -> Act:
    product_ids = dict.fromkeys(product_id for product_id, _ in todo)
    count = len(product_ids)
    act = store_acts.begin(connection, kind=doing.kind, by=doing.by, count=count, name=doing.name, value=doing.value)
    ends: list[int] = []
    begun: list[dict[str, Any]] = []
    for key in todo:
        rows, said = standing.get(key, NOTHING).rows, targets[key]
        stay = () if said is None else (said or ("",))
        ends += [row for value, row in rows.items() if value not in stay]
        begun += [_row(key, value, act.id) for value in stay if value not in rows]
    _note_ends(connection, ends, act.id)
    _end(connection, act.id)
    insert_rows(connection, attributes, begun)
    settle(connection, product_ids, {name for _, name in todo})
    return act


def _standing(connection: Connection, keys: Collection[Key]) -> dict[Key, Standing]:
    """What holds now, for the keys under which anything does."""
    found: dict[Key, dict[str, dict[str, int]]] = {}
    columns = (attributes.c.product_id, attributes.c.name, attributes.c.origin, attributes.c.value, attributes.c.id)
    for mine in _of(keys):
        query = select(*columns).where(mine, attributes.c.live).order_by(rank(), attributes.c.id)
        for product_id, name, origin, value, row in connection.execute(query):
            if (product_id, name) in keys:
                found.setdefault((product_id, name), {}).setdefault(origin, {})[value] = row
    return {key: _stand(origins) for key, origins in found.items()}


def _stand(origins: Mapping[str, Mapping[str, int]]) -> Standing:
    human = origins.get(Origin.HUMAN.value)
    others = next((tuple(values) for origin, values in origins.items() if origin != Origin.HUMAN.value), ())
    said = None if human is None else tuple(value for value in human if value)
    return Standing(said=said, rows=human or {}, others=others)


def _conflicts(
    connection: Connection,
    keys: Collection[Key],
    targets: Mapping[Key, Said],
    standing: Mapping[Key, Standing],
    doing: Doing,
) -> tuple[Conflict, ...]:
    """Those of the keys whose human values are not what they were at `seen`, unless the last to touch them was `by`."""
    if doing.seen is None or not _others_acted(connection, doing.seen, doing.by):
        return ()
    touched = _touched_since(connection, keys, doing.seen)
    found = []
    for part in chunks(map(str, sorted({act_id for _, act_id in touched.values()}))):
        query = select(acts.c.id, acts.c.by, acts.c.at).where(acts.c.id.in_(map(int, part)), acts.c.by != doing.by)
        since = {row.id: row for row in connection.execute(query)}
        for key, (then, act_id) in touched.items():
            now = standing.get(key, NOTHING)
            if act_id not in since or plan.same(now.said, then):
                continue
            mark = {"by": since[act_id].by, "at": utc(since[act_id].at), "act_id": act_id}
            wanted = _after(now, targets[key])
            found.append(Conflict(product_id=key[0], name=key[1], wanted=wanted, standing=now.shown, **mark))
    return tuple(sorted(found, key=lambda conflict: (conflict.product_id, conflict.name)))


def _others_acted(connection: Connection, seen: int, by: str) -> bool:
    query = select(acts.c.id).where(acts.c.id > seen, acts.c.by != by).limit(1)
    return connection.scalar(query) is not None


def _touched_since(connection: Connection, keys: Collection[Key], seen: int) -> dict[Key, tuple[Said, int]]:
    """What people had said of the keys at `seen`, and the last act since, where there was one."""
    columns = (attributes.c.product_id, attributes.c.name, attributes.c.value, attributes.c.act_id)
    columns_then = (store_acts.was_live(seen).label("then"), store_acts.last_turn().label("turn"))
    touched: dict[Key, tuple[Said, int]] = {}
    human = attributes.c.origin == Origin.HUMAN.value
    for mine in _of(keys):
        for row in connection.execute(select(*columns, *columns_then).where(mine, human)):
            key = (row.product_id, row.name)
            said, act_id = touched.get(key, (None, 0))
            if row.then:
                said = (*(said or ()), *((row.value,) if row.value else ()))
            touched[key] = (said, max(act_id, row.act_id, row.turn or 0))
    return {key: found for key, found in touched.items() if found[1] > seen and key in keys}


def _of(keys: Collection[Key]) -> Iterator[ColumnElement[bool]]:
    """Conditions that find the rows of these keys, and others of the same products where there are many names."""
    names = {name for _, name in keys}
    named = attributes.c.name.in_(names) if len(names) <= FEW_NAMES else true()
    for part in chunks(dict.fromkeys(product_id for product_id, _ in keys)):
        yield and_(attributes.c.product_id.in_(part), named)


def _require(connection: Connection, product_ids: Iterable[str]) -> None:
    for ids in chunks(sorted(product_ids)):
        there = set(connection.scalars(select(products.c.id).where(products.c.id.in_(ids))))
        if missing := next((product_id for product_id in ids if product_id not in there), None):
            raise NotFoundError(f"there is no product {missing!r} in this catalogue; nothing was changed")


def _note_ends(connection: Connection, ids: Sequence[int], act_id: int) -> None:
    if ids:
        connection.execute(insert(turns), [{"attribute_id": row, "act_id": act_id, "live": False} for row in ids])


def _end(connection: Connection, act_id: int) -> None:
    """End the rows that an act has noted."""
    noted = select(turns.c.attribute_id).where(turns.c.act_id == act_id)
    connection.execute(update(attributes).where(attributes.c.id.in_(noted)).values(live=False))


def _values(item: Attribute, act_id: int) -> dict[str, Any]:
    values = _row((item.product_id, item.name), item.value, act_id)
    unsettled = {"shown": False, "unknown": item.unknown}
    return values | unsettled | {"origin": item.origin.value, "confidence": item.confidence}


def _row(key: Key, value: str, act_id: int) -> dict[str, Any]:
    """A person's word, which no other is trusted more than; an empty one is "unknown"."""
    return {
        "product_id": key[0],
        "name": key[1],
        "value": value,
        "origin": Origin.HUMAN.value,
        "confidence": 1.0,
        "act_id": act_id,
        "live": True,
        "shown": bool(value),
        "unknown": not value,
    }
