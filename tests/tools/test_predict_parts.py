"""Learners, folds, calibration, picks: on made-up vectors whose right answer is known."""

import numpy as np
import pytest

from lookscape.representation.metrics.classes import calibration_error
from lookscape.services.imputation import colours
from lookscape.services.imputation.active_learning import pick, play
from lookscape.services.imputation.calibration import Calibration, lowest_threshold
from lookscape.services.imputation.choice import FOLDS, Known, folds_of, predict, try_methods
from lookscape.services.imputation.fit import FEWEST, check_labels, fit
from lookscape.services.imputation.learners import METHODS, Learner, Logistic
from lookscape.services.imputation.table import Table, code_labels
from lookscape.tools import _tool

APART = 2.0
BAYES = 0.841345
"""Two unit Gaussians 2 apart: the best rule is right with Phi(1)."""


def two_heaps(num: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, num)
    rows = rng.normal(size=(num, 4))
    rows[:, 0] += APART * codes
    return (rows / np.sqrt(np.square(rows).sum(axis=1).mean())).astype(np.float32), codes.astype(np.intp)


def known_of(num: int, seed: int = 0) -> Known:
    rows, codes = two_heaps(num, seed)
    return Known(views={"made": rows}, codes_N=codes, groups_N=np.arange(num), num_classes=2)


def table_of(rows: np.ndarray) -> Table:
    ids = tuple(f"p{number:05}" for number in range(len(rows)))
    return Table(product_ids=ids, photo_ids=ids, groups_N=np.arange(len(rows)), views={"made": rows})


@pytest.mark.parametrize("method", METHODS)
def test_each_method_comes_close_to_the_best_there_is(method: str) -> None:
    known = known_of(600)
    rows, codes = two_heaps(2000, seed=1)
    for learner in METHODS[method]:
        chances = learner.chances(known.views["made"], known.codes_N, rows, 2)
        np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-6)
        accuracy = (chances.argmax(axis=1) == codes).mean()
        assert BAYES - 0.09 < accuracy < BAYES + 0.03, learner.words
    assert (Logistic(strength=10).chances(known.views["made"], known.codes_N, rows, 2).argmax(1) == codes).mean() > 0.82


@pytest.mark.parametrize("learner", [learners[0] for learners in METHODS.values()], ids=list(METHODS))
def test_values_that_were_not_learned_have_no_chance(learner: Learner) -> None:
    rows, codes = two_heaps(60)
    chances = learner.chances(rows[:40], 2 * codes[:40], rows[40:], 4)
    assert chances.shape == (20, 4)
    np.testing.assert_array_equal(chances[:, [1, 3]], 0)


def test_logistic_with_one_class_says_so_for_all() -> None:
    rows, _ = two_heaps(10)
    chances = Logistic(strength=1).chances(rows, np.full(10, 1), rows, 3)
    np.testing.assert_array_equal(chances, np.tile([0.0, 1.0, 0.0], (10, 1)))


def test_groups_never_straddle_folds() -> None:
    groups = np.random.default_rng(0).integers(0, 40, 300)
    folds = folds_of(groups)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    assert len(np.unique(folds)) == FOLDS


def test_copies_do_not_flatter() -> None:
    """Vectors of noise, each there ten times with its label: told apart by memory alone, which groups forbid."""
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(60, 16)), 10, axis=0).astype(np.float32)
    codes = np.repeat(rng.integers(0, 2, 60), 10).astype(np.intp)
    honest = Known(views={"v": rows}, codes_N=codes, groups_N=np.repeat(np.arange(60), 10), num_classes=2)
    fooled = Known(views={"v": rows}, codes_N=codes, groups_N=np.arange(600), num_classes=2)
    shares = [try_methods(one, folds_of(one.groups_N), ["knn"])[0].right / 600 for one in (honest, fooled)]
    assert shares[0] < 0.7
    assert shares[1] > 0.95


