"""Tuning a label of a catalogue: the study in words, its trials, its page, and a real command killed in the middle."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lookscape.classifiers.tuning import search_space
from lookscape.classifiers.tuning.study import read_trials, study_folder
from lookscape.engine import Engine
from lookscape.errors import UnavailableError, UnknownNameError, UsageError
from lookscape.interfaces.http.app import create_app
from lookscape.representation.splits.saved import open_split, split_names
from lookscape.tools.predict import train, tune
from told_catalogue import open_told

QUICK = {"backbone": "encoder", "side": 16, "epochs": 1.0, "evaluations": 2}
COMMAND = [sys.executable, "-m", "lookscape", "predict", "tune", "tone", "--backbone", "encoder", "--side", "16"]


@pytest.fixture(scope="module")
def folder(told_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn products, most of them labelled dark or light, and a study of four trials and a repeat."""
    made = tmp_path_factory.mktemp("tune") / "catalogue"
    shutil.copytree(told_folder, made)
    engine = open_told(made)
    engine.predict.tune("tone", trials=4, repeats=1, **QUICK)
    engine.catalogue.close()
    return made


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = open_told(tmp_path / "catalogue")
    yield opened
    opened.catalogue.close()


def test_it_says_what_it_found_and_the_same_call_does_nothing(engine: Engine) -> None:
    found = engine.predict.tune("tone", trials=4, repeats=1, **QUICK)
    assert (found.study, found.split, found.trials, found.attribute) == ("tone", "tone", 4, "tone")
    trials = engine.predict.trials().trials
    assert [one.number for one in trials] == [0, 1, 2, 3]
    assert found.defaults == trials[0].macro_f1
    assert found.macro_f1 == max(one.macro_f1 for one in trials if one.state == "finished")
    assert (found.repeats == 1) == (found.best != 0)
    assert found.gain_low is None
    assert "chance" in found.words or "none of 4 trials beats the defaults" in found.words
    assert "labels smoothed by" in found.settings
    again = engine.predict.tune("tone", trials=4, repeats=1, **QUICK)
    assert (again.words, again.trials) == (found.words, found.trials)
    more = engine.predict.tune("tone", trials=5, repeats=0)
    assert more.trials == 5
    assert engine.predict.trials("tone").trials[:4] == trials


def test_the_defaults_are_those_of_learn_and_lie_in_the_space(engine: Engine) -> None:
    own = train.Params(attribute="tone", backbone=QUICK["backbone"], side=QUICK["side"])
    settings = search_space.settings_of(train.recipe_of(own, None))
    first = engine.predict.trials().trials[0]
    assert {name: getattr(first, name) for name in settings} == settings
    settings = search_space.settings_of(train.recipe_of(train.Params(attribute="tone"), None))
    for name, (low, high) in {
        "dropout": search_space.DROPOUT,
        "learning_rate": search_space.LEARNING_RATE,
        "frozen": search_space.FROZEN,
        "head_learning_rate_factor": search_space.HEAD_LEARNING_RATE_FACTOR,
        "label_smoothing": search_space.LABEL_SMOOTHING,
    }.items():
        assert low <= settings[name] <= high
    assert settings["batch_size"] in search_space.BATCHES
    assert settings["optimizer"] in search_space.OPTIMIZERS
    assert {"backbone", "weights", "init_from", "side", "balance", "seed"} <= set(train.Params.model_fields)


def test_labels_of_test_photos_change_nothing(engine: Engine) -> None:
    test = {one for one, part in open_split(engine.folder, "tone").parts.items() if part == "test"}
    products = engine.catalogue.products(engine.catalogue.ids())
    changed = [one for one, product in products.items() if set(product.photo_ids) <= test]
    assert len(changed) > 5
    before = engine.predict.trials().trials
    engine.annotate.set("tone", "dark", products=tuple(changed))
    assert engine.predict.tune("tone", trials=4, repeats=1, **QUICK).trials == 4
    again = engine.predict.tune("tone", study="other", trials=2, repeats=0, **QUICK)
    assert again.trials == 2
    with pytest.raises(UsageError, match="of split=tone, not second"):
        engine.predict.train("tone", split="second", study="other", backbone="encoder")
    assert "second" not in split_names(engine.folder)
    told = engine.predict.train("tone", name="tuned", study="other", side=16, epochs=1.0)
    assert (told.split, engine.classifier("tuned").network.config.backbone) == ("tone", "encoder")
    with pytest.raises(UsageError, match="of backbone=encoder"):
        engine.predict.train("tone", study="other", backbone="timm/resnet10t")
    engine.measure.split("tone", label="tone", seed=3, again=True)
    with pytest.raises(UsageError, match="recreated since the study"):
        engine.predict.train("tone", study="other", backbone="encoder")
    for one, other in zip(before, engine.predict.trials("other").trials, strict=False):
        assert (one.evaluations, one.learning_rate) == (other.evaluations, other.learning_rate)


def test_its_page_needs_no_network(engine: Engine, tmp_path: Path) -> None:
    page = engine.folder / "reports" / "study-tone.html"
    text = page.read_text()
    for title in ("History", "Intermediate values", "Trials", "defaults"):
        assert title in text
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", text)
    assert "<script" not in text
    shown = engine.predict.trials(best_first=True, out=str(tmp_path / "study.html"))
    assert shown.file == str(tmp_path / "study.html")
    assert text.count("<img") == (tmp_path / "study.html").read_text().count("<img") >= 2
    assert shown.trials[0].number == shown.best
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    assert client.post("/api/v1/predict/trials", json={"out": "/tmp/study.html"}).status_code == 422
    assert client.post("/api/v1/predict/trials", json={}).json()["words"] == shown.words


def test_a_command_that_was_killed_goes_on(engine: Engine, folder: Path) -> None:
    place = study_folder(engine.folder, "long")
    words = [*COMMAND, "--study", "long", "--epochs", "2", "--looks", "2", "--trials", "3", "--repeats", "0"]
    words += ["-C", str(engine.folder), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        ended = time.monotonic() + 240
        while time.monotonic() < ended and len(read_trials(place)) < 2:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert len(read_trials(place)) >= 2
    found = engine.predict.tune("tone", study="long", trials=3, repeats=0, **{**QUICK, "epochs": 2.0})
    assert found.trials == 3
    assert [one.number for one in engine.predict.trials("long").trials] == [0, 1, 2]
    assert {one.state for one in engine.predict.trials("long").trials} <= {"finished", "pruned"}


def test_what_cannot_be_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="tone"):
        engine.predict.trials("colour")
    with pytest.raises(UnknownNameError):
        engine.predict.tune("no such thing", **QUICK)
    with pytest.raises(UsageError, match=r"started with epochs 1\.0, not 3\.0"):
        engine.predict.tune("tone", **{**QUICK, "epochs": 3.0})
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UnavailableError, match=r"pip install 'lookscape\[ray\]'"):
        engine.predict.tune("tone", study="far", ray=2, **QUICK)
    assert tune.SLOW
