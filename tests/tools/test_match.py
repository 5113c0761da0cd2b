"""The match board: figures against a direct computation, samples that stay, Spaces judged on what they don't know."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.services.match.sample import Sample, open_sample, sample_path
from lookscape.services.spaces.nearest import nearest_other
from lookscape.settings import Settings
from match_catalogue import ALONE, DIM, UNLABELLED, make_catalogue, put_classifier, put_space, put_split

METRICS = ("l1", "l2", "cosine", "hamming")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, photo_bytes: Callable[..., bytes]) -> Path:
    made = tmp_path_factory.mktemp("match")
    engine = make_catalogue(made, photo_bytes)
    engine.catalogue.close()
    return made / "catalogue"


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


def by_hand(engine: Engine, sample: Sample, space: str, metric: str) -> dict[str, float]:
    """Every figure by loops over plain lists."""
    kinds, owners = engine.catalogue.values_of("kind"), engine.catalogue.first_products()
    opened = engine.space(space)
    ids = [one for one in opened.ids if one in set(sample.gallery)]
    rows = np.array([opened.vectors[opened.ids.index(one)] for one in ids], np.float64)
    names = {"l1": "cityblock", "l2": "euclidean", "cosine": "cosine"}
    if metric == "hamming":
        bits = rows > rows.mean(axis=0)
        far = (bits[:, None] != bits).sum(axis=2).astype(float)
    else:
        far = cdist(rows, rows, names[metric])
    family = dict(zip(sample.gallery, sample.families, strict=True))
    found: list[dict[str, float]] = []
    for query in sample.queries:
        near: dict[str, tuple[float, str]] = {}
        for photo, distance in zip(ids, far[ids.index(query)], strict=True):
            if family[photo] != family[query]:
                key = (round(float(distance), 9), photo)
                near[owners[photo]] = min(near.get(owners[photo], key), key)
        ranked = [kinds[product] == kinds[owners[query]] for product in sorted(near, key=near.__getitem__)]
        found.append(_figures(ranked))
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def _figures(ranked: Sequence[bool]) -> dict[str, float]:
    relevant = sum(ranked)
    precision = [sum(ranked[: place + 1]) / (place + 1) for place, right in enumerate(ranked) if right]
    first = [sum(ranked[: place + 1]) / (place + 1) for place, right in enumerate(ranked[:relevant]) if right]
    return {
        "match": float(ranked[0]),
        "recall_5": float(any(ranked[:5])),
        "recall_10": float(any(ranked[:10])),
        "map": sum(precision) / relevant,
        "map_at_r": sum(first) / relevant,
        "chance": relevant / len(ranked),
    }


def test_every_figure_is_that_of_a_direct_computation(engine: Engine) -> None:
    result = engine.measure.match("kind", queries=40)
    sample = open_sample(engine.folder, "kind")
    assert len(result.rows) == 8
    assert result.queries == len(sample.queries) == 40
    for row in result.rows:
        direct = by_hand(engine, sample, row.space, row.metric)
        shown = {name: getattr(row, name) for name in direct}
        values = {name: value if isinstance(value, float) else value.value for name, value in shown.items()}
        assert values == pytest.approx(direct, abs=5e-5)
        for name in ("match", "recall_5", "recall_10", "map", "map_at_r"):
            assert shown[name].low <= shown[name].value <= shown[name].high
    assert result.chance == pytest.approx(result.rows[0].chance)


def test_the_best_is_first_and_what_cannot_be_told_from_it_is_a_tie(engine: Engine) -> None:
    rows = engine.measure.match("kind").rows
    values = [row.match.value for row in rows]
    assert values == sorted(values, reverse=True)
    assert rows[0].space == "near"
    assert rows[0].match.value > rows[0].chance + 0.2
    marks = {(row.space, row.metric): row.match.mark.value for row in rows}
    assert marks[rows[0].space, rows[0].metric] == "best"
    assert {mark for (space, _), mark in marks.items() if space == "noise"} == {""}
    assert {row.size for row in rows if row.metric == "hamming"} == {2}
    assert {row.size for row in rows if row.metric != "hamming"} == {4 * DIM}
    assert all(row.query_ms > 0 for row in rows)


def test_class_balance_is_told_with_it(engine: Engine) -> None:
    result = engine.measure.match("kind")
    kinds, owners = engine.catalogue.values_of("kind"), engine.catalogue.first_products()
    queries = open_sample(engine.folder, "kind").queries
    boots = np.mean([kinds[owners[one]] == "boot" for one in queries])
    assert result.commonest == pytest.approx(boots)
    assert f"{result.commonest:.1%}" in result.words
    assert f"{result.rows[0].chance:.1%}" in result.words
    balanced = result.rows[0].by_label
    assert 0 < balanced <= 1


def test_only_photos_with_an_answer_are_queries(engine: Engine) -> None:
    engine.measure.match("kind")
    sample = open_sample(engine.folder, "kind")
    owners = engine.catalogue.first_products()
    assert f"p{ALONE}" not in {owners[one] for one in sample.queries}
    assert f"p{ALONE}" in {owners[one] for one in sample.gallery}
    assert f"p{UNLABELLED}" not in {owners[one] for one in sample.gallery}


def test_a_sample_is_drawn_once_and_used_again(engine: Engine) -> None:
    first = engine.measure.match("kind", queries=20, spaces=("near",))
    path = sample_path(engine.folder, "kind")
    before = path.read_bytes()
    again = engine.measure.match("kind", queries=30, seed=7)
    assert path.read_bytes() == before
    assert again.queries == 20
    same = next(row for row in again.rows if (row.space, row.metric) == ("near", first.rows[0].metric))
    assert same.match.value == first.rows[0].match.value
    assert (same.match.low, same.match.high) == (first.rows[0].match.low, first.rows[0].match.high)
    drawn = engine.measure.match("kind", queries=30, seed=7, again=True)
    assert drawn.queries == 30
    assert path.read_bytes() != before


def test_a_sample_that_does_not_fit_is_said_to(engine: Engine) -> None:
    engine.measure.match("kind", sample="one")
    shown = engine.catalogue.ids()
    values = [
        Attribute(product_id=one, name="half", value="ab"[place % 2], origin=Origin.HUMAN)
        for place, one in enumerate(shown)
    ]
    engine.catalogue.annotate(values, by="Kim")
    with pytest.raises(UsageError, match="is for kind, not half"):
        engine.measure.match("half", sample="one")
    with pytest.raises(UnknownNameError):
        engine.measure.match("kinds")
    with pytest.raises(UsageError, match="is not one of l1, l2"):
        engine.measure.match("kind", metrics=("l3",))
    path = sample_path(engine.folder, "one")
    path.write_text(path.read_text()[:-40])
    with pytest.raises(NotFoundError, match="damaged"):
        engine.measure.match("kind", sample="one")


def test_labels_that_are_gone_since_are_left_out_and_counted(engine: Engine) -> None:
    engine.measure.match("kind")
    sample = open_sample(engine.folder, "kind")
    owner = engine.catalogue.first_products()[sample.queries[0]]
    engine.catalogue.annotate(
        [Attribute(product_id=owner, name="kind", value="", origin=Origin.HUMAN, unknown=True)], by="Kim"
    )
    result = engine.measure.match("kind")
    assert result.queries < len(sample.queries)
    assert any("since the sample was taken" in note for note in result.notes)


def test_a_classifiers_space_is_judged_on_its_test_photos_and_so_are_all_beside_it(engine: Engine) -> None:
    test = put_split(engine, "kinds", test_share=0.6)
    put_classifier(engine, "kinds", split="kinds", key="abc")
    put_space(engine, "classifier-kinds", spread=0.1, seed=3, model="classifier:kinds", key="abc")
    result = engine.measure.match("kind")
    sample = open_sample(engine.folder, "kind")
    assert sample.splits == ("kinds",)
    assert set(sample.queries) <= test
    assert not set(sample.gallery) <= test
    assert {row.queries for row in result.rows} == {len(sample.queries)}
    assert {row.taught for row in result.rows if row.space == "classifier-kinds"} == {"kind"}
    assert any("test photos of the split 'kinds'" in note for note in result.notes)


def test_an_older_sample_gives_a_classifier_only_the_queries_it_did_not_learn(engine: Engine) -> None:
    engine.measure.match("kind")
    test = put_split(engine, "kinds", test_share=0.6)
    put_classifier(engine, "kinds", split="kinds", key="abc")
    put_space(engine, "classifier-kinds", spread=0.1, seed=3, model="classifier:kinds", key="abc")
    result = engine.measure.match("kind", metrics=("l2",))
    queries = open_sample(engine.folder, "kind").queries
    of_space = {row.space: row.queries for row in result.rows}
    assert of_space["classifier-kinds"] == len(test.intersection(queries)) < of_space["near"] == len(queries)


@pytest.mark.parametrize(
    ("share", "key", "message"),
    [
        (0.1, "abc", "take a new sample"),
        (0.6, "another", "was trained again"),
        (None, "abc", "is gone"),
        (0.0, "abc", "was recreated"),
    ],
)
def test_a_space_that_cannot_be_judged_fairly_is_left_out(
    engine: Engine, share: float | None, key: str, message: str
) -> None:
    engine.measure.match("kind")
    put_split(engine, "kinds", test_share=share or 0.5)
    if share is not None:
        put_classifier(engine, "kinds", split="kinds", key="abc")
    if share == 0:
        put_split(engine, "kinds", test_share=0.4)
    put_space(engine, "classifier-kinds", spread=0.1, seed=3, model="classifier:kinds", key=key)
    result = engine.measure.match("kind", metrics=("l2",))
    assert {row.space for row in result.rows} == {"near", "noise"}
    assert any(message in note for note in result.notes)


def test_a_space_that_lacks_photos_is_left_out(engine: Engine) -> None:
    engine.measure.match("kind")
    space = engine.space("noise")
    space.remove([open_sample(engine.folder, "kind").gallery[0]])
    result = engine.measure.match("kind", metrics=("l2",))
    assert {row.space for row in result.rows} == {"near"}
    assert any("lacks 1 photos" in note for note in result.notes)


def test_queries_are_mapped_within_the_frame(engine: Engine) -> None:
    points = engine.measure.match("kind", metrics=("l2",), mapped=25).points
    assert {point.space for point in points} == {"near", "noise"}
    assert len(points) == 50
    assert {point.photo_id for point in points} <= set(open_sample(engine.folder, "kind").queries)
    for along in ("x", "y"):
        places = [getattr(point, along) for point in points if point.space == "near"]
        assert (min(places), max(places)) == (0, 1)


@pytest.mark.parametrize("metric", METRICS)
def test_the_match_of_a_photo_is_the_boards_first(engine: Engine, metric: str) -> None:
    board = engine.measure.match("kind", metrics=(metric,), spaces=("near",))
    sample = open_sample(engine.folder, "kind")
    families = dict(zip(sample.gallery, sample.families, strict=True))
    kept = engine.space("near")
    kept.remove(set(kept.ids) - set(sample.gallery))
    found = nearest_other(engine, engine.space("near"), metric, sample.queries, families=families)
    kinds, owners = engine.catalogue.values_of("kind"), engine.catalogue.first_products()
    right = [kinds[found[one].product_id] == kinds[owners[one]] for one in sample.queries]
    assert np.mean(right) == pytest.approx(board.rows[0].match.value)
    for query, match in found.items():
        assert owners[match.photo_id] != owners[query]
        assert families[match.photo_id] != families[query]


def test_a_copy_that_is_sold_as_another_product_is_no_match(engine: Engine) -> None:
    engine.measure.match("kind")
    sample = open_sample(engine.folder, "kind")
    owned: dict[str, Any] = {}
    for photo, product in engine.catalogue.first_products().items():
        owned.setdefault(product, photo)
    families = dict(zip(sample.gallery, sample.families, strict=True))
    assert families[owned["twin"]] == families[owned["p03"]]
    own = engine.spaces.open("near")
    own.append([owned["twin"]], own.vectors[[own.ids.index(owned["p03"])]])
    plain = nearest_other(engine, engine.space("near"), "l2", [owned["p03"]])
    assert plain[owned["p03"]].product_id == "twin"
    heeded = nearest_other(engine, engine.space("near"), "l2", [owned["p03"]], families=families)
    assert heeded[owned["p03"]].product_id != "twin"


def test_a_photo_that_is_not_embedded_has_no_match_to_ask_for(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="is not in the space"):
        nearest_other(engine, engine.space("near"), None, ["nothing"])
