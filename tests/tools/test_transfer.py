"""Teaching a network a label and searching in what it learned: frozen layers, frequent values, a Space."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.classifiers.task import Task
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.spaces.pixels import Pixels
from lookscape.services.match.sample import open_sample
from lookscape.settings import Settings
from lookscape.tools.predict.transfer import most_frequent
from match_catalogue import make_catalogue

QUICK = {"backbone": "encoder", "side": 16, "epochs": 1.0, "batch_size": 16, "hidden": 24}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, photo_bytes: Callable[..., bytes]) -> Path:
    made = tmp_path_factory.mktemp("transfer")
    make_catalogue(made, photo_bytes).catalogue.close()
    return made / "catalogue"


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1, runtime="torch")))
    yield opened
    opened.catalogue.close()


def test_the_hidden_layer_is_a_space_that_is_judged_on_photos_it_did_not_learn(engine: Engine) -> None:
    taught = engine.predict.transfer("kind", frequent=2, **QUICK)
    assert (taught.name, taught.space) == ("kind-frozen-2", "classifier-kind-frozen-2")
    assert (taught.dim, taught.classes) == (24, 2)
    assert taught.left_out > 0
    space = engine.space(taught.space)
    assert set(space.ids) == set(engine.catalogue.photo_ids())
    assert (space.vectors >= 0).all()  # after the ReLU
    network = engine.classifier(taught.name).network
    assert not any(weight.requires_grad for weight in network.backbone.parameters())
    board = engine.measure.match("kind", metrics=("cosine",))
    assert {row.space: row.taught for row in board.rows}[taught.space] == "kind"
    assert open_sample(engine.folder, "kind").splits == (taught.split,)
    judged = engine.predict.evaluate(name=taught.name)
    assert (judged.photos, judged.gone, len(judged.order)) == (taught.test, 0, 2)
    assert (judged.accuracy.value, judged.majority) == pytest.approx((taught.accuracy, taught.majority), abs=1e-4)


def test_with_every_layer_the_pooled_features_are_the_space(engine: Engine) -> None:
    taught = engine.predict.transfer("kind", way="full", **QUICK)
    network = engine.classifier(taught.name).network
    assert all(weight.requires_grad for weight in network.parameters())
    assert taught.dim == network.head[-1].in_features
    assert taught.left_out == 0


def test_a_metric_learning_loss_makes_another_space(engine: Engine) -> None:
    plain = engine.predict.transfer("kind", way="full", **QUICK)
    pulled = engine.predict.transfer("kind", way="full", metric_loss_weight=1.0, **QUICK)
    assert (pulled.name, pulled.space) == ("kind-full-pulled", "classifier-kind-full-pulled")
    assert engine.classifier(pulled.name).network.config.metric_loss_weight == 1
    assert not np.allclose(engine.space(plain.space).vectors, engine.space(pulled.space).vectors)


def task(codes: list[int], parts: list[str]) -> Task:
    count = len(codes)
    return Task(
        attribute="kind",
        split="kind",
        classes=["boot", "clog", "other", "pump"],
        pixels=Pixels(ids=tuple(map(str, range(count))), array_NHWC=np.zeros((count, 4, 4, 3), np.uint8)),
        codes_N=np.array(codes, np.intp),
        parts_N=np.array(parts),
        groups_N=np.arange(count),
    )


def test_only_training_photos_say_what_is_frequent_and_other_never_is() -> None:
    whole = task([0, 0, 1, 2, 2, 2, 3, 3, 3, 1, 1, -1], ["train"] * 9 + ["test", "test", ""])
    kept = most_frequent(whole, 2)
    assert kept.classes == ["boot", "pump"]
    assert kept.codes_N.tolist() == [0, 0, -1, -1, -1, -1, 1, 1, 1, -1, -1, -1]
    assert kept.parts_N.tolist() == ["train", "train", "", "", "", "", "train", "train", "train", "", "", ""]
    with pytest.raises(UsageError, match="at least two are needed"):
        most_frequent(whole, 1)
