"""Metrics and TensorBoard of a training, and that looking on changes nothing."""

import copy
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

import runs
from lookscape.representation.metrics.pixels import psnr
from lookscape.representation.metrics.posterior import active_units, divergence
from lookscape.representation.training.history import METRICS, Line, Log, read_about, read_lines
from lookscape.representation.training.hooks import open_hooks
from lookscape.representation.training.hooks._fixed import Fixed, choose, looking, mean_photo, sharpness
from lookscape.representation.training.hooks.metrics import look_steps

TIMES = {"seconds", "photos_per_second"}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    runs.trained(folder)
    return folder / "run"


def test_lines_tell_how_it_went(run_folder: Path) -> None:
    lines = read_lines(run_folder)
    assert [line.step for line in lines] == list(range(1, 61))
    assert lines[-1].epoch == pytest.approx(60 / (160 // 16))
    assert all(late.seconds > early.seconds for early, late in pairwise(lines))
    assert set(lines[0].measured) >= {"reconstruction", "divergence"}
    assert lines[-1].learning_rate < max(line.learning_rate for line in lines)
    looks = [line for line in lines if line.held_out]
    assert [line.step for line in looks] == sorted(look_steps(60))
    assert looks[-1].held_out.psnr_db > looks[0].held_out.psnr_db


def test_what_is_trained_is_told(run_folder: Path) -> None:
    about = read_about(run_folder)
    assert about is not None
    assert (about.steps, about.train, about.validation, about.test, about.dim) == (60, 160, 20, 20, 4)


def test_looks_are_few_and_end_with_the_last_step() -> None:
    for steps in (1, 7, 60, 300, 3000, 100_000):
        looks = look_steps(steps)
        assert max(looks) == steps
        assert min(looks) >= 1
        assert len(looks) <= min(36, max(6, steps // 60))
    assert sorted(look_steps(3000))[:4] == [16, 31, 62, 125]


def test_figures_agree_with_the_metrics(tmp_path: Path) -> None:
    _, run, pixels, parts_of = runs.begin(tmp_path)
    rows = parts_of.validation
    fixed = Fixed.of(pixels, rows, mean_CHW=mean_photo(pixels, parts_of.train))
    with looking(run, 0, decay=0.0) as model:
        found = fixed.figures(model, run)
        x_BCHW = torch.from_numpy(pixels.array_NHWC[rows]).permute(0, 3, 1, 2).float() / 255
        posterior = model.posterior(x_BCHW)
        rebuilt_BCHW = model.decode(posterior.mean_BD)
    photos, rebuilt = (x.permute(0, 2, 3, 1).double().numpy() for x in (x_BCHW, rebuilt_BCHW.clamp(0, 1)))
    means = posterior.mean_BD.double().numpy()
    assert found.psnr_db == pytest.approx(psnr(photos, reconstructions_NHWC=rebuilt).mean(), abs=1e-4)
    variances = posterior.log_variance_BD.exp().double().numpy()
    assert found.kl_nats == pytest.approx(divergence(means, variances_ND=variances).total, rel=1e-4)
    assert found.active_units == active_units(means).count


def test_the_mean_photo_explains_nothing_and_a_copy_everything() -> None:
    x_BCHW = torch.rand(3, 3, 16, 16)
    assert sharpness(torch.full((1, 3, 16, 16), 0.3)).abs().max() < 1e-12
    blurred = torch.nn.functional.avg_pool2d(x_BCHW, 3, 1, 1)
    assert (sharpness(blurred) < 0.2 * sharpness(x_BCHW)).all()
    assert choose(torch.arange(10).numpy(), count=3).tolist() == [0, 4, 9]


def test_looking_on_changes_nothing(tmp_path: Path, run_folder: Path) -> None:
    recipe = replace(runs.SMALL, num_steps=25)
    with_hooks = runs.trained(tmp_path, recipe)
    without = runs.trained(tmp_path / "other", recipe, with_hooks=False)
    for name, tensor in without.model.state_dict().items():
        assert torch.equal(tensor, with_hooks.model.state_dict()[name]), name


def test_a_run_that_goes_on_writes_the_same_lines(tmp_path: Path, run_folder: Path) -> None:
    order, run, pixels, parts_of = runs.begin(tmp_path)
    hooks = list(open_hooks(order, run, pixels, parts_of))
    runs.go(run, order.recipe, pixels, parts_of, hooks=hooks, stop=30)
    state = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    optimizers = [copy.deepcopy(optimizer.state_dict()) for optimizer in run.optimizers]
    runs.go(run, order.recipe, pixels, parts_of, hooks=hooks, start=30, stop=44)
    with (order.folder / METRICS).open("a") as file:
        file.write('{"step": 45, "epo')  # as a kill leaves it
    _, again, _, _ = runs.begin(tmp_path)
    again.model.load_state_dict(state)
    for optimizer, saved in zip(again.optimizers, optimizers, strict=True):
        optimizer.load_state_dict(saved)
    hooks = list(open_hooks(order, again, pixels, parts_of))
    runs.go(again, order.recipe, pixels, parts_of, hooks=hooks, start=30)
    assert [_timeless(line) for line in read_lines(order.folder)] == [
        _timeless(line) for line in read_lines(run_folder)
    ]
    ours, theirs = (
        {path.name: path.read_bytes() for path in (folder / "film").glob("*.webp")}
        for folder in (order.folder, run_folder)
    )
    assert ours == theirs


def test_lines_that_are_no_numbers_stay_json(tmp_path: Path) -> None:
    log = Log(tmp_path)
    line = Line(step=1, epoch=0.1, seconds=1.0, photos_per_second=None, learning_rate=0.1, measured={"error": None})
    log.add(line)
    assert json.loads((tmp_path / METRICS).read_text())["measured"] == {"error": None}
    assert read_lines(tmp_path) == [line]


def test_tensorboard_holds_the_same_scalars(run_folder: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c

    (file,) = (run_folder / "tensorboard").glob("events.out.tfevents.*")
    data, events = file.read_bytes(), []
    while data:
        size = int.from_bytes(data[:8], "little")
        assert int.from_bytes(data[8:12], "little") == masked_crc32c(data[:8])
        events.append(Event.FromString(data[12 : 12 + size]))
        data = data[16 + size :]
    values = {(event.step, value.tag): value for event in events for value in event.summary.value}
    last = read_lines(run_folder)[-1]
    assert values[60, "psnr_db/held_out"].simple_value == pytest.approx(last.held_out.psnr_db)
    assert values[60, "batch/reconstruction"].simple_value == pytest.approx(last.measured["reconstruction"])
    assert (values[60, "film"].image.width, values[60, "film"].image.height) == (128, 64)


def _timeless(line: Line) -> dict[str, object]:
    return line.model_dump(exclude=TIMES)
