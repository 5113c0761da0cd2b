"""Distances from the prior against drawn samples of it, numerical integration and Gaussians of known distance."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad

from lookscape.errors import UsageError
from lookscape.representation.metrics.aggregate import (
    SCALES,
    _kernel_in_prior,
    _kernel_to_prior,
    prior_mmd,
    prior_sliced_wasserstein,
)

Matrix = NDArray[np.float64]


def kernel(x: Matrix, y: Matrix) -> Matrix:
    squared = ((x[:, None] - y) ** 2).sum(axis=2)
    return np.asarray(sum(2 * x.shape[1] * s / (2 * x.shape[1] * s + squared) for s in SCALES))


def integral(integrand: Callable[[float], float]) -> float:
    """From 0 to infinity, in pieces: far from the origin nearly all of it lies near 0."""
    ends = [0, 1e-3, 1e-2, 0.1, 1, 60]
    return float(sum(quad(integrand, low, high, epsabs=1e-14)[0] for low, high in pairwise(ends)))


def test_mmd_against_samples_of_the_prior() -> None:
    rng = np.random.default_rng(0)
    x, prior = rng.normal(0.4, 1.2, (300, 4)), rng.normal(size=(2500, 4))
    # With its first two moments made exact, a sample stands for the prior about ten times better.
    prior = (prior - prior.mean(axis=0)) / prior.std(axis=0)
    among_x, among_prior = kernel(x, x), kernel(prior, prior)
    np.fill_diagonal(among_x, 0)
    np.fill_diagonal(among_prior, 0)
    wanted = among_x.sum() / (300 * 299) + among_prior.sum() / (2500 * 2499) - 2 * kernel(x, prior).mean()
    found = prior_mmd(x.astype(np.float32))
    assert found.mmd_squared == pytest.approx(wanted, rel=0.05)
    assert (found.num_items, found.num_latents) == (300, 4)


@pytest.mark.parametrize("width", [2.0, 12.8, 1280.0])
def test_the_priors_part_against_numerical_integration(width: float) -> None:
    squares, latents = np.array([0.0, 64.0, 900.0]), 64
    for squared, found in zip(squares, _kernel_to_prior(squares, num_latents=latents, kernel_width=width), strict=True):
        wanted = integral(
            lambda t, s=squared: np.exp(-t - t * s / (width + 2 * t)) * (1 + 2 * t / width) ** (-latents / 2)
        )
        assert found == pytest.approx(wanted, rel=1e-4)
    wanted = integral(lambda t: np.exp(-t) * (1 + 4 * t / width) ** (-latents / 2))
    assert _kernel_in_prior(num_latents=latents, kernel_width=width) == pytest.approx(wanted, rel=1e-4)


def test_mmd_of_the_prior_itself_is_about_zero_and_of_others_grows() -> None:
    rng = np.random.default_rng(0)
    draws = [prior_mmd(rng.normal(size=(400, 16))).mmd_squared for _ in range(12)]
    assert abs(np.mean(draws)) < 3 * np.std(draws) / np.sqrt(12)
    assert max(np.abs(draws)) < 3e-3
    shifted = [prior_mmd(rng.normal(size=(600, 16)) + shift).mmd_squared for shift in (0.1, 0.3, 1.0)]
    assert shifted == sorted(shifted)
    assert shifted[0] > max(draws)
    assert prior_mmd(np.zeros((600, 16))).mmd_squared > 0.5


def test_rows_are_summed_in_blocks_without_losing_any() -> None:
    x = np.random.default_rng(1).normal(1, 1, (1100, 3))
    among = kernel(x, x)
    np.fill_diagonal(among, 0)
    # What remains after the sum over pairs depends on the rows one by one: equal in both, so it cancels.
    parts = [prior_mmd(x[rows]).mmd_squared for rows in (slice(0, 550), slice(550, None))]
    inside = [among[rows, rows].sum() / (550 * 549) for rows in (slice(0, 550), slice(550, None))]
    difference = among.sum() / (1100 * 1099) - np.mean(inside)
    assert prior_mmd(x).mmd_squared - np.mean(parts) == pytest.approx(difference, abs=1e-9)


def test_sliced_wasserstein_of_a_shift_and_of_a_scale() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10_000, 2))
    assert prior_sliced_wasserstein(x).value < 0.04
    # Along a direction at angle a the distance is |3 cos a|, whose mean square is 9 / 2.
    assert prior_sliced_wasserstein(x + np.array([3, 0]), num_directions=1000).value == pytest.approx(
        3 / np.sqrt(2), rel=0.03
    )
    assert prior_sliced_wasserstein(2.5 * x).value == pytest.approx(1.5, rel=0.02)


def test_sliced_wasserstein_against_a_fine_sample_of_the_prior() -> None:
    from scipy.stats import norm

    x = np.random.default_rng(0).exponential(size=(50, 1)) - 1
    quantiles = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    wanted = np.sqrt(((np.repeat(np.sort(x[:, 0]), 4000) - quantiles) ** 2).mean())
    # In one dimension every direction is +1 or -1, and the prior is symmetric.
    mirrored = np.sqrt(((np.repeat(np.sort(-x[:, 0]), 4000) - quantiles) ** 2).mean())
    assert mirrored == pytest.approx(wanted)
    assert prior_sliced_wasserstein(x, num_directions=7).value == pytest.approx(wanted, abs=1e-4)


def test_a_single_item_is_refused() -> None:
    for measure in (prior_mmd, prior_sliced_wasserstein):
        with pytest.raises(UsageError, match="at least 2 items"):
            measure(np.zeros((1, 4), np.float32))
