"""Alarms on made-up histories, and on trainings that were made to go wrong."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import runs
from lookscape.errors import LookscapeError
from lookscape.representation.training import alarms
from lookscape.representation.training.history import About, Figures, Line, read_about, read_lines
from lookscape.representation.training.hooks import open_hooks

ABOUT = About(
    recipe="language",
    model="beta_vae",
    steps=1000,
    batch_size=64,
    side=64,
    dim=64,
    train=5000,
    validation=250,
    test=500,
)
GOOD = Figures(psnr_db=24.0, explained=0.9, sharpness=0.5, kl_nats=120.0, active_units=60)


def line(
    step: int, *, error: float | None = 40.0, train: Figures | None = GOOD, held_out: Figures | None = GOOD
) -> Line:
    measured = {"reconstruction": error, "divergence": 120.0}
    return Line(
        step=step, epoch=step / 78, seconds=step / 10, photos_per_second=640.0, learning_rate=1e-3, measured=measured,
        train=train, held_out=held_out,
    )  # fmt: skip


def figures(**changed: float | None) -> Figures:
    return GOOD.model_copy(update=changed)


def history(*held_out: Figures, train: tuple[Figures, ...] = ()) -> list[Line]:
    """Looks spread evenly over the run."""
    steps = [1000 * (number + 1) // len(held_out) for number in range(len(held_out))]
    known = train or held_out
    return [line(step, train=one, held_out=other) for step, one, other in zip(steps, known, held_out, strict=True)]


def names(lines: list[Line], about: About = ABOUT) -> list[str]:
    return [alarm.name for alarm in alarms.find(about, lines)]


def test_a_good_training_raises_none() -> None:
    assert names(history(*(figures(psnr_db=psnr) for psnr in (18.0, 23.5, 23.8, 23.9)))) == []
    assert names([]) == []


def test_collapse_is_seen_from_half_way_on() -> None:
    empty = figures(kl_nats=0.2, active_units=0, explained=0.01, psnr_db=12.0)
    assert names(history(empty, figures(), figures(), figures())) == []
    assert names(history(figures(), figures(), empty)) == ["collapse"]
    assert names(history(figures(kl_nats=0.5))) == ["collapse"]
    assert names(history(figures(kl_nats=60.0, active_units=3))) == ["collapse"]
    assert names(history(figures(kl_nats=20.0, active_units=10))) == []
    assert names(history(figures(kl_nats=None, active_units=None))) == []


def test_a_blurred_model_is_told_at_the_end_only() -> None:
    soft = figures(sharpness=0.1)
    assert names(history(soft, soft)) == ["blur"]
    assert names(history(soft, soft)[:1]) == []


def test_overfitting_is_a_fall_on_new_photos_while_known_ones_rise() -> None:
    rising = tuple(figures(psnr_db=psnr) for psnr in (20.0, 23.0, 24.0, 25.0))
    falling = tuple(figures(psnr_db=psnr) for psnr in (20.0, 22.5, 22.3, 22.1))
    assert names(history(*falling, train=rising)) == ["overfitting"]
    assert names(history(*falling)) == []  # both fall: something else
    wobble = tuple(figures(psnr_db=psnr) for psnr in (20.0, 22.5, 22.4, 22.3))
    assert names(history(*wobble, train=rising)) == []


def test_a_wide_gap_counts_where_enough_photos_are_watched() -> None:
    known, new = (figures(psnr_db=28.0),) * 2, (figures(psnr_db=23.0),) * 2
    assert names(history(*new, train=known)) == ["overfitting"]
    assert names(history(*new, train=known), ABOUT.model_copy(update={"validation": 5})) == []
    assert names(history(*new, train=(figures(psnr_db=26.0),) * 2)) == []


def test_divergence_stops_for_what_is_no_number_and_for_what_is_lost() -> None:
    steady = [line(step, error=-40.0) for step in range(1, 30)]
    lost = figures(explained=-0.4, psnr_db=11.0)
    assert names([*steady, line(30, error=None)]) == ["divergence"]
    assert names([*steady, line(30, train=lost), line(31, train=lost)]) == ["divergence"]
    assert names([*steady, line(30, train=lost)]) == []  # once
    assert names([line(1, train=lost), line(2, train=lost), line(3, train=lost)]) == []  # never learned
    assert names([*steady, *(line(step, error=9000.0) for step in (30, 31, 32))]) == []  # a loss may do as it likes
    (alarm,) = alarms.find(ABOUT, [line(3, error=None)])
    assert alarm.level is alarms.Level.STOP
    assert "0.0003 instead of 0.001" in alarm.advice


def test_halves_tell_whether_it_was_done() -> None:
    late = tuple(figures(psnr_db=psnr) for psnr in (18.0, 21.0, 22.0, 22.9))
    assert names(history(*late)) == ["unfinished"]
    assert names(history(*late)[:-1]) == []
    (alarm,) = alarms.find(ABOUT, history(*late))
    assert "1.9 dB" in alarm.says
    assert "--steps 2000" in alarm.advice


def test_few_photos_are_told_at_once() -> None:
    assert names([], ABOUT.model_copy(update={"train": 120})) == ["few_photos"]


def test_the_worst_comes_first() -> None:
    few = ABOUT.model_copy(update={"train": 120})
    assert names(history(figures(), figures(kl_nats=0.1, active_units=0, explained=0.0)), few) == [
        "collapse",
        "few_photos",
    ]


# Trainings that were made to go wrong


def found(folder: Path) -> list[str]:
    about = read_about(folder / "run")
    assert about is not None
    return [alarm.name for alarm in alarms.find(about, read_lines(folder / "run"))]


def test_an_overwhelming_beta_collapses(tmp_path: Path) -> None:
    recipe = replace(runs.changed(beta=1e5, capacity=None), num_steps=150)
    runs.trained(tmp_path, recipe)
    assert "collapse" in found(tmp_path)
    kept = json.loads((tmp_path / "run" / "alarms.json").read_text())
    assert "collapse" in [alarm["name"] for alarm in kept]


def test_a_huge_rate_stops_the_training(tmp_path: Path) -> None:
    recipe = replace(runs.changed(), learning_rate=1e6, max_grad_norm=math.inf, num_steps=200)
    with pytest.raises(LookscapeError, match=r"Training diverged: .* lower learning rate"):
        runs.trained(tmp_path, recipe)
    assert found(tmp_path)[0] == "divergence"
    assert json.loads((tmp_path / "run" / "alarms.json").read_text())[0]["name"] == "divergence"


def test_a_number_that_breaks_between_two_lines_stops_at_once(tmp_path: Path) -> None:
    recipe = replace(runs.SMALL, num_steps=1000)
    order, run, pixels, parts_of = runs.begin(tmp_path, recipe)
    metrics, guard, *_ = open_hooks(order, run, pixels, parts_of)
    for done in (1, 2):
        metrics(done, {"reconstruction": torch.tensor(1.0)})
        guard(done, {"reconstruction": torch.tensor(1.0)})
    with pytest.raises(LookscapeError, match="step 3"):
        guard(3, {"reconstruction": torch.tensor(math.nan)})


def test_thirty_photos_are_learned_by_heart(tmp_path: Path) -> None:
    recipe = replace(runs.changed(width=16, capacity=60.0, dim=16), num_steps=200, batch_size=16)
    runs.trained(tmp_path, recipe, photos=30)
    assert found(tmp_path) == ["overfitting", "few_photos"]


def test_a_training_cut_short_was_still_learning(tmp_path: Path) -> None:
    runs.trained(tmp_path, replace(runs.SMALL, num_steps=100), photos=1000)
    assert "unfinished" in found(tmp_path)
