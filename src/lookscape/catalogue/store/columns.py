"""What columns are: how their shown values are read, as learned or as people said, and who has several values."""

from collections.abc import Collection
from dataclasses import replace
from threading import Lock

from sqlalchemy import Connection, delete, func, insert, select, true

from lookscape.catalogue.columns.kinds import Reading, Said
from lookscape.catalogue.columns.learning import as_said, learn
from lookscape.catalogue.records import ColumnSize, Origin
from lookscape.catalogue.store.schema import attributes, columns
from lookscape.catalogue.store.sql import now
from lookscape.errors import NotFoundError, UsageError

Counted = dict[str, dict[str, int]]


class Readings:
    """The readings of columns, each learned once for the values that it has."""

    def __init__(self) -> None:
        self._learned: dict[str, tuple[int, Reading]] = {}
        self._lock = Lock()

    def of(self, connection: Connection, names: Collection[str] | None) -> dict[str, Reading]:
        """Of these attributes, or of all that are shown of any product, by name."""
        told, found = said(connection), {}
        for name, values in counted(connection, names).items():
            reading = self._reading(name, values, told.get(name))
            found[name] = _measured(values) if reading.unclear and measured(connection, name) else reading
        return found

    def _reading(self, name: str, values: dict[str, int], told: tuple[Said, str] | None) -> Reading:
        state = hash((told, frozenset(values.items())))
        with self._lock:
            known = self._learned.get(name)
        if known and known[0] == state:
            return known[1]
        reading = read(name, values, told)
        with self._lock:
            self._learned[name] = state, reading
        return reading


def read(name: str, values: dict[str, int], told: tuple[Said, str] | None) -> Reading:
    """As a person said, if that can be; else as learned, with a word on why it is not as the person said."""
    if told is None:
        return learn(name, values)
    kind, by = told
    try:
        return replace(as_said(kind, values), by=by)
    except ValueError as error:
        learned = learn(name, values)
        return replace(learned, why=f"{learned.why}; {by or 'a person'} said {kind}, but {error}")


def measured(connection: Connection, name: str) -> bool:
    """Is all that is shown of an attribute measured here? Then its numbers have a decimal point."""
    other = attributes.c.origin != Origin.MEASURED.value
    query = select(attributes.c.id).where(attributes.c.name == name, attributes.c.shown, other).limit(1)
    return connection.scalar(query) is None


def _measured(values: dict[str, int]) -> Reading:
    return replace(as_said(Said.NUMBER_POINT, values), told=None, why="numbers, measured here")


def counted(connection: Connection, names: Collection[str] | None) -> Counted:
    """Attribute -> its shown values and how many products have each."""
    wanted = true() if names is None else attributes.c.name.in_(sorted(names))
    query = (
        select(attributes.c.name, attributes.c.value, func.count())
        .where(attributes.c.shown, wanted)
        .group_by(attributes.c.name, attributes.c.value)
        .order_by(attributes.c.name, attributes.c.value)
    )
    found: Counted = {}
    for name, value, count in connection.execute(query):
        found.setdefault(name, {})[value] = count
    return found


def sizes(connection: Connection, names: Collection[str] | None) -> dict[str, ColumnSize]:
    """Attribute -> its different values, the products that have one, and those that have several."""
    wanted = true() if names is None else attributes.c.name.in_(sorted(names))
    each = (
        select(attributes.c.name, func.count().label("number"))
        .where(attributes.c.shown, wanted)
        .group_by(attributes.c.name, attributes.c.product_id)
        .subquery()
    )
    several = func.count().filter(each.c.number > 1)
    owners = select(each.c.name, func.count(), several).group_by(each.c.name)
    values = (
        select(attributes.c.name, func.count(attributes.c.value.distinct()).label("number"))
        .where(attributes.c.shown, wanted)
        .group_by(attributes.c.name)
    )
    different = {row.name: row.number for row in connection.execute(values)}
    return {
        name: ColumnSize(values=different[name], products=products, several=number)
        for name, products, number in connection.execute(owners)
    }


def said(connection: Connection) -> dict[str, tuple[Said, str]]:
    """What people said of columns, and who, by name."""
    return {row.name: (Said(row.kind), row.by) for row in connection.execute(select(columns))}


def say(connection: Connection, name: str, kind: Said, *, by: str) -> Reading:
    """Note what a column is; `auto` takes back what was said. Returns how it is read now.

    Raises NotFoundError when no product has a value of it, UsageError when its values cannot be read so.
    """
    values = counted(connection, [name]).get(name)
    if not values:
        raise NotFoundError(f"no product has a value of {name!r}")
    try:
        reading = learn(name, values) if kind is Said.AUTO else replace(as_said(kind, values), by=by)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from error
    connection.execute(delete(columns).where(columns.c.name == name))
    if kind is not Said.AUTO:
        connection.execute(insert(columns).values(name=name, kind=kind.value, by=by, at=now()))
    return reading
