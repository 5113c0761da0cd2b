"""What is exported comes back as it was, for catalogues drawn at random."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lookscape.catalogue.records import Origin
from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.ours import split_values
from lookscape.engine import Engine
from lookscape.services.labels.formats import format_named
from random_catalogue import random_catalogue

SEEDS = range(6)
FORMATS = {"csv": "labels.csv", "coco": "coco.json", "label-studio": "tasks.json", "cvat": "cvat.xml"}
WITHOUT_UNKNOWN = ("cvat",)
Shown = Mapping[str, Mapping[str, tuple[str, ...]]]


def human(engine: Engine, *, unknown: bool) -> dict[tuple[str, str], list[str]]:
    """What people say of each product and attribute, in order; nothing where they say that nobody can tell."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in engine.catalogue.shown(engine.catalogue.ids()):
        if item.origin is Origin.HUMAN and (unknown or not item.unknown):
            found.setdefault((item.product_id, item.name), []).extend([] if item.unknown else [item.value])
    return found


def shown(engine: Engine) -> dict[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]]:
    """Every product in order: its name, its photos' files in a clean export, its values."""
    ids = engine.catalogue.ids()
    found = engine.catalogue.products(ids)
    return {
        one: (found[one].name, tuple(f"{photo[:32]}.jpg" for photo in found[one].photo_ids), dict(found[one].values))
        for one in ids
    }


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_people_said_comes_back(tmp_path: Path, seed: int, kind: str) -> None:
    engine = random_catalogue(tmp_path, seed)
    path = tmp_path / FORMATS[kind]
    before = human(engine, unknown=kind not in WITHOUT_UNKNOWN)
    num_said = len(human(engine, unknown=True))
    written = engine.annotate.export(format=kind, to=str(path))
    for name in {name for _, name in human(engine, unknown=True)}:
        engine.annotate.clear(name, everything=True, withdraw=True)
    assert not human(engine, unknown=True)
    taken = engine.annotate.import_(str(path))
    assert (taken.bad_rows, human(engine, unknown=True)) == ([], before)
    assert before
    if len(human(engine, unknown=True)) < num_said:
        assert any("could not tell" in sentence for sentence in written.left_out)
    engine.catalogue.close()


@pytest.mark.parametrize("kind", ["csv", "coco"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_value_is_in_the_file_whoever_gave_it(tmp_path: Path, seed: int, kind: str) -> None:
    engine = random_catalogue(tmp_path, seed)
    path = tmp_path / FORMATS[kind]
    engine.annotate.export(format=kind, to=str(path), provenance=False)
    rows = list(format_named(kind).read(path.read_bytes(), name=""))
    found = {row.product_id: {name: said for name, said in row.values.items() if said} for row in rows}
    assert found == {one: dict(values) for one, (_, _, values) in shown(engine).items()}
    engine.catalogue.close()


def from_csv(folder: Path) -> dict[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]]:
    """A clean export as its own description says that it is read."""
    text = (folder / "metadata.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert all(ours.is_ours(row) for row in rows)
    return _products(rows, split_values)


def from_parquet(folder: Path) -> dict[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]]:
    """The same in Parquet, where several values are a list."""
    table = pq.read_table(folder / "metadata.parquet")
    assert ours.SCHEMA_KEY in table.schema.metadata
    return _products(table.to_pylist(), lambda cell: tuple(cell) if isinstance(cell, list) else (cell,))


def _products(
    rows: list[dict[str, str]], values_of: Callable[[str], tuple[str, ...]]
) -> dict[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]]:
    found: dict[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]] = {}
    for row in rows:
        names = (column for column in row if column not in {*ours.KEYS, ours.MARK} and row[column])
        values = {ours.attribute_of(column): values_of(row[column]) for column in names}
        photos = found[row["product_id"]][1] if row["product_id"] in found else ()
        found[row["product_id"]] = (row["name"], (*photos, row["file_name"]), values)
    return found


@pytest.mark.parametrize("table", ["csv", "parquet"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_export_has_every_photo_of_every_product_and_every_value(tmp_path: Path, seed: int, table: str) -> None:
    engine = random_catalogue(tmp_path, seed)
    folder = tmp_path / "out"
    done = engine.clean.export(str(folder), size=64, table=table)
    expected = shown(engine)
    found = from_csv(folder) if table == "csv" else from_parquet(folder)
    assert list(found) == list(expected)
    assert found == expected
    assert {path.name for path in folder.glob("*.jpg")} == {name for _, names, _ in found.values() for name in names}
    assert any(sentence.startswith("where values are from") for sentence in done.left_out)
    engine.catalogue.close()
