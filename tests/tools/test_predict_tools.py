"""Filling gaps end to end on a rendered catalogue: provenance, abstention, undo, nobody's word touched."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.representation.spaces.space import SpaceInfo
from lookscape.services.imputation.report import read_report
from lookscape.settings import Settings

KNOWN = 60
"""Of 96 products the first so many are labelled `heap`."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gaps") / "catalogue"
    engine = Engine(Catalogue(Settings(catalogue=made, workers=1)))
    ingest(engine.catalogue, "rendered:96,size=32", progress=lambda done, total, stage: None)
    ids = sorted(engine.catalogue.photo_ids())
    rng = np.random.default_rng(0)
    vectors = 4 * np.eye(6)[np.arange(len(ids)) % 3] + rng.normal(0, 0.5, (len(ids), 6))
    engine.spaces.create("heaps", SpaceInfo(model="made-up", key="k", dim=6, metric="l2")).append(
        ids, vectors.astype(np.float32)
    )
    products = sorted(truth_of(engine))
    engine.catalogue.annotate([human(one, truth_of(engine)[one]) for one in products[:KNOWN]], by="Kim")
    engine.catalogue.close()
    return made


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


def human(product_id: str, value: str) -> Attribute:
    return Attribute(product_id=product_id, name="heap", value=value, origin=Origin.HUMAN)


def truth_of(engine: Engine) -> dict[str, str]:
    """Product -> the heap that its photo's vector is of."""
    order = {photo: row for row, photo in enumerate(sorted(engine.catalogue.photo_ids()))}
    products = engine.catalogue.products(engine.catalogue.ids())
    return {one: f"heap {order[product.photo_ids[0]] % 3}" for one, product in products.items()}


def heap_values(engine: Engine) -> dict[str, Attribute]:
    return {item.product_id: item for item in engine.catalogue.shown(engine.catalogue.ids(), ["heap"])}


def fill(engine: Engine, **more: object) -> object:
    return engine.predict.impute("heap", space=("heaps",), **more)


def test_gaps_are_filled_with_predictions_in_one_undoable_act(engine: Engine) -> None:
    truth, before = truth_of(engine), heap_values(engine)
    made = fill(engine)
    after = heap_values(engine)
    predicted = {one: item for one, item in after.items() if item.origin is Origin.PREDICTED}
    assert {one: item for one, item in after.items() if one in before} == before
    assert (made.known, made.missing, made.written) == (KNOWN, 96 - KNOWN, len(predicted))
    assert made.written + made.open == made.missing
    assert made.written > 30
    assert np.mean([item.value == truth[one] for one, item in predicted.items()]) > 0.95
    assert all(made.threshold <= item.confidence + 1e-3 <= 1.001 for item in predicted.values())
    assert made.expected == pytest.approx(np.mean([item.confidence for item in predicted.values()]), abs=1e-3)
    assert {item.by for item in predicted.values()} == {"impute"}
    assert engine.catalogue.history(limit=1)[0].id == made.act
    engine.annotate.undo(made.act)
    assert heap_values(engine) == before


def test_methods_are_told_with_intervals_beside_the_baseline(engine: Engine) -> None:
    made = fill(engine, dry_run=True)
    assert made.act is None
    assert [one.chosen for one in made.methods] == [True] + [False] * (len(made.methods) - 1)
    names = {one.method for one in made.methods}
    assert names == {"knn", "logistic", "kernel", "spreading", "together", "majority"}
    for one in made.methods:
        assert one.low <= one.accuracy <= one.high
    majority = next(one for one in made.methods if one.method == "majority")
    assert majority.accuracy == pytest.approx(max(value.known for value in made.values) / KNOWN, abs=1e-3)
    assert made.methods[0].accuracy > majority.high
    assert len(heap_values(engine)) == KNOWN
    assert read_report(engine, "heap") == made
    written = [step.written for step in made.curve]
    assert written == sorted(written, reverse=True)
    assert written[0] == made.missing


def test_what_is_not_sure_enough_is_left_open_and_an_earlier_guess_goes(engine: Engine) -> None:
    first = fill(engine, threshold=0)
    assert first.open == 0
    assert len(heap_values(engine)) == 96
    second = fill(engine, threshold=1)
    assert (second.written, second.open) == (0, 96 - KNOWN)
    assert "left open" in second.words
    values = {one: item for one, item in heap_values(engine).items() if not item.unknown}
    assert len(values) == KNOWN
    assert {value.value for facet in engine.catalogue.facets() if facet.name == "heap" for value in facet.values} == {
        "heap 0",
        "heap 1",
        "heap 2",
    }
    engine.annotate.undo(second.act)
    assert len([item for item in heap_values(engine).values() if not item.unknown]) == 96
    third = fill(engine, threshold=0)
    assert (third.missing, third.known) == (first.missing, first.known)


