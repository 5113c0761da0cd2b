"""Small helpers shared by the modules that speak SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert

MAX_VARIABLES = 900
"""Ids in one IN list; SQLite's oldest default limit is 999."""


def chunks(ids: Iterable[str], size: int = MAX_VARIABLES) -> Iterator[Sequence[str]]:
    """Cut a list of ids so that each part fits into one statement."""
    rest = iter(ids)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


def utc(moment: Any) -> Any:
    """SQLite forgets the zone of a datetime; we only ever store UTC."""
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) and moment.tzinfo is None else moment


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, str | float | bool | None]]) -> None:
    """Insert rows that all have the same columns, in one order, of text, numbers and flags.

    SQLite's driver takes such values as they are; asking SQLAlchemy about each of them takes as long as storing it.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), [dict(row) for row in rows])
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(table.c[name].name) for name in rows[0])
    places = ", ".join("?" * len(rows[0]))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})"  # noqa: S608 - names of our schema
    connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
