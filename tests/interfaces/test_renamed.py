"""Names of before a renaming are understood: in the terminal, in Python, over HTTP, in the queue and in files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from lookscape import renamed
from lookscape.classifiers.network import Config
from lookscape.classifiers.tuning.study import JOURNAL, load
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.interfaces.cli import run
from lookscape.interfaces.cli.app import app
from lookscape.interfaces.http.app import create_app
from lookscape.renamed import CONFIG, PARAMS, TOOLS, as_begun, today
from lookscape.representation.training.history import Line
from lookscape.services.classification.records import Mistake
from lookscape.tools._tool import Tool, every_tool, find_tool


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the terminal would have run."""
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(run, "run_tool", lambda tool, values, **_: calls.append((tool.path, dict(values))))
    return calls


@pytest.mark.parametrize(("old", "new"), TOOLS.items())
def test_an_old_command_runs_with_a_sentence_and_is_not_listed(old: str, new: str) -> None:
    group, was = old.split("/")
    now = new.rpartition("/")[2]
    shown = CliRunner().invoke(app, [group, was, "--help"])
    assert shown.exit_code == 0
    assert (
        shown.stderr
        == f"lookscape: {group} {was} is called {group} {now} now; the old name goes with the next version\n"
    )
    wanted = CliRunner().invoke(app, [group, now, "--help"]).stdout
    assert shown.stdout.replace(f"{group} {was} [", f"{group} {now} [").split() == wanted.split()
    listed = CliRunner().invoke(app, [group, "--help"]).stdout
    assert re.search(rf"^\W*{now}\s", listed, re.MULTILINE)
    assert not re.search(rf"^\W{{1,3}}{was}\s", listed, re.MULTILINE)


def test_old_options_are_understood_with_a_sentence_and_not_shown(asked: list) -> None:
    words = ["predict", "train", "colour", "--rate", "0.01", "--batch", "8", "--turned", "5"]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    [(path, values)] = asked
    assert path == "predict/train"
    params = find_tool(path).validate(values)
    assert (params.learning_rate, params.batch_size, params.rotation_degrees) == (0.01, 8, 5.0)
    assert "--rate is called --learning-rate now" in ran.stderr
    assert "--rate" not in CliRunner().invoke(app, ["predict", "train", "--help"]).stdout.replace("--learning-rate", "")


def test_every_renaming_leads_to_what_is_there() -> None:
    known = {tool.path: tool for tool in every_tool()}
    assert set(TOOLS.values()) <= set(known)
    assert not set(TOOLS) & set(known)
    for path, names in PARAMS.items():
        fields = set(known[path].params.model_fields)
        assert set(names.values()) <= fields
        assert not set(names) & fields
    assert set(CONFIG.values()) <= set(Config.model_fields)


def test_python_and_the_queue_understand_old_names(engine: Engine) -> None:
    assert engine.predict.learn.__doc__ == engine.predict.train.__doc__
    assert find_tool("predict/judge").path == "predict/evaluate"
    with pytest.raises(UsageError, match="rate is called learning_rate now, and both were given"):
        Tool("predict", "train").validate({"attribute": "a", "rate": 0.1, "learning_rate": 0.2})


def test_an_old_path_leads_to_the_new_one(engine: Engine) -> None:
    with TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1") as client:
        moved = client.post("/api/v1/predict/change", json={"product": "nobody"}, follow_redirects=False)
        assert moved.status_code == 308
        assert moved.headers["location"] == "/api/v1/predict/counterfactual"
        assert moved.headers["deprecation"] == "true"
        followed = client.post("/api/v1/predict/change", json={"product": "nobody"})
        assert (
            followed.status_code
            == client.post("/api/v1/predict/counterfactual", json={"product": "nobody"}).status_code
        )
        assert "/api/v1/predict/change" not in client.get("/openapi.json").json()["paths"]


def test_files_with_old_names_are_read() -> None:
    assert Config(num_classes=2, smoothing=0.3, head_rate=2.0).label_smoothing == 0.3
    line = Line.model_validate(
        {"step": 1, "epoch": 1.0, "seconds": 1.0, "photos_per_second": 1.0, "rate": 0.1, "measured": {}}
    )
    assert line.learning_rate == 0.1
    mistake = {"photo_id": "a", "product_ids": [], "value": "x", "told": "y", "confidence": 0.9}
    assert Mistake.model_validate(mistake).predicted == "y"


def test_there_and_back_are_the_same() -> None:
    values = {old: place for place, old in enumerate(renamed.RECIPE)} | {"seed": 7}
    assert as_begun(today(values, renamed.RECIPE), renamed.RECIPE) == values
    assert len(set(renamed.RECIPE.values())) == len(renamed.RECIPE)


def test_a_study_of_before_goes_on_under_the_names_of_today(tmp_path: Path) -> None:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = str(tmp_path / JOURNAL)
    storage = JournalStorage(JournalFileBackend(path, lock_obj=JournalFileOpenLock(path)))
    study = optuna.create_study(storage=storage, study_name="study", direction="maximize")
    study.enqueue_trial({"rate": 0.01, "batch": 32})
    trial = study.ask()
    trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    trial.suggest_categorical("batch", (16, 32))
    study.tell(trial, 0.5)
    study.enqueue_trial({"rate": 0.02})
    [over, waiting] = load(tmp_path).get_trials(deepcopy=False)
    assert over.params == {"learning_rate": 0.01, "batch_size": 32}
    assert over.value == 0.5
    assert waiting.system_attrs["fixed_params"] == {"learning_rate": 0.02}
    assert all(json.loads(text) for text in (tmp_path / JOURNAL).read_text().splitlines())
