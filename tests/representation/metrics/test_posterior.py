"""What the posterior tells, on Gaussians whose divergence is known."""

import numpy as np
import pytest

from lookscape.errors import UsageError
from lookscape.representation.metrics.posterior import active_units, divergence, kl_nats, sample_posterior


def test_kl_against_monte_carlo() -> None:
    mean, variance = 0.7, 0.3
    z = np.random.default_rng(0).normal(mean, np.sqrt(variance), 400_000)
    log_q = -0.5 * np.log(2 * np.pi * variance) - (z - mean) ** 2 / (2 * variance)
    log_p = -0.5 * np.log(2 * np.pi) - z**2 / 2
    found = kl_nats(np.array([[mean]]), variances_ND=np.array([[variance]]))
    assert found[0, 0] == pytest.approx((log_q - log_p).mean(), abs=0.005)


def test_kl_of_the_prior_is_zero_and_of_a_shift_half_its_square() -> None:
    means = np.array([[0.0, 3.0], [0.0, -1.0]], np.float32)
    found = kl_nats(means, variances_ND=np.ones((2, 2), np.float32))
    np.testing.assert_allclose(found, [[0, 4.5], [0, 0.5]])


def test_divergence_is_the_average_over_photos() -> None:
    means = np.array([[0.0, 3.0], [0.0, -1.0]], np.float32)
    found = divergence(means, variances_ND=np.ones((2, 2), np.float32))
    assert found.total == pytest.approx(2.5)
    np.testing.assert_allclose(found.nats_D, [0, 2.5])
    assert found.informative.tolist() == [False, True]
    assert found.num_photos == 2


def test_active_units_are_those_whose_means_vary() -> None:
    rng = np.random.default_rng(0)
    means = rng.normal(5, [1.0, 0.11, 0.09, 0.0], (20_000, 4)).astype(np.float32)
    found = active_units(means)
    assert found.count == 2
    assert found.active_D.tolist() == [True, True, False, False]
    np.testing.assert_allclose(found.variance_D, means.astype(float).var(axis=0, ddof=1))
    assert active_units(means, threshold=0.001).count == 3


def test_draws_have_the_posteriors_moments_and_follow_the_seed() -> None:
    means = np.tile(np.array([[1.0, -2.0]]), (50_000, 1))
    variances = np.tile(np.array([[0.25, 4.0]]), (50_000, 1))
    drawn = sample_posterior(means, variances_ND=variances, seed=1)
    np.testing.assert_allclose(drawn.mean(axis=0), [1, -2], atol=0.04)
    np.testing.assert_allclose(drawn.var(axis=0), [0.25, 4], rtol=0.04)
    np.testing.assert_array_equal(drawn, sample_posterior(means, variances_ND=variances, seed=1))
    assert not np.array_equal(drawn, sample_posterior(means, variances_ND=variances, seed=2))


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="positive"):
        kl_nats(np.zeros((2, 2)), variances_ND=np.zeros((2, 2)))
    with pytest.raises(UsageError, match="N x D"):
        kl_nats(np.zeros((2, 2)), variances_ND=np.ones((2, 3)))
    with pytest.raises(UsageError, match="at least 2 photos"):
        active_units(np.zeros((1, 4), np.float32))
