"""A training_run run: stopped and gone on with, begun anew, repeated, replaced, warm-started, on two devices."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lookscape.errors import CancelledError, LookscapeError, UsageError
from lookscape.representation.latents.codec import Codec
from lookscape.representation.networks.photo_networks import PhotoEncoder
from lookscape.representation.training import publish as training_publish
from lookscape.representation.training import run as training_run
from lookscape.representation.training import state as training_state
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.loop import Run
from lookscape.representation.training.publish import publish, settle, staging
from lookscape.representation.training.recipe import Recipe
from lookscape.representation.training.state import last_state
from lookscape.representation.training.warm_start import encoder_state, warm_start
from tiny_runs import FULL, RECIPE, Watch, go, order, photo_set, weights


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> TrainingArguments:
    wanted = order(tmp_path_factory.mktemp("undisturbed"))
    go(wanted)
    return wanted


def cancelled(folder: Path, *, at: int = 3) -> TrainingArguments:
    wanted = order(folder)
    with pytest.raises(CancelledError):
        go(wanted, watch=Watch(cancel_at=at))
    return wanted


def test_what_is_left_is_the_model_and_no_state(undisturbed: TrainingArguments) -> None:
    names = {path.name for path in undisturbed.folder.iterdir()}
    assert {"config.json", "weights.safetensors", "trained.json", "metrics.jsonl", "report.json"} <= names
    assert "training" not in names
    assert [path.name for path in undisturbed.models.iterdir()] == ["tiny"]
    codec = Codec.open(undisturbed.folder)
    assert (codec.name, codec.kind, codec.recipe, codec.dim) == ("tiny", "beta_vae", "tiny", 4)


def test_a_stopped_run_goes_on_and_ends_as_one_that_was_not(undisturbed: TrainingArguments, tmp_path: Path) -> None:
    wanted = cancelled(tmp_path)
    state = last_state(wanted.folder / "training")
    assert state is not None
    assert state.step == 3
    watch = Watch()
    report = go(wanted, watch=watch)
    assert watch.steps == [4, 5, 6]
    assert (report.resumed_at, report.note) == (3, "")
    assert weights(wanted) == weights(undisturbed)
    assert [json.loads(line)["step"] for line in (wanted.folder / "metrics.jsonl").read_text().splitlines()] == [
        json.loads(line)["step"] for line in (undisturbed.folder / "metrics.jsonl").read_text().splitlines()
    ]


def test_a_run_stopped_after_its_last_step_only_has_to_finish(undisturbed: TrainingArguments, tmp_path: Path) -> None:
    wanted = cancelled(tmp_path, at=6)
    watch = Watch()
    assert go(wanted, watch=watch).resumed_at == 6
    assert watch.steps == []
    assert weights(wanted) == weights(undisturbed)


@pytest.mark.parametrize("change", ["recipe", "photos"])
def test_after_a_change_the_run_begins_anew_and_says_so(change: str, tmp_path: Path) -> None:
    wanted = cancelled(tmp_path)
    photos = photo_set(40) if change == "photos" else None
    wanted = replace(wanted, recipe=replace(RECIPE, learning_rate=1e-3)) if change == "recipe" else wanted
    watch = Watch()
    report = go(wanted, photos=photos, watch=watch)
    assert watch.steps == [1, 2, 3, 4, 5, 6]
    assert report.resumed_at == 0
    assert report.note == training_run.ANEW
    assert training_run.ANEW in watch.stages
    lines = [json.loads(line)["step"] for line in (wanted.folder / "metrics.jsonl").read_text().splitlines()]
    assert lines == sorted(set(lines))


def test_the_very_same_is_not_trained_twice_unless_asked(undisturbed: TrainingArguments) -> None:
    before, watch = (undisturbed.folder / "trained.json").stat().st_mtime_ns, Watch()
    report = go(undisturbed, watch=watch)
    assert watch.steps == []
    assert report.note == training_run.THERE
    assert report.psnr_db is not None
    assert (undisturbed.folder / "trained.json").stat().st_mtime_ns == before
    old = weights(undisturbed)
    assert go(replace(undisturbed, again=True), watch=watch).note == ""
    assert watch.steps == [1, 2, 3, 4, 5, 6]
    assert weights(undisturbed) == old


def test_the_old_model_serves_until_the_new_one_is_there(tmp_path: Path) -> None:
    wanted = order(tmp_path)
    go(wanted)
    old = Codec.open(wanted.folder).key
    other = replace(wanted, recipe=replace(RECIPE, seed=1))
    with pytest.raises(CancelledError):
        go(other, watch=Watch(cancel_at=3))
    assert Codec.open(wanted.folder).key == old
    assert go(other).resumed_at == 3
    assert Codec.open(wanted.folder).key != old
    assert not (wanted.folder / "training").exists()


def test_a_run_that_blows_up_says_so_and_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = order(tmp_path)
    go(wanted)
    old = weights(wanted)
    other = replace(wanted, recipe=replace(RECIPE, seed=1))
    with pytest.raises(CancelledError):
        go(other, watch=Watch(cancel_at=3))
    train = training_run.train

    def blown_up(run: Run, *given: object, **named: object) -> None:
        train(run, *given, **named)
        next(run.model.parameters()).data.fill_(torch.nan)  # what the last step's gradient may do

    with monkeypatch.context() as broken:
        broken.setattr(training_run, "train", blown_up)
        broken.setattr(training_state, "SAVE_EVERY_S", 3600.0)  # a slow machine must not save in between
        with pytest.raises(LookscapeError, match=r"training diverged: after step 6 .* lower learning rate"):
            go(other)
    state = last_state(other.folder / "training")
    assert state is not None
    assert state.step == 3
    assert weights(wanted) == old
    assert not list(wanted.models.glob(".tiny*"))
    assert go(other).resumed_at == 3
    assert weights(wanted) != old


def test_nothing_infinite_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the states on disk are sound but what was averaged from them is not."""
    monkeypatch.setattr(training_state, "check_finite", lambda *_, **__: None)
    train = training_run.train

    def blown_up(run: Run, *given: object, **named: object) -> None:
        train(run, *given, **named)
        next(run.average.parameters()).data.fill_(torch.inf)

    monkeypatch.setattr(training_run, "train", blown_up)
    wanted = order(tmp_path)
    with pytest.raises(LookscapeError, match="training diverged"):
        go(wanted)
    assert not (wanted.folder / "weights.safetensors").exists()


