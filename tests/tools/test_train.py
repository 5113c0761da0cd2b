"""`train` as people call it: options, mistakes in one sentence, the Space that comes with the model."""

import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import ConflictError, UnknownNameError, UsageError
from lookscape.services.language.language import is_learned
from lookscape.tools._tool import Tool

TINY = {"side": 16, "dim": 4, "set": ["width=4"]}


@pytest.fixture
def engine_copy(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


def test_a_trained_model_has_its_space_and_its_figures(engine_copy: Engine) -> None:
    done = engine_copy.manage.train("autoencoder", name="tiny", steps=2, batch_size=4, **TINY)
    assert (done.model, done.space, done.steps, done.vectors) == ("trained:tiny", "tiny", 2, 24)
    assert done.train + done.validation + done.test == 24
    assert done.psnr_db is not None
    assert done.photos_per_second is not None
    codec = engine_copy.codec("tiny")
    assert (codec.kind, codec.side, codec.dim) == ("autoencoder", 16, 4)
    assert is_learned(engine_copy.folder, "tiny")  # so the first look at its factors waits for nothing
    again = engine_copy.manage.train("autoencoder", name="tiny", steps=2, batch_size=4, **TINY)
    assert "nothing was done" in again.note
    assert again.psnr_db == done.psnr_db
    warm = engine_copy.manage.train("autoencoder", name="warm", steps=1, batch_size=4, init_from="tiny", **TINY)
    assert warm.warm_tensors > 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"set": ["width"]}, "--set 'width' is not of the form FIELD=VALUE"),
        ({"set": ["side=64"]}, "--side 64"),
        ({"set": ["nonsense=1"]}, "nonsense: .*; there are side, dim, width"),
        ({"set": ["width=wide"]}, "width: .*valid integer"),
        ({"side": 70}, "side: .*multiple of 16"),
        ({"precision": "64"}, "precision"),
        ({"devices": 7}, "a batch of 64 cannot be shared by 7 devices"),
    ],
)
def test_a_mistake_gets_one_sentence(given: dict, sentence: str, engine_copy: Engine) -> None:
    with pytest.raises(UsageError, match=sentence):
        engine_copy.manage.train("autoencoder", **{"steps": 1, **given})


def test_names_that_are_not_there_are_said(engine_copy: Engine) -> None:
    with pytest.raises(UnknownNameError, match="no recipe named 'languages'"):
        engine_copy.manage.train("languages")
    engine_copy.manage.train("pca", side=16, dim=2)
    with pytest.raises(UnknownNameError, match="no trained model named 'pcb'"):
        engine_copy.manage.train("autoencoder", init_from="pcb")


def test_two_runs_of_one_name_do_not_meet(engine_copy: Engine) -> None:
    with (
        engine_copy.catalogue.exclusive("train-pca"),
        pytest.raises(ConflictError, match="train-pca is already running"),
    ):
        engine_copy.manage.train("pca", side=16, dim=2)


def test_an_empty_catalogue_says_what_to_run(empty_catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="lookscape ingest"):
        Engine(empty_catalogue).manage.train()


def test_none_takes_a_value_away() -> None:
    from lookscape.tools.manage.train import _recipe

    params = Tool("manage", "train").validate({"recipe": "language", "set": ["capacity=none"], "dim": 8})
    config = _recipe(params).checked_config()
    assert (config.capacity, config.dim) == (None, 8)
