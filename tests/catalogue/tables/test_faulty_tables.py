"""50 tables drawn at random with faults in them: every row is in as it is written, or named by its line."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faulty_tables import Drawn, draw
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.services.splits.given import open_given
from lookscape.settings import Settings

PhotoBytes = Callable[..., bytes]
PHOTOS = [f"{number}.jpg" for number in range(8)]
TABLES = range(50)
_PLACE = re.compile(r"\b(?:line|row) \d+\b")


@pytest.fixture
def drawn(tmp_path: Path, photo_bytes: PhotoBytes, request: pytest.FixtureRequest) -> Drawn:
    for number, name in enumerate(PHOTOS):
        (tmp_path / name).write_bytes(photo_bytes(number))
    # A person's value is one line, see services/labels/change.py.
    return draw(request.param, tmp_path, PHOTOS, with_lines="import" not in request.node.name)


@pytest.fixture
def engine(tmp_path: Path, drawn: Drawn) -> Iterator[Engine]:
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1, photo_side=64)))
    opened.manage.ingest(str(drawn.path))
    yield opened
    opened.catalogue.close()


def named(sentences: list[str]) -> list[str]:
    """The places in them, in order."""
    return sorted(place[0] for sentence in sentences if (place := _PLACE.search(sentence)))


@pytest.mark.parametrize("drawn", TABLES, indirect=True)
def test_every_row_is_in_or_named(engine: Engine, drawn: Drawn) -> None:
    rejections = engine.catalogue.rejections()
    assert named([one.reason for one in rejections]) == sorted(drawn.named)
    ids = engine.catalogue.ids()
    assert sorted(ids) == sorted(row.product for row in drawn.rows)
    values: dict[str, dict[str, tuple[str, ...]]] = {product_id: {} for product_id in ids}
    for item in engine.catalogue.shown(ids):
        values[item.product_id][item.name] = (*values[item.product_id].get(item.name, ()), item.value)
    files = {source.product_id: Path(source.file).name for source in engine.catalogue.sources(ids)}
    for row in drawn.rows:
        assert values[row.product] == row.said
        assert files[row.product] == row.file


@pytest.mark.parametrize("drawn", TABLES, indirect=True)
def test_every_row_is_imported_or_named(engine: Engine, drawn: Drawn) -> None:
    taken = engine.annotate.import_(str(drawn.path), by="ada")
    faults = [one for one in taken.bad_rows if " already" not in one]
    assert named(faults) == sorted(drawn.named)
    assert taken.num_bad_rows - len(faults) == len(drawn.repeated)
    people = [item for item in engine.catalogue.shown(engine.catalogue.ids()) if item.by == "ada"]
    values: dict[str, dict[str, tuple[str, ...]]] = {row.product: {} for row in drawn.rows}
    for item in people:
        values[item.product_id][item.name] = (*values[item.product_id].get(item.name, ()), item.value)
    assert values == {row.product: row.said for row in drawn.rows}


@pytest.mark.parametrize("drawn", TABLES, indirect=True)
def test_every_row_of_a_split_is_listed_or_named(engine: Engine, drawn: Drawn) -> None:
    given = open_given(engine, "part", file=str(drawn.path), test=0.2, seed=0)
    assert named(list(given.unknown)) == sorted(drawn.named)
    parts = {(Path(one.file).name, one.part) for one in given.listings}
    assert {(row.file, row.part) for row in drawn.rows} <= parts