def test_the_best_is_first_and_all_together_predict_as_they_were_judged() -> None:
    known = known_of(300)
    seen: list[tuple[int, int]] = []
    trials = try_methods(known, folds_of(known.groups_N), list(METHODS), lambda done, total: seen.append((done, total)))
    assert [trial.right for trial in trials] == sorted((trial.right for trial in trials), reverse=True)
    assert {trial.method for trial in trials} == {*METHODS, "together"}
    assert seen[-1][0] == seen[-1][1]
    together = next(trial for trial in trials if trial.method == "together")
    assert sum(one.weight for one in together.entries) == pytest.approx(1, abs=1e-6)
    rows, codes = two_heaps(1000, seed=2)
    chances = predict(known, together.entries, {"made": rows})
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-6)
    assert (chances.argmax(axis=1) == codes).mean() > BAYES - 0.04


def test_calibration_mends_what_is_too_sure() -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.4, 1, 6000)
    right = rng.random(6000) < true
    boasted = true**0.3
    fitted = Calibration.fit(boasted[:3000], right[:3000])
    assert calibration_error(boasted[3000:], right[3000:]) > 0.1
    assert calibration_error(fitted.confidence(boasted[3000:]), right[3000:]) < 0.03
    assert np.all(np.diff(fitted.confidence(np.linspace(0, 1, 50))) >= 0)


@pytest.mark.parametrize("value", [True, False])
def test_calibration_stays_modest_without_contrast(value: bool) -> None:
    fitted = Calibration.fit(np.full(8, 0.9), np.full(8, value))
    assert fitted.confidence(np.array([0.9]))[0] == pytest.approx(0.9 if value else 0.1)


def test_calibration_error_is_what_its_definition_says() -> None:
    confidence = np.array([0.1, 0.1, 0.9, 0.9])
    right = np.array([False, False, True, False])
    assert calibration_error(confidence, right, bins=2) == pytest.approx(0.5 * 0.1 + 0.5 * 0.4)


def test_the_threshold_gives_the_accuracy_asked_for() -> None:
    confidence = np.array([0.99, 0.95, 0.9, 0.6, 0.2])
    assert lowest_threshold(confidence, accuracy=0.94) == pytest.approx(0.9)
    assert lowest_threshold(confidence, accuracy=0.1) == pytest.approx(0.2)
    assert lowest_threshold(confidence, accuracy=0.999) == 1


def test_confidence_on_the_hidden_is_what_comes_true() -> None:
    """Perfect confidence would show an error of 0.026 in so many bins."""
    rows, codes = two_heaps(4000, seed=3)
    said = [str(code) if place < 2000 else "" for place, code in enumerate(codes)]
    hidden = np.arange(4000) >= 2000
    labels = code_labels(said, open_N=hidden)
    fitted = fit(table_of(rows), labels, np.flatnonzero(hidden), method="logistic", progress=_tool.silent)
    right = fitted.codes_M == codes[2000:]
    assert right.mean() > BAYES - 0.03
    assert calibration_error(fitted.confidence_M, right) < 0.05
    assert abs(fitted.confidence_M.mean() - right.mean()) < 0.03
    assert fitted.confidence_M[right].mean() > fitted.confidence_M[~right].mean()


def test_a_method_that_is_asked_for_is_taken() -> None:
    rows, codes = two_heaps(200)
    labels = code_labels([str(code) for code in codes], open_N=np.zeros(200, np.bool_))
    for method in ("knn", "together"):
        fitted = fit(table_of(rows), labels, np.arange(5), method=method, progress=_tool.silent)
        assert fitted.chosen.method == method


