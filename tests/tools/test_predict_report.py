"""A classifier's report: figures against a direct computation, the page on its own, and what is said in words."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from lookscape.interfaces.http.app import create_app
from lookscape.reports.classifier import plots
from lookscape.reports.classifier.kept import last_report
from lookscape.representation.metrics.classes import softmax
from lookscape.services.classification import classifiers as classification_classifiers
from lookscape.services.classification.records import ClassifierReport as Result
from lookscape.services.classification.words import in_short
from told_catalogue import KNOWN, QUICK, open_told

SECTIONS = ["Against simple baselines", "Value by value", "What is mistaken for what", "Confidence and accuracy"]


@pytest.fixture(scope="module")
def folder(told_folder: Path) -> Path:
    return told_folder


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = open_told(tmp_path / "catalogue")
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def made(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, str]:
    """A report with the linear head, and its page."""
    copy = tmp_path_factory.mktemp("made") / "catalogue"
    shutil.copytree(folder, copy)
    engine = open_told(copy)
    result = engine.predict.report()
    engine.catalogue.close()
    return result, Path(result.file).read_text(encoding="utf-8")


def test_it_says_what_judge_says_and_more(engine: Engine) -> None:
    judged = engine.predict.evaluate(linear=False)
    made = engine.predict.report(linear=False)
    assert {name: getattr(made, name) for name in type(judged).model_fields} == dict(judged)
    told = classification_classifiers.open_predictions(engine, engine.classifier(""), part="test")
    for step in made.steps:
        sure = told.confidence_N >= step.threshold
        assert step.answered == pytest.approx(sure.mean(), abs=1e-4)
        assert (
            step.accuracy is None
            if not sure.any()
            else step.accuracy == pytest.approx(told.correct_N[sure].mean(), abs=1e-4)
        )
    assert (made.steps[0].answered, made.steps[0].accuracy) == (1.0, made.accuracy.value)
    chances = softmax(told.logits_NK)
    mean, *own = made.roc
    assert [curve.value for curve in own] == [curve.value for curve in made.precision_recall[1:]]
    assert mean.area == pytest.approx(np.mean([curve.area for curve in own]), abs=2e-4)
    for curve in own:
        code = made.order.index(curve.value)
        true = told.codes_N == code
        pairs = chances[true, code][:, None] - chances[~true, code][None]
        assert curve.area == pytest.approx(np.mean(pairs > 0) + np.mean(pairs == 0) / 2, abs=1e-4)
    learned = engine.predict.train("tone", **QUICK)
    assert (made.train, made.train + made.photos + learned.validation) == (learned.train, KNOWN)


def test_intervals_of_the_dots_redraw_groups(engine: Engine) -> None:
    made = engine.predict.report(linear=False)
    assert sum(one.photos for one in made.calibration) == made.photos
    for one in made.calibration:
        assert one.low is not None
        assert one.low <= one.accuracy <= one.high
        assert (one.low == one.high) == (one.accuracy in (0, 1))


def test_the_page_is_one_file_that_asks_nobody(made: tuple[Result, str]) -> None:
    result, page = made
    assert [title for title in SECTIONS if f">{title}</h2>" not in page] == []
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
    assert "<script" not in page
    assert page.count("data:image/webp") == len(result.mistakes) > 0
    assert f"{result.accuracy.value:.0%}".replace("%", "\u202f%") in page
    assert result.linear is not None
    assert all(sentence.replace("'", "&#39;") in page for sentence in result.in_short)


def test_the_matrix_of_the_page_holds_the_confusions(made: tuple[Result, str]) -> None:
    result, page = made
    [table] = re.findall(r'<table class="confusion">(.*?)</table>', page, re.DOTALL)
    rows = re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', table, re.DOTALL)
    told = re.findall(r"<span>(\w+)</span>", table)
    shown = {
        (true, told[place]): int(count or 0)
        for true, cells in rows
        for place, count in enumerate(re.findall(r"<td[^>]*>(\d*)</td>", cells))
    }
    counted = {
        (true, other): result.confusion[row][column]
        for row, true in enumerate(result.order)
        for column, other in enumerate(result.order)
    }
    assert shown == counted


def test_classes_taken_for_one_another_stand_together() -> None:
    confusion = np.diag([10.0] * 6)
    for one, other in ((0, 3), (3, 5), (1, 4)):
        confusion[one, other] = confusion[other, one] = 4
    order = plots.alike_together(confusion)
    assert sorted(order) == list(range(6))
    place = {code: order.index(code) for code in order}
    assert [abs(place[one] - place[other]) for one, other in ((0, 3), (3, 5), (1, 4))] == [1, 1, 1]
    assert plots.alike_together(np.zeros((2, 2))) == [0, 1]


def test_words_follow_from_the_figures(made: tuple[Result, str]) -> None:
    result, _ = made
    better = result.model_copy(
        update={"gain": result.gain.model_copy(update={"low": 0.02, "value": 0.05, "high": 0.08})}
    )
    worse = result.model_copy(
        update={"gain": result.gain.model_copy(update={"low": -0.08, "value": -0.05, "high": -0.02})}
    )
    unknown = result.model_copy(update={"gain": None, "linear": None})
    assert any("It beats the linear head" in one and "+2.0 to +8.0 points" in one for one in in_short(better))
    assert any("It is worse than the linear head" in one and "−8.0 to −2.0" in one for one in in_short(worse))
    assert any("not compared with" in one for one in in_short(unknown))
    sure = result.model_copy(update={"calibration_error": 0.01})
    off = result.model_copy(
        update={
            "calibration_error": 0.2,
            "calibration": [one.model_copy(update={"confidence": 0.9, "accuracy": 0.5}) for one in result.calibration],
        }
    )
    assert any("is reliable" in one for one in in_short(sure))
    assert any("off by 20 points" in one and "overconfident" in one for one in in_short(off))


def test_it_is_written_where_it_was_asked_for_and_kept(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    assert last_report(engine.folder, "tone") is None
    assert engine.predict.classifiers().classifiers[0].accuracy is None
    made = engine.predict.report(name="tone", linear=False, out=str(path), values=["dark"])
    kept = last_report(engine.folder, "tone")
    assert kept is not None
    assert kept.result == made
    assert kept.body in path.read_text(encoding="utf-8")
    assert [curve.value for curve in made.roc] == ["", "dark"]
    [entry] = engine.predict.classifiers().classifiers
    assert (entry.name, entry.attribute, entry.values, entry.train) == ("tone", "tone", 2, made.train)
    assert (entry.accuracy, entry.low, entry.gain, entry.stale) == (made.accuracy.value, made.accuracy.low, None, False)
    engine.predict.train("tone", **{**QUICK, "seed": 1, "epochs": 1.0})
    assert engine.predict.classifiers().classifiers[0].stale


def test_without_a_course_of_training_none_is_drawn(engine: Engine) -> None:
    [evaluations] = engine.folder.glob("classifiers/*/evaluations.jsonl")
    assert len(plots.Plots(engine.predict.report(linear=False)).courses) > 0
    best = next(point.epoch for point in engine.predict.evaluate(linear=False).evaluations if point.kept)
    lines = evaluations.read_text().splitlines(keepends=True)
    evaluations.write_text("".join(line for line in lines if round(json.loads(line)["epoch"], 2) < best))
    assert engine.predict.evaluate(linear=False).evaluations == []
    evaluations.unlink()
    assert engine.predict.evaluate(linear=False).evaluations == []
    made = engine.predict.report(linear=False)
    assert plots.Plots(made).courses == []


def test_what_cannot_be_done_is_said(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match="classifier"):
        engine.predict.report(name="nothing")
    with pytest.raises(UnknownNameError, match="value"):
        engine.predict.report(values=["pale"])
    with pytest.raises(UsageError, match="out"):
        engine.predict.report(linear=False, out=str(engine.folder))


def test_http_gives_the_file_and_writes_none(engine: Engine) -> None:
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    assert client.get("/classifiers/tone.html").status_code == 404
    made = engine.predict.report(linear=False)
    answer = client.get("/classifiers/tone.html")
    assert answer.text == Path(made.file).read_text(encoding="utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="tone-report.html"'
    refused = client.post("/api/v1/predict/report", json={"out": "/tmp/x.html"})
    assert refused.status_code == 422
    assert "only the terminal and Python" in refused.json()["detail"]


def test_a_damaged_classifier_does_not_hide_the_others(engine: Engine) -> None:
    shutil.copytree(engine.folder / "classifiers" / "tone", engine.folder / "classifiers" / "broken")
    (engine.folder / "classifiers" / "broken" / "trained.json").write_text("{")
    listed = engine.predict.classifiers()
    assert ([one.name for one in listed.classifiers], listed.damaged) == (["tone"], ["broken"])