def test_a_persons_unknown_and_several_values_are_left_alone(engine: Engine) -> None:
    missing = sorted(set(truth_of(engine)) - set(heap_values(engine)))
    unknown = Attribute(product_id=missing[0], name="heap", value="", origin=Origin.HUMAN, unknown=True)
    engine.catalogue.annotate([unknown], by="Kim")
    engine.annotate.set("heap", "heap 0", products=(missing[1],))
    engine.annotate.add("heap", "heap 1", products=(missing[1],))
    before = {one: [item.value for item in engine.catalogue.attributes(one)] for one in missing[:2]}
    made = fill(engine, threshold=0)
    assert made.several == 1
    assert made.missing == 96 - KNOWN - 2
    assert {one: [item.value for item in engine.catalogue.attributes(one)] for one in missing[:2]} == before


def test_predictions_are_listed_and_taken_over_by_a_person(engine: Engine) -> None:
    fill(engine, threshold=0)
    least, surest = engine.predict.show("heap"), engine.predict.show("heap", order="surest", limit=3)
    assert least.total == 96 - KNOWN
    assert least.predictions[0].confidence <= surest.predictions[-1].confidence
    ids = tuple(item.product_id for item in surest.predictions)
    done = engine.predict.accept("heap", products=ids, by="Kim")
    assert done.accepted == 3
    assert {heap_values(engine)[one].origin for one in ids} == {Origin.HUMAN}
    assert engine.predict.show("heap").total == 96 - KNOWN - 3
    engine.annotate.undo(done.act)
    assert {heap_values(engine)[one].origin for one in ids} == {Origin.PREDICTED}
    with pytest.raises(UsageError, match="choose predictions"):
        engine.predict.accept("heap")
    with pytest.raises(NotFoundError, match="predict impute"):
        engine.predict.accept("heap", products=tuple(sorted(truth_of(engine))[:1]))


def test_all_of_several_predicted_values_are_accepted(engine: Engine) -> None:
    first = sorted(truth_of(engine))[0]
    guessed = [
        Attribute(product_id=first, name="tag", value=value, origin=Origin.PREDICTED, confidence=0.9)
        for value in ("new", "sale")
    ]
    engine.catalogue.annotate(guessed, by="a model")
    assert engine.predict.accept("tag", products=(first,), by="Kim").accepted == 1
    assert engine.catalogue.product(first).values["tag"] == ("new", "sale")
    assert {item.origin for item in engine.catalogue.shown([first], ["tag"])} == {Origin.HUMAN}


def test_products_to_label_next_are_missing_ones_and_the_gain_is_told_honestly(engine: Engine) -> None:
    told = engine.predict.next("heap", num=5, space=("heaps",))
    assert len(told.picks) == 5
    assert not {one.product_id for one in told.picks} & set(heap_values(engine))
    assert all(one.guess.startswith("heap") for one in told.picks)
    assert not told.can_tell  # the heaps are told apart from few labels, so nothing is left to gain
    assert "at random is unclear" in told.words
    assert told.ahead_low <= told.gain - told.gain_at_random <= told.ahead_high


def test_without_labels_to_learn_from_picks_are_typical_ones(engine: Engine) -> None:
    ids = engine.catalogue.ids()[:2]
    engine.catalogue.annotate(
        [Attribute(product_id=one, name="mood", value="calm", origin=Origin.HUMAN) for one in ids], by="Kim"
    )
    told = engine.predict.next("mood", num=4, space=("heaps",))
    assert len(told.picks) == 4
    assert told.gain is None
    assert "too few" in told.words


def test_measures_that_are_there_are_looked_at(engine: Engine) -> None:
    engine.manage.gauge()
    made = fill(engine, dry_run=True, method="logistic")
    assert made.known == KNOWN
    with pytest.raises(UsageError, match="already"):
        engine.predict.next("tone.lightness", space=("heaps",))


def test_wrong_calls_get_one_sentence(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match="no attribute named 'heep'; did you mean heap"):
        engine.predict.impute("heep", space=("heaps",))
    with pytest.raises(UsageError, match="not one of auto"):
        fill(engine, method="magic")
    with pytest.raises(UnknownNameError):
        engine.predict.impute("heap", space=("nowhere",))
    engine.annotate.set("heap", "heap 0", products=tuple(set(truth_of(engine)) - set(heap_values(engine))))
    with pytest.raises(UsageError, match="nothing to predict"):
        fill(engine)


def test_the_result_is_json_that_says_what_to_expect(engine: Engine) -> None:
    made = fill(engine)
    told = json.loads(made.model_dump_json())
    assert told["words"].startswith(f"{made.written} predicted values of heap were written, about ")
