"""Open the database: SQLite tuned for many readers and one writer, migrated to the newest schema.

Alembic is imported only when a migration is due, because opening a catalogue must be quick; a new one needs none.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, create_engine, event, insert, inspect, text
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from lookscape.catalogue.store.schema import metadata
from lookscape.errors import LookscapeError, UnavailableError, UsageError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 60


def open_database(url: str) -> Engine:
    """Connect and migrate.

    Raises UsageError when the URL is none, UnavailableError when the database cannot be reached, and LookscapeError
    when it is not one of ours or was written by a newer Lookscape.
    """
    try:
        engine = create_engine(url)
    except ArgumentError as error:
        raise UsageError(f"database: {url!r} is not an SQLAlchemy URL such as sqlite:///catalogue.db") from error
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
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection whose queries all see the same moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = False) -> Iterator[Connection]:
    """A transaction; in SQLite it takes the write lock first, so that two writers queue instead of failing.

    A durable one is on the disk when the block ends; others survive the death of every process, but not of the machine.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection  # an error leaves the block uncommitted: closing the connection rolls back
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
def _revisions() -> tuple[str, ...]:
    """The migrations, oldest first, each named by its file: 0001_spine.py is revision 0001."""
    return tuple(sorted(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    found, known = _revision(engine), _revisions()
    if found == known[-1]:
        return
    if found is not None and found not in known:
        raise LookscapeError(f"this catalogue was written by a newer Lookscape (schema {found}; known: {known[-1]})")
    if found is None and _made_at_once(engine):
        return
    upgrade(engine)


def _made_at_once(engine: Engine) -> bool:
    """Make the newest schema in a database that has no tables; False where there are any.

    That all migrations lead to the same is tested: tests/catalogue/store/test_database.py.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # two processes may arrive here at once
        if inspect(connection).get_table_names():
            return False
        metadata.create_all(connection)
        versions = Table(
            "alembic_version", MetaData(), Column("version_num", String(32), nullable=False, primary_key=True)
        )
        versions.create(connection)
        connection.execute(insert(versions).values(version_num=_revisions()[-1]))
        connection.commit()
    return True


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema, migration by migration."""
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
