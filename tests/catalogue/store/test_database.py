"""The database: migrations agree with the schema, strange files are refused in a sentence, two may arrive at once."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.database import MIGRATIONS, open_database, reading, upgrade, writing
from lookscape.catalogue.store.schema import metadata, sources
from lookscape.errors import LookscapeError, UnavailableError, UsageError

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'catalogue.db'}"


def test_migrations_build_exactly_the_schema(tmp_path: Path) -> None:
    engine = create_engine(url(tmp_path))
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def described(engine: Engine) -> dict[str, object]:
    """Every table as the database has it: columns, keys, indexes; without their order."""
    seen = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in seen.get_columns(table)
            },
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(str(sorted(key.items(), key=str)) for key in seen.get_foreign_keys(table)),
            "unique": sorted(str(sorted(one.items(), key=str)) for one in seen.get_unique_constraints(table)),
            "indexes": sorted(str(sorted(index.items(), key=str)) for index in seen.get_indexes(table)),
        }
        for table in seen.get_table_names()
    }


def test_a_new_database_is_what_all_migrations_lead_to(tmp_path: Path) -> None:
    made = open_database(url(tmp_path))
    (tmp_path / "old").mkdir()
    migrated = create_engine(url(tmp_path / "old"))
    upgrade(migrated)
    assert described(made) == described(migrated)
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
    for engine in (made, migrated):
        with engine.connect() as connection:
            assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest]
        engine.dispose()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first = open_database(url(tmp_path))
    with writing(first) as connection:
        connection.execute(insert(sources).values(key="a", kind="folder", added_at=MOMENT))
    first.dispose()
    again = open_database(url(tmp_path))
    with reading(again) as connection:
        assert connection.scalars(select(sources.c.key)).all() == ["a"]
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    again.dispose()


@pytest.mark.parametrize("revision", ["0999", "no such"])
def test_a_schema_of_the_future_is_refused(tmp_path: Path, revision: str) -> None:
    open_database(url(tmp_path)).dispose()
    with sqlite3.connect(tmp_path / "catalogue.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", [revision])
    raw.close()
    with pytest.raises(LookscapeError, match=f"written by a newer Lookscape .schema {revision}"):
        open_database(url(tmp_path))


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"shopping list: " + b"milk " * 500)
    with pytest.raises(LookscapeError, match="is not a Lookscape database: file is not a database"):
        open_database(url(tmp_path))
    assert (tmp_path / "catalogue.db").read_bytes().startswith(b"shopping list")


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.db") as raw:
        raw.execute("CREATE TABLE photos (holiday TEXT)")
    raw.close()
    with pytest.raises(LookscapeError, match="photos"):
        open_database(url(tmp_path))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [("catalogue.db", UsageError), ("mongo://here", UsageError), ("sqlite:////no/x.db", UnavailableError)],
)
def test_an_address_that_cannot_work_is_one_sentence(wrong: str, error: type[LookscapeError]) -> None:
    with pytest.raises(error):
        open_database(wrong)


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UsageError, match="taken"):
        Catalogue.open(tmp_path / "taken")


def test_an_error_inside_takes_the_whole_transaction_back(tmp_path: Path) -> None:
    engine = open_database(url(tmp_path))
    row = {"key": "a", "kind": "folder", "added_at": MOMENT}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(sources), [row, row])
    with reading(engine) as connection:
        assert connection.scalars(select(sources.c.key)).all() == []
    engine.dispose()


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    engine = open_database(url(tmp_path))
    with reading(engine) as reader:
        assert reader.scalars(select(sources.c.key)).all() == []
        with writing(engine) as writer:
            writer.execute(insert(sources).values(key="a", kind="folder", added_at=MOMENT))
        assert reader.scalars(select(sources.c.key)).all() == []
    with reading(engine) as reader:
        assert reader.scalars(select(sources.c.key)).all() == ["a"]
    engine.dispose()


def test_writers_of_many_threads_queue(tmp_path: Path) -> None:
    engine = open_database(url(tmp_path))

    def write(start: int) -> None:
        for number in range(start, start + 20):
            with writing(engine) as connection:
                connection.execute(insert(sources).values(key=str(number), kind="x", added_at=MOMENT))

    threads = [threading.Thread(target=write, args=(20 * index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert len(connection.scalars(select(sources.c.key)).all()) == 80
    engine.dispose()


def test_several_processes_may_make_one_catalogue_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from lookscape.catalogue.store.catalogue import Catalogue; sys.stdin.read(1); "
        f"print(Catalogue.open({str(tmp_path / 'new')!r}).counts().files)"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    processes = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"g")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == [b"0"] * 3
