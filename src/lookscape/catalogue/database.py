"""Open the database: SQLite tuned for many readers and one writer, migrated to the newest schema.

Alembic is imported only when a migration is due, because opening a catalogue must be quick.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from lookscape.errors import LookscapeError, UnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 60


def open_database(url: str) -> Engine:
    """Connect and migrate. Raises LookscapeError when the file is not a database of ours."""
    try:
        engine = create_engine(url)
    except ImportError as error:
        raise UnavailableError(f"the database {url.split(':', 1)[0]} needs a driver: {error}") from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    try:
        _migrate(engine)
    except OperationalError as error:
        raise UnavailableError(f"cannot open the database {engine.url!r}: {error.orig}") from error
    except DatabaseError as error:
        raise LookscapeError(f"{engine.url!r} is not a Lookscape database: {error.orig}") from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that takes the write lock first, so that two writers queue instead of failing."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with connection.begin() if engine.dialect.name != "sqlite" else _sqlite_transaction(connection):
            yield connection


@contextmanager
def _sqlite_transaction(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(raw: sqlite3.Connection, _: object) -> None:
        raw.isolation_level = None  # we begin transactions ourselves
        raw.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("PRAGMA cache_size = -65536")


@cache
def _head() -> str:
    """The newest migration, named by its file: 0001_spine.py is revision 0001."""
    return max(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    found = _revision(engine)
    if found == _head():
        return
    if found is not None and found > _head():
        raise LookscapeError(
            f"this catalogue was written by a newer Lookscape (schema {found}, this one knows {_head()})"
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # two processes may arrive here at once
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
