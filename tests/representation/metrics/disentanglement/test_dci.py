"""The formulas against plain sums, and the whole score on codes of known quality."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.disentanglement.dci import completeness_by_factor, dci, disentanglement
from lookscape.representation.metrics.disentanglement.factors import Kind

Matrix = NDArray[np.float64]


def one_minus_entropy(values: list[float]) -> float:
    total = sum(values)
    if total == 0:
        return 0.0
    shares = [value / total for value in values]
    return 1 + sum(p * math.log(p, len(values)) for p in shares if p > 0)


def plain_disentanglement(importance: list[list[float]]) -> float:
    """Eastwood & Williams, section 2: the sum over latents of rho_i D_i."""
    everything = sum(map(sum, importance))
    return sum(sum(row) / everything * one_minus_entropy(row) for row in importance)


def rotation(width: int, seed: int = 0) -> Matrix:
    return np.asarray(np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))[0])


@pytest.mark.parametrize("seed", range(3))
def test_formulas_against_plain_sums(seed: int) -> None:
    importance = np.random.default_rng(seed).gamma(0.3, size=(7, 4))
    importance[2] = 0
    assert disentanglement(importance) == pytest.approx(plain_disentanglement(importance.tolist()))
    wanted = [one_minus_entropy(column) for column in importance.T.tolist()]
    np.testing.assert_allclose(completeness_by_factor(importance), wanted)


def test_formulas_on_known_matrices() -> None:
    assert disentanglement(np.eye(5)[:, [3, 1, 0]]) == pytest.approx(1)
    assert disentanglement(np.ones((5, 3))) == pytest.approx(0)
    assert disentanglement(np.zeros((5, 3))) == 0
    np.testing.assert_allclose(completeness_by_factor(np.ones((5, 3))), 0, atol=1e-12)
    # Two latents share a factor alone: each is disentangled, the factor half complete with four latents.
    shared = np.array([[1.0, 0], [1, 0], [0, 1], [0, 0]])
    assert disentanglement(shared) == pytest.approx(1)
    np.testing.assert_allclose(completeness_by_factor(shared), [0.5, 1])


def test_permuted_scaled_factors_score_one() -> None:
    rng = np.random.default_rng(0)
    v = rng.uniform(-1, 1, (2000, 4))
    words = np.array(["low", "mid", "high", "boot"])[np.clip(2 * v[:, 3] + 2, 0, 3).astype(int)]
    z = v[:, [2, 0, 3, 1]] * [5, -0.01, 100, 1] + [0, 3, -1000, 0]
    found = dci(z.astype(np.float32), factors={"a": v[:, 0], "b": v[:, 1], "c": v[:, 2], "d": words})
    assert found.disentanglement > 0.97
    assert found.completeness > 0.97
    assert found.informativeness > 0.97
    assert [item.strongest_latent for item in found.factors] == [1, 3, 0, 2]
    assert [item.kind for item in found.factors] == [Kind.QUANTITY] * 3 + [Kind.CATEGORY]
    assert found.predictor == "extremely randomised trees"
    np.testing.assert_allclose(found.importance_DK.sum(axis=0), 1)


def test_many_rotated_factors_score_near_zero_but_stay_known() -> None:
    v = np.random.default_rng(0).normal(size=(4000, 12))
    turned = dci(v @ rotation(12), factors={str(k): v[:, k] for k in range(12)})
    assert turned.disentanglement < 0.3
    assert turned.completeness < 0.3
    assert turned.informativeness > 0.4


def test_a_rotation_scores_as_its_squared_weights_do() -> None:
    """Of z = v Q, the squares Q^2 are how much each latent tells of a factor; the forest should find about those."""
    v, turning = np.random.default_rng(1).normal(size=(4000, 12)), rotation(12, seed=1)
    found = dci(v @ turning, factors={str(k): v[:, k] for k in range(4)})
    weights = turning[:4].T ** 2
    assert found.disentanglement == pytest.approx(plain_disentanglement(weights.tolist()), abs=0.15)
    assert found.completeness == pytest.approx(completeness_by_factor(weights).mean(), abs=0.15)


def test_noise_is_not_informative() -> None:
    rng = np.random.default_rng(0)
    factors = {"q": rng.normal(size=1500), "c": rng.choice(["x", "y", "z"], 1500)}
    found = dci(rng.normal(size=(1500, 6)), factors=factors)
    assert found.informativeness < 0.05
    assert found.completeness < 0.2


def test_informativeness_of_half_explained_variance() -> None:
    rng = np.random.default_rng(0)
    v = rng.normal(size=(6000, 2))
    found = dci(v, factors={"half": v[:, 0] + rng.normal(size=6000), "whole": v[:, 1]})
    assert found.factors[0].informativeness == pytest.approx(0.5, abs=0.08)
    assert found.factors[1].informativeness > 0.97


def test_missing_values_and_columns_left_out() -> None:
    v = np.random.default_rng(0).uniform(size=(600, 3))
    with_gaps = np.where(np.arange(600) < 300, v[:, 0], np.nan)
    z = v.copy()
    z[300:, 0] = 0
    found = dci(z, factors={"a": with_gaps, "b": v[:, 1], "same": np.ones(600)})
    assert found.factors[0].num_known == 300
    assert found.factors[0].informativeness > 0.9
    assert [item.name for item in found.left_out] == ["same"]


def test_the_seed_decides() -> None:
    v = np.random.default_rng(0).normal(size=(300, 4))
    factors = {"a": v[:, 0] + v[:, 1], "b": v[:, 2]}
    first, again, other = (dci(v, factors=factors, seed=seed).disentanglement for seed in (1, 1, 2))
    assert first == again != other


def test_one_factor_is_refused() -> None:
    v = np.random.default_rng(0).normal(size=(300, 4))
    with pytest.raises(UsageError, match="at least 2 usable factors"):
        dci(v, factors={"a": v[:, 0]})
    with pytest.raises(UsageError, match="at least 2"):
        disentanglement(np.ones((3, 1)))
