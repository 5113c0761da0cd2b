"""The score matrix against one regression or one classifier a pair."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import linregress

from lookscape.representation.metrics.disentanglement.factors import Kind
from lookscape.representation.metrics.disentanglement.sap import _balanced_accuracy, _halves, sap

Codes = NDArray[np.int64]


def test_quantities_against_one_regression_a_pair() -> None:
    rng = np.random.default_rng(0)
    v = rng.normal(size=(400, 3))
    z = v @ rng.normal(size=(3, 5)) + rng.normal(size=(400, 5))
    found = sap(z, factors={str(k): v[:, k] for k in range(3)})
    wanted = np.array([[linregress(z[:, d], v[:, k]).rvalue ** 2 for k in range(3)] for d in range(5)])
    np.testing.assert_allclose(found.score_DK, wanted, atol=1e-12)
    ordered = np.sort(wanted, axis=0)
    assert found.value == pytest.approx((ordered[-1] - ordered[-2]).mean())
    assert [item.first_latent for item in found.factors] == wanted.argmax(axis=0).tolist()


def plain_balanced_accuracy(bins: list[int], classes: list[int], fits: list[bool]) -> float:
    rows = list(zip(bins, classes, fits, strict=True))
    names = sorted(set(classes))

    def share(name: int, interval: int) -> float:
        own = [b for b, c, fit in rows if fit and c == name]
        return own.count(interval) / len(own)

    answers = {interval: max(names, key=lambda name: share(name, interval)) for interval in set(bins)}
    recalls = []
    for name in names:
        own = [b for b, c, fit in rows if not fit and c == name]
        recalls.append(sum(answers[b] == name for b in own) / len(own))
    return float(np.mean(recalls))


@pytest.mark.parametrize("seed", range(3))
def test_categories_against_a_plain_classifier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = rng.choice(4, 300, p=[0.6, 0.2, 0.15, 0.05])
    bins = np.clip(2 * classes + rng.integers(-2, 3, 300), 0, 7)
    fits = _halves(classes, seed=seed)
    wanted = plain_balanced_accuracy(bins.tolist(), classes.tolist(), fits.tolist())
    assert _balanced_accuracy(bins, classes, fits) == pytest.approx(wanted)


def test_halves_share_every_class_evenly() -> None:
    classes = np.array([0] * 21 + [1] * 6 + [2] * 5)
    fits = _halves(classes, seed=0)
    for name, size in ((0, 21), (1, 6), (2, 5)):
        assert abs(2 * fits[classes == name].sum() - size) <= 1
    assert not np.array_equal(fits, _halves(classes, seed=1))


def test_perfect_codes_reach_their_limit_and_noise_none() -> None:
    rng = np.random.default_rng(0)
    quantity, two, four = rng.normal(size=4000), rng.integers(0, 2, 4000), rng.integers(0, 4, 4000)
    factors = {"quantity": quantity, "two": two.astype(str), "four": four.astype(str)}
    found = sap(np.stack([-quantity, 7.0 * two, 1.0 * four], axis=1), factors=factors)
    np.testing.assert_allclose([item.gap for item in found.factors], [1, 1 / 2, 3 / 4], atol=0.04)
    assert [item.kind for item in found.factors] == [Kind.QUANTITY, Kind.CATEGORY, Kind.CATEGORY]
    assert sap(rng.normal(size=(4000, 5)), factors=factors).value < 0.03


def test_a_category_in_the_middle_needs_two_thresholds() -> None:
    z = np.random.default_rng(0).normal(size=(4000, 2))
    inside = np.where(np.abs(z[:, 0]) < 0.6, "inside", "outside")
    found = sap(z, factors={"a": inside})
    assert found.factors[0].first_score > 0.93
    assert found.factors[0].second_score == pytest.approx(0.5, abs=0.05)


def test_constant_latents_and_copies() -> None:
    v = np.random.default_rng(0).normal(size=400)
    z = np.stack([np.full(400, 0.1), v, v, np.zeros(400)], axis=1)
    found = sap(z, factors={"a": v})
    np.testing.assert_allclose(found.score_DK[:, 0], [0, 1, 1, 0])
    assert found.value == pytest.approx(0)


def test_missing_values_do_not_count() -> None:
    v = np.random.default_rng(0).normal(size=(400, 2))
    known = np.where(np.arange(400) < 100, np.nan, v[:, 0])
    z = v.copy()
    z[:100, 0] = 50
    found = sap(z, factors={"a": known})
    assert found.factors[0].first_score == pytest.approx(1)
    assert found.factors[0].num_known == 300
