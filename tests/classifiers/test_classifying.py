"""A classifier's whole run on drawn squares: it learns, goes on after being stopped, stops early, and comes back."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pyarrow import parquet

from lookscape.classifiers.evaluations import Evaluation, by_macro_f1, read_evaluations
from lookscape.classifiers.folder import classifier_names
from lookscape.classifiers.network import Classifier, Config, Optimizer
from lookscape.classifiers.recipe import Balance, ClassifierRecipe, class_weights, crop_magnification, sampled_rows
from lookscape.classifiers.task import Task
from lookscape.classifiers.trained import TrainedClassifier
from lookscape.classifiers.training import ClassifierArguments, ClassifierReport, _network, _rank, run_classifier
from lookscape.errors import CancelledError, NotFoundError, UsageError
from lookscape.representation.inference.runtime import Runtime
from lookscape.representation.latents.codec import Codec
from lookscape.representation.metrics.classes import softmax
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.recipe import Precision, Recipe
from lookscape.representation.training.run import write_model
from lookscape.representation.training.warm_start import encoder_state
from runs import squares

CLASSES = ("blue", "green", "red")
RECIPE = ClassifierRecipe(
    config={"backbone": "encoder", "side": 16, "width": 8, "label_smoothing": 0.0, "dropout": 0.0},
    num_steps=90,
    batch_size=16,
    learning_rate=3e-3,
    evaluation_scale=1.0,
    crop_area=(0.8, 1.0),
    brightness_contrast=0.1,
    saturation=0.0,
    random_erasing=0.0,
    precision=Precision.FULL,
)


def task(count: int = 160) -> Task:
    """Squares, each photo's class being the strongest of its colours."""
    pixels = squares(count)
    darkest = 255 - np.asarray(pixels.array_NHWC, np.float64)
    codes_N = 2 - darkest.sum(axis=(1, 2)).argmin(axis=1)
    parts_N = np.array((["train"] * 6 + ["validation"] + ["test"] * 2 + [""]) * (count // 10))
    return Task(
        attribute="colour",
        split="fair",
        classes=CLASSES,
        pixels=pixels,
        codes_N=codes_N,
        parts_N=parts_N,
        groups_N=np.arange(count),
    )


def order(folder: Path, **fields: object) -> ClassifierArguments:
    return ClassifierArguments(name="tiny", recipe=replace(RECIPE, **fields), folder=folder / "tiny")


def silent(done: int, total: int, stage: str) -> None:
    """Nobody looks on."""


def cancelling(at: int) -> Callable[[int, int, str], None]:
    def progress(done: int, total: int, stage: str) -> None:
        if stage == "training" and done == at:
            raise CancelledError("stopped")

    return progress


def weights(folder: Path) -> str:
    return hashlib.sha256((folder / "tiny" / "weights.safetensors").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ClassifierReport]:
    folder = tmp_path_factory.mktemp("learned") / "classifiers"
    return folder, run_classifier(order(folder), task(), progress=silent)


@pytest.mark.parametrize(("balance", "best"), [(Balance.NONE, 1), (Balance.WEIGHTS, 0), (Balance.SAMPLER, 0)])
def test_the_best_look_is_by_what_the_losses_weigh(balance: Balance, best: int) -> None:
    plain = Evaluation(step=0, epoch=0, seconds=0, train_loss=1, train_accuracy=0.5, loss=1, accuracy=0.7, macro_f1=0.6)
    evaluations = [plain, plain.model_copy(update={"accuracy": 0.8, "macro_f1": 0.5})]
    assert max(evaluations, key=_rank(replace(RECIPE, balance=balance))) is evaluations[best]


def test_it_learns_and_says_what_it_did(learned: tuple[Path, ClassifierReport]) -> None:
    folder, report = learned
    assert report.counts == {"train": 96, "validation": 16, "test": 32}
    assert (report.steps, report.stopped_at, report.resumed_at) == (90, 90, 0)
    evaluations = read_evaluations(folder / "tiny")
    assert [evaluation.step for evaluation in evaluations] == [*range(6, 91, 6)]
    assert report.best_step == max(evaluations, key=by_macro_f1).step
    assert evaluations[-1].loss < evaluations[0].loss
    assert not (folder / "tiny" / "training").exists()
    table = parquet.read_table(folder / "tiny" / "predictions.parquet")
    assert table.num_rows == 48
    test = np.array(table["part"].to_pylist()) == "test"
    guesses = np.stack(table["logits"].to_pylist()).argmax(axis=1)
    assert (guesses == table["code"].to_numpy())[test].mean() > 0.8


def test_it_opens_as_it_was(learned: tuple[Path, ClassifierReport]) -> None:
    folder, report = learned
    opened, given = TrainedClassifier.open(folder / "tiny", runtime=Runtime(engine="torch")), task()
    assert (opened.attribute, opened.split, opened.classes, opened.side) == ("colour", "fair", CLASSES, 16)
    assert opened.temperature == report.temperature
    assert classifier_names(folder.parent) == ["tiny"]
    chances = opened.chances(iter(given.pixels.array_NHWC[given.rows("test")]))
    table = parquet.read_table(folder / "tiny" / "predictions.parquet")
    said = np.stack(table["logits"].to_pylist())[np.array(table["part"].to_pylist()) == "test"]
    np.testing.assert_allclose(chances, softmax(said, temperature=report.temperature), atol=1e-5)
    fastest = TrainedClassifier.open(folder / "tiny").chances(iter(given.pixels.array_NHWC[given.rows("test")]))
    np.testing.assert_allclose(fastest, chances, atol=0.03)
    features = opened.encode(given.pixels.array_NHWC[:5])
    assert features.shape == (5, opened.dim)
    assert opened.encode([]).shape == (0, opened.dim)
    assert opened.chances([]).shape == (0, 3)


def test_doing_it_again_does_nothing(learned: tuple[Path, ClassifierReport]) -> None:
    folder, _ = learned
    before = weights(folder)
    again = run_classifier(order(folder), task(), progress=cancelling(at=1))
    assert "nothing was done" in again.note
    assert weights(folder) == before


@pytest.mark.parametrize("at", [3, 47])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    at: int, learned: tuple[Path, ClassifierReport], tmp_path: Path
) -> None:
    folder, report = learned
    with pytest.raises(CancelledError):
        run_classifier(order(tmp_path), task(), progress=cancelling(at))
    assert classifier_names(tmp_path.parent) == []
    resumed = run_classifier(order(tmp_path), task(), progress=silent)
    assert resumed.resumed_at == at
    assert weights(tmp_path) == weights(folder)
    assert (resumed.best_step, resumed.temperature) == (report.best_step, report.temperature)
    same = [
        (evaluation.step, evaluation.loss, evaluation.macro_f1) for evaluation in read_evaluations(tmp_path / "tiny")
    ]
    assert same == [
        (evaluation.step, evaluation.loss, evaluation.macro_f1) for evaluation in read_evaluations(folder / "tiny")
    ]


def test_test_photos_choose_nothing(learned: tuple[Path, ClassifierReport], tmp_path: Path) -> None:
    folder, report = learned
    given = task()
    test = given.rows("test")
    array_NHWC, codes_N = np.array(given.pixels.array_NHWC), given.codes_N.copy()
    array_NHWC[test], codes_N[test] = 0, (codes_N[test] + 1) % 3
    spoiled = replace(given, pixels=Pixels(ids=given.pixels.ids, array_NHWC=array_NHWC), codes_N=codes_N)
    other = run_classifier(order(tmp_path), spoiled, progress=silent)
    assert weights(tmp_path) == weights(folder)
    assert (other.best_step, other.temperature) == (report.best_step, report.temperature)


def test_other_pictures_of_the_same_photos_are_learned_anew(tmp_path: Path) -> None:
    brief, given = order(tmp_path, num_steps=6), task()
    run_classifier(brief, given, progress=silent)
    turned = replace(given, pixels=replace(given.pixels, path=tmp_path / "pixels-16-0123.npy"))
    assert "nothing was done" not in run_classifier(brief, turned, progress=silent).note
    assert "nothing was done" in run_classifier(brief, turned, progress=silent).note


def test_the_course_of_the_old_training_stays_until_the_new_one_is_over(tmp_path: Path) -> None:
    def course() -> list[float]:
        return [evaluation.loss for evaluation in read_evaluations(tmp_path / "tiny")]

    run_classifier(order(tmp_path), task(), progress=silent)
    before = course()
    with pytest.raises(CancelledError):
        run_classifier(order(tmp_path, seed=1), task(), progress=cancelling(at=60))
    assert course() == before
    run_classifier(order(tmp_path, seed=1), task(), progress=silent)
    assert len(course()) == len(before)
    assert course() != before


def test_another_seed_starts_anew(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        run_classifier(order(tmp_path), task(), progress=cancelling(at=9))
    other = run_classifier(order(tmp_path, seed=1, num_steps=12), task(), progress=silent)
    assert other.resumed_at == 0
    assert "starts over" in other.note


def test_it_stops_when_looks_get_no_better(tmp_path: Path) -> None:
    report = run_classifier(order(tmp_path, learning_rate=0.0, patience=2), task(), progress=silent)
    evaluations = read_evaluations(tmp_path / "tiny")
    best = next(place for place, evaluation in enumerate(evaluations) if evaluation.step == report.best_step)
    assert len(evaluations) == best + 3
    assert report.stopped_at == evaluations[-1].step < 90


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_every_optimizer_trains_hidden_layers_too(optimizer: Optimizer, tmp_path: Path) -> None:
    config = {**RECIPE.config, "hidden": (12, 8), "optimizer": optimizer}
    run_classifier(order(tmp_path, config=config, num_steps=6), task(), progress=silent)
    assert TrainedClassifier.open(tmp_path / "tiny").dim == 8


def test_frozen_layers_stay_as_they_were() -> None:
    network = Classifier(
        Config(num_classes=3, backbone="timm/tf_efficientnet_lite0", side=32, frozen=0.5), weights="none"
    )
    moved = {id(weight) for weight in network.parameters_of("classifier")}
    stem, last = next(network.backbone.parameters()), list(network.backbone.parameters())[-1]
    assert id(stem) not in moved
    assert id(last) in moved
    assert {id(weight) for weight in network.head.parameters()} <= moved


def test_only_the_encoder_of_the_right_size_is_a_start(tmp_path: Path) -> None:
    recipe = Recipe(model="autoencoder", config={"side": 16, "dim": 4, "width": 8}, num_steps=4)
    other = TrainingArguments(
        name="start", recipe_name="start", recipe=recipe, models=tmp_path / "models", cache=tmp_path
    )
    write_model(other, recipe.new_model(), folder=other.folder)
    start = Codec.open(other.folder)
    first = replace(order(tmp_path), init_from=start)
    network = _network(first, task())
    name = "convolutions.0.weight"
    torch.testing.assert_close(network.backbone.encoder.state_dict()[name], encoder_state(start)[name])
    with pytest.raises(UsageError, match="does not fit"):
        _network(replace(first, recipe=replace(RECIPE, config={**RECIPE.config, "width": 4})), task())
    pretrained = {"backbone": "timm/tf_efficientnet_lite0", "side": 32}
    with pytest.raises(UsageError, match="only the backbone"):
        _network(replace(first, weights="none", recipe=replace(RECIPE, config=pretrained)), task())


def test_rare_classes_count_more_or_are_shown_more_often() -> None:
    counts_K = np.array([100, 25])
    weights_K = class_weights(counts_K, Balance.WEIGHTS)
    assert weights_K[1] / weights_K[0] == pytest.approx(2)
    assert (weights_K * counts_K).sum() == pytest.approx(counts_K.sum(), rel=1e-5)
    assert class_weights(counts_K, Balance.NONE).tolist() == [1, 1]
    codes_N = np.repeat([0, 1, 2], [16, 4, 1])
    shown = sampled_rows(np.arange(21), codes_N, Balance.SAMPLER)
    assert np.bincount(codes_N[shown]).tolist() == [16, 16, 8]
    assert sampled_rows(np.arange(21), codes_N, Balance.WEIGHTS).tolist() == list(range(21))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"classes": ("blue", "green", "red", "white")}, "at least two values"),
        ({"parts_N": np.array(["train"] * 158 + ["validation"] * 2)}, "0 test photos"),
    ],
)
def test_what_cannot_be_learned_is_said(change: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        run_classifier(order(tmp_path), replace(task(), **change), progress=silent)
    assert not (tmp_path / "tiny").exists()


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(UsageError, match=r"dropout.*there are backbone"):
        replace(RECIPE, config={"dropout": 2}).checked_config(num_classes=3)


def test_a_torn_classifier_is_not_opened(tmp_path: Path) -> None:
    run_classifier(order(tmp_path, num_steps=6), task(), progress=silent)
    path = tmp_path / "tiny" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotFoundError):
        TrainedClassifier.open(tmp_path / "tiny")


@pytest.mark.parametrize(("least", "most"), [(0.1, 1.0), (0.4, 1.0), (0.3, 0.5), (1.0, 1.0)])
def test_how_much_crops_magnify_is_the_mean_over_their_areas(least: float, most: float) -> None:
    areas = np.linspace(least, most, 100_001)
    assert crop_magnification(least, most) == pytest.approx((1 / np.sqrt(areas)).mean(), rel=1e-4)


def test_photos_are_kept_finer_than_they_are_learned_from() -> None:
    assert ClassifierRecipe(num_steps=1).evaluation_side(144) == 176
    assert ClassifierRecipe(num_steps=1, crop_area=(0.25, 1.0)).evaluation_side(192) == 256
    assert replace(RECIPE, evaluation_scale=1.0).evaluation_side(16) == 16
    finer = squares(8, side=32)
    made = RECIPE.augmentation(16)(np.asarray(finer.array_NHWC), np.random.default_rng(0))
    assert made.shape == (8, 16, 16, 3)
    assert torch.from_numpy(made).dtype is torch.uint8
    assert isinstance(finer, Pixels)
