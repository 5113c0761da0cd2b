"""Maps: what is near stays near, what is there stays put, and the same seed gives the same bytes."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.errors import ConflictError, UnknownNameError, UsageError
from lookscape.index.layouts import tsne
from lookscape.representation.spaces.space import SpaceInfo
from lookscape.services.maps import columns, file, layout
from lookscape.tools._tool import find_tool
from lookscape.tools.atlas.near import within
from maps_catalogue import HEAPS, engine_with_heaps, vectors

FIRST = 18
"""Photos that have vectors before the rest come."""


@pytest.fixture
def engine(catalogue_folder: Path, tmp_path: Path) -> Iterator[Engine]:
    opened = engine_with_heaps(tmp_path / "catalogue", catalogue_folder, held=FIRST)
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def mapped(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """With one map of all 24 photos, for looking only."""
    folder = tmp_path_factory.mktemp("mapped") / "catalogue"
    opened = engine_with_heaps(folder, catalogue_folder)
    opened.atlas.map(space="heaps", name="map")
    yield opened
    opened.catalogue.close()


def add_the_rest(engine: Engine) -> None:
    ids = sorted(engine.catalogue.photo_ids())
    engine.spaces.open("heaps").append(ids[FIRST:], vectors(len(ids))[FIRST:])


@pytest.mark.parametrize(("method", "dimensions"), [("tsne", 2), ("tsne", 3), ("umap", 2), ("umap", 3)])
def test_heaps_stay_together_and_new_photos_join_theirs_while_nothing_else_moves(
    engine: Engine, method: str, dimensions: int
) -> None:
    made = engine.atlas.map(name="a", space="heaps", method=method, dimensions=dimensions)
    assert (made.photos, made.laid_out, made.placed) == (FIRST, True, 0)
    before = file.open_map(engine, "a")
    assert before.points_ND.shape == (FIRST, dimensions)
    add_the_rest(engine)
    added = engine.atlas.map(name="a")
    after = file.open_map(engine, "a")
    assert (added.laid_out, added.added, added.placed, added.removed) == (False, 24 - FIRST, 24 - FIRST, 0)
    kept = [after.place_of[photo_id] for photo_id in before.ids]
    assert after.points_ND[kept].tobytes() == before.points_ND.tobytes()
    assert not after.placed_N[kept].any()
    for row in np.flatnonzero(after.placed_N):
        apart_N = np.linalg.norm(after.points_ND - after.points_ND[row], axis=1)
        apart_N[row] = np.inf
        assert int(apart_N.argmin()) % HEAPS == row % HEAPS


@pytest.mark.parametrize("few", [1, 1000], ids=["grid", "tree"])
def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(tsne, "FEW", few)
    monkeypatch.setattr(tsne, "EARLY", 5)
    monkeypatch.setattr(tsne, "LATE", 5)
    files = []
    for threads in (1, 2):
        monkeypatch.setattr(layout, "num_threads", lambda rows, threads=threads: threads)
        engine.atlas.map(name="a", space="heaps", rebuild=True)
        files.append(file.map_path(engine, "a").read_bytes())
    assert files[0] == files[1]
    engine.atlas.map(name="a", space="heaps", rebuild=True, seed=1)
    assert file.map_path(engine, "a").read_bytes() != files[0]


def test_where_a_new_photo_comes_does_not_depend_on_those_that_come_with_it(engine: Engine, tmp_path: Path) -> None:
    engine.atlas.map(name="a", space="heaps")
    ids, rows_ND = sorted(engine.catalogue.photo_ids()), vectors(24)
    for start in range(FIRST, 24):
        engine.spaces.open("heaps").append(ids[start : start + 1], rows_ND[start : start + 1])
        engine.atlas.map(name="a")
    one_by_one = file.open_map(engine, "a")
    placed = [row for row in range(24) if row >= FIRST]
    base = one_by_one.only(range(FIRST))
    file.write_map(file.map_path(engine, "b"), base)
    engine.atlas.map(name="b")
    at_once = file.open_map(engine, "b")
    np.testing.assert_array_equal(at_once.points_ND[placed], one_by_one.points_ND[placed])


def test_photos_that_are_gone_vanish(engine: Engine) -> None:
    engine.atlas.map(name="a", space="heaps")
    before = file.open_map(engine, "a")
    gone = before.ids[:4]
    engine.spaces.open("heaps").remove(gone)
    [state] = engine.atlas.maps().maps
    assert (state.gone, state.missing, state.stale) == (4, 0, False)
    assert engine.atlas.map(name="a").removed == 4
    after = file.open_map(engine, "a")
    assert after.ids == before.ids[4:]
    np.testing.assert_array_equal(after.points_ND, before.points_ND[4:])


def test_a_sample_is_laid_out_and_the_rest_placed_when_there_are_too_many(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_the_rest(engine)
    monkeypatch.setitem(layout.load_layout("tsne").LARGEST, 2, 16)
    made = engine.atlas.map(name="a", space="heaps")
    assert (made.photos, made.placed) == (24, 8)
    assert engine.atlas.map(name="a").added == 0


def test_a_map_of_another_training_is_stale_and_says_so(engine: Engine) -> None:
    engine.atlas.map(name="a", space="heaps")
    space = engine.spaces.open("heaps")
    space.rebuild(SpaceInfo(model="made-up", key="second", dim=8, metric="l2"))
    space.append(sorted(engine.catalogue.photo_ids()), vectors(24))
    [state] = engine.atlas.maps().maps
    assert state.stale
    assert "--rebuild" in state.advice
    with pytest.raises(ConflictError, match="rebuild"):
        engine.atlas.map(name="a")
    assert engine.atlas.map(name="a", space="heaps", rebuild=True).photos == 24


def test_missing_photos_are_counted(engine: Engine) -> None:
    engine.atlas.map(name="a", space="heaps")
    add_the_rest(engine)
    [state] = engine.atlas.maps().maps
    assert (state.photos, state.missing, state.placed) == (FIRST, 6, 0)
    assert "stay put" in state.advice


def test_a_map_of_raw_colours(engine: Engine) -> None:
    made = engine.atlas.map(space="pixels")
    assert (made.name, made.photos, made.space) == ("pixels", 24, "pixels")


@pytest.mark.parametrize("asked", [{"method": "umap"}, {"dimensions": 3}, {"seed": 4}, {"metric": "l1"}])
def test_an_update_cannot_change_what_the_map_is(engine: Engine, asked: dict) -> None:
    engine.atlas.map(name="a", space="heaps")
    with pytest.raises(ConflictError, match="rebuild"):
        engine.atlas.map(name="a", **asked)


def test_words_for_what_cannot_be_done(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match="tsne"):
        engine.atlas.map(name="a", space="heaps", method="tnse")
    with pytest.raises(UsageError, match="cannot name a map"):
        engine.atlas.map(name="../a", space="heaps")
    with pytest.raises(UnknownNameError, match="map"):
        engine.atlas.near(box=[0, 0, 1, 1])
    engine.spaces.open("heaps").remove(sorted(engine.catalogue.photo_ids())[3:])
    with pytest.raises(UsageError, match="at least"):
        engine.atlas.map(name="a", space="heaps")


def test_the_file_is_what_embedding_atlas_reads(mapped: Engine) -> None:
    table = pq.read_table(mapped.folder / "maps" / "map.parquet")
    assert table.column_names[:3] == ["photo_id", "projection_x", "projection_y"]
    assert table["photo_id"].to_pylist() == sorted(mapped.catalogue.photo_ids())
    about = json.loads(table.schema.metadata[b"lookscape.map"])
    assert about == {
        "space": "heaps", "key": "first", "metric": "l2", "method": "tsne", "dimensions": 2, "seed": 0
    }  # fmt: skip


def test_products_within_a_box_and_a_polygon(mapped: Engine) -> None:
    found = file.open_map(mapped, "map")
    heap = found.points_ND[::HEAPS]
    (left, low), (right, high) = heap.min(axis=0) - 0.01, heap.max(axis=0) + 0.01
    boxed = mapped.atlas.near(box=[left, low, right, high])
    owners = mapped.catalogue.products_of_photos(found.ids[::HEAPS])
    assert boxed.product_ids == sorted(product_id for ids in owners.values() for product_id in ids)
    assert boxed.photos == 8
    corners = [left, low, right, low, right, high, left, high]
    assert mapped.atlas.near(polygon=corners).product_ids == boxed.product_ids
    narrowed = mapped.atlas.near(polygon=corners, where=["colour=none such"])
    assert narrowed.product_ids == []


@pytest.mark.parametrize("asked", [{}, {"box": [0, 1, 2]}, {"polygon": [0, 0, 1, 1]}, {"polygon": [0, 0, 1, 1, 2]}])
def test_an_area_that_is_none(mapped: Engine, asked: dict) -> None:
    with pytest.raises(UsageError):
        mapped.atlas.near(**asked)


def test_within_agrees_with_the_winding_number() -> None:
    rng = np.random.default_rng(1)
    angles = np.sort(rng.uniform(0, 2 * math.pi, 40))
    ring = [(math.cos(a) * r, math.sin(a) * r) for a, r in zip(angles, rng.uniform(0.3, 1, 40), strict=True)]
    points_N2 = rng.uniform(-1.1, 1.1, (3000, 2)).astype(np.float32)

    def turns(x: float, y: float) -> float:
        around = [math.atan2(b - y, a - x) for a, b in ring]
        steps = zip(around, [*around[1:], around[0]], strict=True)
        return sum((to - at + math.pi) % (2 * math.pi) - math.pi for at, to in steps) / (2 * math.pi)

    expected = [abs(turns(float(x), float(y))) > 0.5 for x, y in points_N2]
    assert within(points_N2, corners=ring).tolist() == expected
    assert 500 < sum(expected) < 2500


def test_columns_are_codes_or_numbers(engine: Engine) -> None:
    made = columns.as_column("a", ["red"] * 3 + ["blue"] * 5 + [""])
    assert made.codes_N is not None
    assert made.codes_N.tolist() == [2, 2, 2, 1, 1, 1, 1, 1, 0]
    assert [(entry.code, entry.value, entry.count) for entry in made.legend] == [
        (1, "blue", 5),
        (2, "red", 3),
        (0, "", 1),
    ]
    numbers = columns.as_column("a", [*map(str, range(20)), ""])
    assert numbers.numbers_N is not None
    assert (numbers.low, numbers.high, math.isnan(numbers.numbers_N[-1])) == (0, 19, True)
    many = columns.as_column("a", [f"v{number}" for number in range(400)])
    assert many.legend[-1].value == ""
    assert many.legend[-1].count == 400 - columns.MOST_CODES
    mixed = columns.as_column("a", [*map(str, range(20)), "inf", "large"])
    assert mixed.codes_N is not None
    nearly = columns.as_column("a", [*map(str, range(99)), "large"])
    assert nearly.numbers_N is not None
    assert np.isnan(nearly.numbers_N[-1])
    few = columns.as_column("a", ["1", "2", "2.0"] * 9)
    assert [(entry.value, entry.count) for entry in few.legend] == [("1", 9), ("2", 9), ("2.0", 9)]


def test_export_is_read_back(mapped: Engine, tmp_path: Path) -> None:
    product = mapped.catalogue.find(limit=1).products[0]
    mark = Attribute(product_id=product.id, name="note", value="tab\there", origin=Origin.HUMAN)
    mapped.catalogue.annotate([mark], by="a test")
    made = mapped.atlas.export(str(tmp_path / "out"))
    table = pq.read_table(tmp_path / "out" / "atlas.parquet")
    assert {"photo_id", "product_id", "name", "projection_x", "projection_y", "note"} <= set(table.column_names)
    assert table["note"].to_pylist()[table["product_id"].to_pylist().index(product.id)] == "tab\there"
    points = np.loadtxt(tmp_path / "out" / "vectors.tsv", delimiter="\t")
    whole = file.open_map(mapped, "map")
    places = [whole.place_of[photo_id] for photo_id in table["photo_id"].to_pylist()]
    assert places != sorted(places)
    assert table["product_id"].to_pylist() == mapped.catalogue.ids()
    np.testing.assert_allclose(points, whole.points_ND[places], rtol=1e-6)
    rows = (tmp_path / "out" / "metadata.tsv").read_text().splitlines()
    assert len(rows) == 25
    assert {row.count("\t") for row in rows} == {rows[0].count("\t")}
    assert (made.photos, made.projected, made.side) == (24, 24, 64)


@pytest.mark.parametrize(("given", "taken"), [("2", 2), ("3", 3)])
def test_dimensions_are_taken_from_the_command_line(given: str, taken: int) -> None:
    assert find_tool("atlas/map").validate({"dimensions": given}, local=True).dimensions == taken
    with pytest.raises(UsageError, match="dimensions"):
        find_tool("atlas/map").validate({"dimensions": "4"}, local=True)
