"""Learning a label and telling it: of a photo, of the products that nobody labelled, and of nothing anybody said."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from fastapi.testclient import TestClient
from PIL import Image
from pyarrow import parquet

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.classifiers.augmentation import Augmentation
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.interfaces.http.app import create_app
from lookscape.representation.spaces.preprocess import decode
from lookscape.representation.splits.saved import open_split
from lookscape.services.comparison.groups import two_groups
from lookscape.services.labels.guesses import guessed_products, without_guesses
from lookscape.services.spaces.vectors import vectors_of
from lookscape.settings import Settings
from lookscape.tools.predict.train import Params, recipe_of

MIDDLE = 220
"""Grey level that about half of the drawn photos are darker than, on average."""

KNOWN = 110
"""Of 150 products the first so many are labelled `tone`."""

QUICK = {"backbone": "encoder", "side": 16, "epochs": 8.0, "batch_size": 16, "learning_rate": 3e-4}


def tone(engine: Engine, photo_id: str) -> str:
    """Whether a drawn product is darker than most."""
    pixels = decode(engine.catalogue.read_photo(photo_id), side=32)
    return "dark" if pixels.mean() < MIDDLE else "light"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("learn") / "catalogue"
    engine = Engine(Catalogue(Settings(catalogue=made, workers=1)))
    ingest(engine.catalogue, "rendered:150,size=32", progress=lambda done, total, stage: None)
    products = engine.catalogue.products(engine.catalogue.ids())
    known = [
        Attribute(product_id=one, name="tone", value=tone(engine, products[one].photo_ids[0]), origin=Origin.HUMAN)
        for one in sorted(products)[:KNOWN]
    ]
    engine.catalogue.annotate(known, by="Kim")
    engine.predict.train("tone", **QUICK)
    engine.catalogue.close()
    return made


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


def values(engine: Engine) -> dict[str, Attribute]:
    return {item.product_id: item for item in engine.catalogue.shown(engine.catalogue.ids(), ["tone"])}


def test_it_says_how_well_it_tells_products_it_never_saw(engine: Engine) -> None:
    again = engine.predict.train("tone", **QUICK)
    assert "nothing was done" in again.notes[0]
    assert (again.name, again.split, again.classes) == ("tone", "tone", 2)
    assert again.train + again.validation + again.test == KNOWN
    assert again.accuracy_low <= again.accuracy <= again.accuracy_high
    assert again.accuracy > again.majority
    split = engine.measure.split("tone", label="tone", dry_run=True)
    counts = {one.value: one.train for one in split.classes}
    assert again.train == counts["dark"] + counts["light"]


def test_a_photo_is_told(engine: Engine) -> None:
    photo_id = engine.catalogue.photo_ids()[0]
    told = engine.predict.classify(engine.catalogue.read_photo(photo_id), limit=1)
    assert len(told.guesses) == 1
    assert told.attribute == "tone"
    assert 0.5 <= told.guesses[0].chance <= 1
    both = engine.predict.classify(engine.catalogue.read_photo(photo_id))
    assert sum(guess.chance for guess in both.guesses) == pytest.approx(1, abs=2e-4)
    assert told.words == f"tone: {told.guesses[0].value}, {told.guesses[0].chance:.0%} sure"


def test_the_catalogue_is_told_where_nobody_said_and_undone_at_once(engine: Engine) -> None:
    before = values(engine)
    asked = engine.predict.classify(threshold=0.6, dry_run=True)
    assert values(engine) == before
    told = engine.predict.classify(threshold=0.6)
    assert (told.written, told.open, told.values) == (asked.written, asked.open, asked.values)
    assert told.written + told.open == 150 - KNOWN
    after = values(engine)
    new = {one: item for one, item in after.items() if one not in before}
    assert {one: item for one, item in after.items() if one in before} == before
    assert len(new) == told.written > 20
    assert all(item.origin is Origin.PREDICTED and item.confidence >= 0.6 for item in new.values())
    products = engine.catalogue.products(sorted(new))
    right = [item.value == tone(engine, products[one].photo_ids[0]) for one, item in new.items()]
    assert np.mean(right) > 0.8
    engine.annotate.undo(act=told.act)
    assert values(engine) == before


def test_what_was_guessed_is_neither_learned_from_nor_judged_by(engine: Engine) -> None:
    before = engine.predict.train("tone", **QUICK)
    engine.predict.classify(name="tone", threshold=0.0)
    assert len(values(engine)) > KNOWN
    after = engine.predict.train("tone", again=True, **QUICK)
    assert (after.train, after.validation, after.test) == (before.train, before.validation, before.test)
    assert after.accuracy == before.accuracy


def test_guesses_of_products_are_told_apart_from_what_is_said(engine: Engine) -> None:
    said = set(engine.catalogue.values_of("tone"))
    assert guessed_products(engine, "tone") == frozenset()
    act = engine.predict.classify(name="tone", threshold=0.0).act
    guessed = set(engine.catalogue.values_of("tone")) - said
    assert guessed_products(engine, "tone") == guessed
    assert len(guessed) == len(engine.catalogue.ids()) - KNOWN
    left = without_guesses(engine, engine.catalogue.products(engine.catalogue.ids()).values())
    assert {product.id for product in left if "tone" in product.attributes} == said
    groups = two_groups(engine, "tone=dark", "tone=light", ())
    assert {*groups.first, *groups.second} == said
    engine.annotate.undo(act=act)
    assert guessed_products(engine, "tone") == frozenset()


def test_what_a_name_says_is_not_told_by_looks(engine: Engine) -> None:
    engine.annotate.names(brand="maker", model="")
    read = {item.product_id: item.value for item in engine.catalogue.shown(engine.catalogue.ids(), ["maker"])}
    assert len(read) > KNOWN
    engine.predict.train("maker", **QUICK)
    assert engine.predict.classify(name="maker", threshold=0.0).written == len(engine.catalogue.ids()) - len(read)
    now = {item.product_id: item.value for item in engine.catalogue.shown(engine.catalogue.ids(), ["maker"])}
    assert {product: now[product] for product in read} == read


def test_a_name_that_says_nothing_any_more_leaves_its_product_open(engine: Engine) -> None:
    engine.annotate.names(brand="maker", model="")
    engine.predict.train("maker", **{**QUICK, "epochs": 1.0})
    before = engine.predict.classify(name="maker", threshold=0.0, dry_run=True)
    engine.annotate.names(brand="maker", model="", threshold=1.0)
    taken_back = len(engine.catalogue.ids()) - len(engine.catalogue.values_of("maker"))
    after = engine.predict.classify(name="maker", threshold=0.0, dry_run=True)
    assert after.written + after.open == taken_back >= before.written + before.open


def test_a_stricter_run_takes_back_what_is_no_longer_sure(engine: Engine) -> None:
    engine.predict.classify(threshold=0.0)
    strict = engine.predict.classify(threshold=1.0)
    assert strict.written == 0
    predicted = [item for item in values(engine).values() if item.origin is Origin.PREDICTED]
    assert len(predicted) == 150 - KNOWN
    assert all(item.unknown for item in predicted)


def test_it_is_judged_beside_simpler_means(engine: Engine) -> None:
    learned = engine.predict.train("tone", **QUICK)
    judged = engine.predict.evaluate()
    assert judged.accuracy.value == pytest.approx(learned.accuracy, abs=1e-4)
    assert (judged.photos, judged.majority) == (learned.test, pytest.approx(learned.majority, abs=1e-4))
    assert judged.gain.value == pytest.approx(judged.accuracy.value - judged.linear.value, abs=2e-4)
    assert judged.gain.low <= judged.gain.value <= judged.gain.high
    assert sum(map(sum, judged.confusion)) == judged.photos == sum(one.photos for one in judged.calibration)
    wrong = judged.photos - sum(judged.confusion[place][place] for place in range(2))
    assert len(judged.mistakes) == wrong
    assert [one.confidence for one in judged.mistakes] == sorted(
        (one.confidence for one in judged.mistakes), reverse=True
    )
    assert all(one.predicted != one.value and one.product_ids for one in judged.mistakes)
    assert {one.value: one.support for one in judged.classes} == {
        value: sum(judged.confusion[place]) for place, value in enumerate(judged.order)
    }
    assert len(judged.evaluations) == 8
    quick = engine.predict.evaluate(part="validation", linear=False)
    assert (quick.photos, quick.linear, quick.gain) == (learned.validation, None, None)


def test_a_split_that_heeds_no_attribute_serves_any(engine: Engine) -> None:
    engine.measure.split("plain")
    learned = engine.predict.train("tone", name="other", split="plain", **{**QUICK, "epochs": 1.0})
    assert (learned.split, learned.classes) == ("plain", 2)
    assert learned.train + learned.validation + learned.test == KNOWN


def test_values_that_were_corrected_count_as_they_are_now(engine: Engine) -> None:
    before = engine.predict.evaluate(linear=False, mistakes=500)
    parts = open_split(engine.folder, "tone").parts
    owners = engine.catalogue.first_products()
    held = {owners[photo_id]: photo_id for photo_id, part in parts.items() if part == "test" and photo_id in owners}
    wrong = {mistake.photo_id: mistake.predicted for mistake in before.mistakes}
    dark = next(one for one, item in values(engine).items() if one in held and item.value == "dark")
    engine.annotate.set("tone", "light", products=(dark,))
    after = engine.predict.evaluate(linear=False, mistakes=500)
    assert (after.photos, after.corrected, after.gone) == (before.photos, 1, 0)
    change = 1 if held[dark] in wrong else -1
    assert after.accuracy.value == pytest.approx(before.accuracy.value + change / before.photos, abs=1e-4)
    engine.annotate.clear("tone", products=(dark,))
    last = engine.predict.evaluate(linear=False)
    assert (last.photos, last.corrected, last.gone) == (before.photos - 1, 0, 1)


def test_values_that_it_never_learned_are_not_judged_by_old_predictions(engine: Engine) -> None:
    known = [one for one, item in values(engine).items() if item.value == "dark"]
    engine.annotate.set("tone", "pale", products=tuple(known[:60]))
    with pytest.raises(UsageError, match="train it again"):
        engine.predict.evaluate()


def test_a_split_that_was_made_anew_judges_nothing_that_was_learned_before(engine: Engine) -> None:
    engine.manage.embed("classifier:tone")
    engine.measure.split("tone", label="tone", seed=5, again=True)
    with pytest.raises(UsageError, match="was recreated"):
        engine.predict.evaluate()
    with pytest.raises(UsageError, match="was recreated"):
        engine.predict.train("tone", name="more", split="tone", init_from="classifier:tone", epochs=1.0)
    product = engine.catalogue.find(limit=1).products[0]
    assert engine.predict.counterfactual(product.id).space == ""


def test_values_that_came_after_the_split_are_said_to_be_left_out(engine: Engine) -> None:
    bare = [one for one in engine.catalogue.ids() if one not in values(engine)]
    engine.annotate.set("tone", "pale", products=tuple(bare[:7]))
    again = engine.predict.train("tone", **{**QUICK, "epochs": 1.0})
    assert again.classes == 2
    [note] = [note for note in again.notes if "pale" in note]
    assert note.startswith("7 photos were left out, as no training photo has their tone (pale)")


def test_where_it_looks_is_drawn_and_tested(engine: Engine) -> None:
    product = engine.catalogue.find(limit=1).products[0]
    told = engine.predict.explain(product.id, faithfulness=True, method="layer_cam")
    assert told.photo_id == product.photo_ids[0]
    assert (told.value, told.instead) == tuple(guess.value for guess in told.guesses)
    assert told.layer == told.layers[-1]
    assert [one.map for one in told.tested] == ["layer_cam", "random", "centre"]
    assert all(0 <= figure <= 1 for one in told.tested for figure in (one.deletion, one.insertion, one.road))
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    pictures = [client.get(url) for url in (told.heat_url, told.instead_url)]
    assert [answer.status_code for answer in pictures] == [200, 200]
    assert [Image.open(io.BytesIO(answer.content)).size for answer in pictures] == [(384, 384)] * 2
    assert pictures[0].content != pictures[1].content
    name, key = told.heat_url.split("/")[2:4]
    for wrong in (
        told.heat_url.replace(key, "old"),
        told.heat_url.replace(f"/{name}/", "/nobody/"),
        f"{told.heat_url[:-6]}7.webp",
        f"{told.heat_url[:-6]}x.webp",
    ):
        assert client.get(wrong).status_code == 404
    other = engine.predict.explain(product.id, value=told.instead)
    assert (other.value, other.instead) == (told.instead, told.value)


def test_a_split_serves_other_attributes_too(engine: Engine) -> None:
    found = engine.predict.train("silhouette", split="tone", **{**QUICK, "epochs": 0.01})
    assert (found.attribute, found.split) == ("silhouette", "tone")
    saved = open_split(engine.folder, "tone")
    table = parquet.read_table(engine.folder / "classifiers" / "silhouette" / "predictions.parquet").to_pydict()
    assert all(saved.parts[one] == part for one, part in zip(table["photo_id"], table["part"], strict=True))
    assert found.test == sum(part == "test" for part in table["part"])


def test_what_is_not_there_is_said(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match=r"shoe.*tone"):
        engine.predict.classify(name="shoe")
    with pytest.raises(UnknownNameError):
        engine.predict.train("no such thing")
    product = engine.catalogue.find(limit=1).products[0].id
    with pytest.raises(UnknownNameError, match="dark"):
        engine.predict.explain(product, value="green")
    with pytest.raises(UnknownNameError, match="score_cam"):
        engine.predict.explain(product, method="guess", judge=True)
    with pytest.raises(NotFoundError):
        engine.predict.explain("nobody")
    with pytest.raises((UnknownNameError, NotFoundError)):
        engine.predict.train("tone", init_from="nobody")


def test_what_its_last_layer_sees_is_a_space(engine: Engine) -> None:
    made = engine.manage.embed("classifier:tone")
    assert made.vectors == len(engine.catalogue.photo_ids())
    assert made.metric == "cosine"
    first = engine.search.find(limit=1).products[0]
    classifier = engine.classifier("tone")
    photo = decode(engine.catalogue.read_photo(first.photo_id), side=classifier.side)
    vector = vectors_of(engine.space(made.space), [first.photo_id])[0]
    np.testing.assert_allclose(vector, classifier.encode([photo[:, ::-1]])[0], rtol=1e-4, atol=1e-5)
    x_BCHW = torch.from_numpy(np.stack([photo, photo[:, ::-1]])).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        expected = classifier.network.logits(x_BCHW).mean(0).numpy() / classifier.temperature
    chances = np.exp(expected - expected.max())
    np.testing.assert_allclose(classifier.chances([photo])[0], chances / chances.sum(), atol=0.02)


def test_a_space_of_a_classifier_that_was_trained_again_is_made_anew(engine: Engine) -> None:
    engine.manage.embed("classifier:tone")
    before = engine.classifier("tone").key
    engine.predict.train("tone", **{**QUICK, "seed": 1})
    assert engine.classifier("tone").key != before, "it is read again"
    assert engine.manage.embed("classifier:tone").rebuilt
    with pytest.raises(UnknownNameError, match="classifier"):
        engine.manage.embed("classifier:nobody")


def test_a_classifier_starts_from_another_one_of_the_same_split(engine: Engine) -> None:
    own = {**QUICK, "epochs": 0.01, "learning_rate": 1e-12}
    engine.predict.train("tone", name="second", init_from="classifier:tone", **own)
    before, after = (
        torch.cat([weight.flatten() for weight in engine.classifier(name).network.backbone.parameters()])
        for name in ("tone", "second")
    )
    torch.testing.assert_close(before, after)
    engine.measure.split("another", label="tone", seed=5)
    with pytest.raises(UsageError, match="may have seen test photos of 'another'"):
        engine.predict.train("tone", name="fourth", split="another", init_from="classifier:tone", **own)


def test_a_start_with_a_layer_between_hands_it_on(engine: Engine) -> None:
    engine.predict.train("tone", name="deep", hidden=(8,), **{**QUICK, "epochs": 1.0})
    engine.predict.train("tone", name="on", init_from="classifier:deep", epochs=1.0, batch_size=16, learning_rate=1e-12)
    deep, on = (engine.classifier(name).network for name in ("deep", "on"))
    assert on.config.hidden == (8,)
    for one, other in zip(deep.parameters(), on.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_filters_name_products_and_write_a_sheet(engine: Engine, tmp_path: Path) -> None:
    found = engine.predict.filters(channels=4, strongest=3, photos=40, out=tmp_path / "sheet.png")
    assert len(found.channels) == 4
    for channel in found.channels:
        assert channel.values == sorted(channel.values, reverse=True)
        assert all(engine.catalogue.product(product) for product in channel.products)
    with Image.open(found.out) as sheet:
        assert sheet.size == (4 * 72, 4 * 72), "a filter and three cut-outs in each of four rows"
    with pytest.raises(UsageError, match=r"must end in \.png or \.webp"):
        engine.predict.filters(out=tmp_path / "sheet.txt")
    with TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1") as client:
        answer = client.post("/api/v1/predict/filters", json={"out": "/anywhere.png"})
        assert 400 <= answer.status_code < 500


def test_photos_are_changed_as_asked() -> None:
    asked = Params(
        attribute="hype",
        min_crop_area=0.5,
        rotation_degrees=5.0,
        brightness_contrast=0.1,
        saturation=0.0,
        random_erasing=0.4,
        recolouring=0.3,
        progressive_resizing=1.0,
    )
    changes = recipe_of(asked, None).augmentation(96)
    assert isinstance(changes, Augmentation)
    assert (changes.crop_area, changes.rotation_degrees) == ((0.5, 1.0), 5.0)
    assert (changes.brightness_contrast, changes.saturation, changes.random_erasing, changes.recolouring) == (
        0.1,
        0.0,
        0.4,
        0.3,
    )
