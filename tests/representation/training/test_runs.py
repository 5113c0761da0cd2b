"""Trainings read from their folders: where each is, and its curves."""

import os
import time
from pathlib import Path

import pytest

from lookscape.errors import UnknownNameError
from lookscape.representation.specs import TRAINED_MARK
from lookscape.representation.training.finish import FILE as REPORT
from lookscape.representation.training.finish import Finished
from lookscape.representation.training.history import METRICS, RUN, About, Figures, Line, Log
from lookscape.representation.training.runs import State, read_run, run_names

ABOUT = About(
    recipe="language", model="beta_vae", steps=40, batch_size=8, side=32, dim=8, train=900, validation=50, test=100
)
DONE = Finished(
    judged_on="test", photos=100, psnr_db=20.0, psnr_low_db=19.0, psnr_high_db=21.0, ssim=0.8, kl_nats=None,
    active_units=8, dim=8, mixture_components=1, alarms=(),
)  # fmt: skip


def begin(folder: Path, *, steps: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUN).write_text(ABOUT.model_dump_json())
    (folder / METRICS).unlink(missing_ok=True)
    look = Figures(psnr_db=20.0, explained=0.9, sharpness=0.5)
    for step in range(1, steps + 1):
        fixed = look if step % 10 == 0 else None
        Log(folder).add(
            Line(
                step=step,
                epoch=step / 100,
                seconds=2.0 * step,
                photos_per_second=4.0,
                learning_rate=1e-3,
                measured={"reconstruction": None if step == 3 else 5.0},
                train=fixed,
                held_out=None,
            )
        )


def end(folder: Path) -> None:
    (folder / TRAINED_MARK).write_text("{}")
    (folder / REPORT).write_text(DONE.model_dump_json())


def age(folder: Path, seconds: float) -> None:
    for path in folder.iterdir():
        os.utime(path, (time.time() - seconds,) * 2)


def test_a_run_begins_stops_goes_on_and_ends(tmp_path: Path) -> None:
    folder = tmp_path / "language"
    begin(folder, steps=20)
    run = read_run(tmp_path, "language")
    assert (run.state, run.step, run.seconds, run.left_s) == (State.RUNNING, 20, 40.0, 40.0)
    age(folder, 600)
    assert read_run(tmp_path, "language").state is State.STOPPED
    begin(folder, steps=40)
    end(folder)
    run = read_run(tmp_path, "language")
    assert (run.state, run.report, run.left_s) == (State.DONE, DONE, None)
    age(folder, 600)
    begin(folder, steps=5)  # trained again: the old figures are not of this run
    run = read_run(tmp_path, "language")
    assert (run.state, run.report) == (State.RUNNING, None)


def test_a_slow_run_is_given_time(tmp_path: Path) -> None:
    begin(tmp_path / "slow", steps=3)
    lines = Log(tmp_path / "slow").lines
    log = Log(tmp_path / "slow")
    log.cut(0)
    for line in lines:
        log.add(line.model_copy(update={"seconds": 100.0 * line.step}))
    age(tmp_path / "slow", 300)
    assert read_run(tmp_path, "slow").state is State.RUNNING
    age(tmp_path / "slow", 700)
    assert read_run(tmp_path, "slow").state is State.STOPPED


def test_curves_leave_out_what_was_no_number(tmp_path: Path) -> None:
    begin(tmp_path / "language", steps=20)
    charts = {chart.name: chart for chart in read_run(tmp_path, "language").charts}
    assert list(charts) == ["psnr_db", "sharpness", "batch-reconstruction", "photos_per_second", "learning_rate"]
    assert charts["sharpness"].series[0].points == ((10, 50.0), (20, 50.0))
    assert [step for step, _ in charts["batch-reconstruction"].series[0].points] == [1, 2, *range(4, 21)]


def test_the_latest_comes_first_and_unrecorded_models_are_known(tmp_path: Path) -> None:
    begin(tmp_path / "one", steps=2)
    age(tmp_path / "one", 50)
    begin(tmp_path / "two", steps=2)
    (tmp_path / "pca").mkdir()
    (tmp_path / "pca" / TRAINED_MARK).write_text("{}")
    (tmp_path / ".new.new").mkdir()
    (tmp_path / ".new.new" / TRAINED_MARK).write_text("{}")
    assert run_names(tmp_path) == ["two", "one", "pca"]
    run = read_run(tmp_path, "pca")
    assert (run.state, run.about, run.charts, run.report) == (State.DONE, None, (), None)
    with pytest.raises(UnknownNameError, match="no training named 'tow'; did you mean two"):
        read_run(tmp_path, "tow")