def test_folders_change_places_also_where_the_system_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_publish.ctypes, "CDLL", lambda *_, **__: object())
    folder = tmp_path / "tiny"
    (folder / "training").mkdir(parents=True)
    (folder / "config.json").write_text("old")
    (folder / "metrics.jsonl").write_text("lines")
    (staging(folder) / "config.json").write_text("new")
    publish(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "config.json": "new",
        "metrics.jsonl": "lines",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_kill_between_two_renames_leaves_the_old_model(tmp_path: Path) -> None:
    (tmp_path / ".tiny.old").mkdir()
    (tmp_path / ".tiny.old" / "config.json").write_text("old")
    (tmp_path / ".tiny.new").mkdir()
    settle(tmp_path / "tiny")
    assert (tmp_path / "tiny" / "config.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_model_that_learns_without_steps(tmp_path: Path) -> None:
    wanted = order(tmp_path, recipe=Recipe(model="pca", config={"side": 16, "dim": 4}, num_steps=0))
    report = go(wanted)
    assert report.photos_per_second is None
    assert report.psnr_db is not None
    assert report.psnr_db > 10


def test_a_warm_start_takes_what_fits(undisturbed: TrainingArguments, tmp_path: Path) -> None:
    codec = Codec.open(undisturbed.folder)
    wanted = order(tmp_path, recipe=replace(RECIPE, num_steps=0, ema_decay=0.0), init_from=codec)
    report = go(wanted)
    started = Codec.open(wanted.folder).tensors()
    taken = {name: tensor for name, tensor in codec.tensors().items() if name.startswith(("encoder.", "decoder."))}
    assert report.warm_tensors == len(taken) > 0
    assert all(torch.equal(started[name], tensor) for name, tensor in taken.items())


def test_a_warm_start_that_fits_nowhere_is_refused(undisturbed: TrainingArguments, tmp_path: Path) -> None:
    pca = order(tmp_path, recipe=Recipe(model="pca", config={"side": 16, "dim": 4}, num_steps=0))
    go(pca)
    with pytest.raises(UsageError, match="no tensor that fits"):
        warm_start(RECIPE.new_model(), Codec.open(pca.folder))
    with pytest.raises(UsageError, match="no encoder"):
        encoder_state(Codec.open(pca.folder))


def test_a_backbone_can_begin_with_a_models_encoder(undisturbed: TrainingArguments) -> None:
    codec = Codec.open(undisturbed.folder)
    backbone = PhotoEncoder(side=16, width=4, num_outputs=8).eval()
    backbone.load_state_dict(encoder_state(codec))
    photos_NHWC = np.zeros((2, 16, 16, 3), np.uint8)
    with torch.inference_mode():
        outputs = backbone(torch.zeros(2, 3, 16, 16))
    np.testing.assert_allclose(outputs[:, :4].numpy(), codec.encode(iter(photos_NHWC)), atol=1e-5)


def test_two_devices_learn_as_one_does(tmp_path: Path) -> None:
    plain = Recipe(
        model="autoencoder", config=dict.fromkeys(("width", "dim"), 4) | {"side": 16}, num_steps=5, batch_size=8
    )
    plain = replace(plain, learning_rate=1e-4, precision=FULL.precision)
    one, two = order(tmp_path / "one", recipe=plain), order(tmp_path / "two", recipe=plain, devices=2)
    go(one)
    go(two)
    alone, shared = Codec.open(one.folder).tensors(), Codec.open(two.folder).tensors()
    start = replace(one, models=tmp_path / "start", recipe=replace(plain, num_steps=0))
    go(start)
    for name, before in Codec.open(start.folder).tensors().items():
        moved = (alone[name] - before).abs().max()
        assert moved > 0
        assert (alone[name] - shared[name]).abs().max() < 0.05 * moved


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a batch of 8 cannot be shared by 3 devices"):
        go(order(tmp_path, devices=3))
