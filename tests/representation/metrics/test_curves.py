"""Curves against counting by hand, closed forms and what they must keep when they are thinned."""

import numpy as np
import pytest

from lookscape.representation.metrics.curves import (
    MOST,
    Curve,
    mean_precision_recall,
    mean_roc,
    precision_recall,
    roc,
    thinned,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def ranked(rng: np.random.Generator, *, count: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    true_N = rng.random(count) < share
    return true_N, rng.normal(size=count) + true_N


def test_each_point_is_what_counting_at_a_threshold_gives(rng: np.random.Generator) -> None:
    true_N, chance_N = ranked(rng, count=60, share=0.3)
    counted_roc = {(0.0, 0.0)}
    counted_precision = {(1.0, 0.0)}
    for threshold in chance_N:
        told_N = chance_N >= threshold
        hits = (told_N & true_N).sum()
        counted_roc.add((round((told_N & ~true_N).sum() / (~true_N).sum(), 9), round(hits / true_N.sum(), 9)))
        counted_precision.add((round(hits / told_N.sum(), 9), round(hits / true_N.sum(), 9)))
    curve = roc(true_N, chance_N)
    assert {(round(x, 9), round(y, 9)) for x, y in zip(curve.x_P, curve.y_P, strict=True)} <= counted_roc
    curve = precision_recall(true_N, chance_N)
    assert {(round(y, 9), round(x, 9)) for x, y in zip(curve.x_P, curve.y_P, strict=True)} == counted_precision
    assert (np.diff(curve.x_P) >= 0).all()


def test_the_area_is_the_chance_of_ranking_a_pair_right(rng: np.random.Generator) -> None:
    true_N, chance_N = ranked(rng, count=80, share=0.4)
    above = np.mean(chance_N[true_N][:, None] > chance_N[~true_N][None])
    assert roc(true_N, chance_N).area == pytest.approx(above)


def test_means_weigh_every_class_alike() -> None:
    steep = Curve(x_P=np.array([0.0, 0.0, 1.0]), y_P=np.array([0.0, 1.0, 1.0]), area=1.0)
    guess = Curve(x_P=np.array([0.0, 1.0]), y_P=np.array([0.0, 1.0]), area=0.5)
    mean = mean_roc([steep, guess])
    assert mean.area == 0.75
    assert (mean.x_P[0], mean.y_P[0]) == (0, 0)
    np.testing.assert_allclose(mean.y_P[1:], (1 + mean.x_P[1:]) / 2)
    falling = Curve(x_P=np.array([0.0, 0.5, 0.5, 1.0]), y_P=np.array([1.0, 0.4, 0.8, 0.2]), area=0.6)
    mean = mean_precision_recall([falling])
    np.testing.assert_allclose(mean.y_P[mean.x_P <= 0.5][1:], 0.8)
    np.testing.assert_allclose(mean.y_P[mean.x_P > 0.5], 0.2)
    assert mean.area == 0.6


def test_a_thinned_curve_looks_the_same(rng: np.random.Generator) -> None:
    true_N, chance_N = ranked(rng, count=5000, share=0.01)
    curve = precision_recall(true_N, chance_N)
    thin = thinned(curve)
    assert len(thin.x_P) <= MOST < len(curve.x_P)
    assert thin.area == curve.area
    for recall in np.unique(curve.x_P):
        ends = curve.y_P[curve.x_P == recall]
        kept = thin.y_P[thin.x_P == recall]
        assert {ends[0], ends[-1]} == {kept[0], kept[-1]}
    many = roc(*ranked(rng, count=20_000, share=0.5))
    thin = thinned(many)
    assert len(thin.x_P) <= MOST < len(many.x_P)
    assert np.trapezoid(thin.y_P, thin.x_P) == pytest.approx(many.area, abs=5e-4)