def test_values_of_one_product_are_rare_and_count_as_wrong() -> None:
    rows, codes = two_heaps(60)
    said = [f"v{code}" for code in codes]
    said[0] = "only here"
    labels = code_labels(said, open_N=np.zeros(60, np.bool_))
    assert labels.rare == ("only here",)
    assert labels.values == ("v0", "v1")
    fitted = fit(table_of(rows), labels, np.arange(60), method="logistic", progress=_tool.silent)
    assert not fitted.right_K[0]
    assert len(fitted.right_K) == 60


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["a", "b"] * 4, f"at least {FEWEST}"),
        (["a"] * 30, "nothing to predict"),
        ([f"{number / 7:.2f}" for number in range(40)], "is a number"),
        ([""] * 9, "to train on"),
    ],
)
def test_what_cannot_be_learned_is_refused(said: list[str], words: str) -> None:
    from lookscape.errors import UsageError

    labels = code_labels(said, open_N=np.ones(len(said), np.bool_))
    with pytest.raises(UsageError, match=words):
        check_labels("style", labels, known_names=["style"])


def test_picks_are_uncertain_spread_out_and_of_different_groups() -> None:
    rng = np.random.default_rng(0)
    heaps = np.repeat(np.arange(4), 30)
    rows = (8 * np.eye(4)[heaps] + rng.normal(0, 0.2, (120, 4))).astype(np.float32)
    sure = np.where(np.isin(heaps, (0, 1)), 0.99, 0.5)
    chances = np.stack([sure, 1 - sure], axis=1)
    picked = pick(rows, chances, np.arange(120) // 2, num=6)
    assert len(picked) == 6
    assert set(heaps[picked]) == {2, 3}
    assert len(set(picked // 2)) == 6
    assert len(pick(rows[:3], None, np.arange(3), num=6)) == 3


def test_picks_beat_random_where_a_rare_kind_is_easily_missed() -> None:
    """One big heap and eight small far ones of their own kinds: random picks keep hitting the big one."""
    rng = np.random.default_rng(1)
    kinds = np.r_[np.zeros(400, np.intp), np.repeat(np.arange(1, 9), 12)]
    rows = (6 * np.eye(9)[kinds] + rng.normal(0, 0.4, (len(kinds), 9))).astype(np.float32)
    taught = np.r_[np.arange(30), 400]
    rest = np.setdiff1d(np.arange(len(kinds)), taught)
    learner = Logistic(strength=10)

    def accuracy(places: np.ndarray) -> float:
        return float((learner.chances(rows[places], kinds[places], rows, 9).argmax(axis=1) == kinds).mean())

    chances = learner.chances(rows[taught], kinds[taught], rows[rest], 9)
    picked = rest[pick(rows[rest], chances, rest, num=12)]
    random = [accuracy(np.r_[taught, rng.choice(rest, 12, replace=False)]) for _ in range(20)]
    assert accuracy(np.r_[taught, picked]) > np.quantile(random, 0.9)


def test_playing_through_tells_when_picks_help_and_when_it_cannot() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(200, 8)).astype(np.float32)
    told = play(noise, rng.integers(0, 2, 200), np.arange(200), learner=Logistic(strength=3), num=10)
    assert told is not None
    assert not told.can_tell
    assert told.low < 0 < told.high
    assert play(noise[:20], rng.integers(0, 2, 20), np.arange(20), learner=Logistic(strength=3), num=10) is None


def test_colours_tell_the_product_from_its_background() -> None:
    def photo(colour: tuple[int, int, int], background: int) -> np.ndarray:
        made = np.full((32, 32, 3), background, np.uint8)
        made[8:24, 8:24] = colour
        return made

    photos = np.stack([photo((200, 20, 20), 255), photo((200, 20, 20), 120), photo((20, 20, 200), 255)])
    found = colours.describe(photos)
    for name in ("colours", "colours of the middle"):
        apart = np.linalg.norm(found[name][:, None] - found[name][None], axis=-1)
        assert apart[0, 1] < 0.5 * apart[0, 2], name
        np.testing.assert_allclose(np.square(found[name]).sum(axis=1), 1, atol=1e-5)
    assert all(np.isfinite(part).all() for part in found.values())
    whole = np.random.default_rng(0).integers(0, 255, (5, 32, 32, 3), dtype=np.uint8)
    one_by_one = [colours.describe(whole[row : row + 1])["colours by place"] for row in range(5)]
    np.testing.assert_allclose(colours.describe(whole)["colours by place"], np.concatenate(one_by_one), rtol=1e-5)
