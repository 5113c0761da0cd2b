"""Fréchet distance on Gaussians of known distance, and against singular values."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.frechet import (
    Gaussian,
    between_gaussians,
    fit_gaussian,
    frechet_distance,
    frechet_infinity,
)

Matrix = NDArray[np.float64]


def gaussian(mean: list[float], covariance: Matrix) -> Gaussian:
    return Gaussian(mean=np.array(mean), covariance=covariance, num_items=2)


def by_singular_values(x: Matrix, y: Matrix) -> float:
    """The trace of (S1 S2)^(1/2) is the nuclear norm of X Y' / sqrt((n - 1)(m - 1)), X and Y being centred."""
    cx, cy = x - x.mean(axis=0), y - y.mean(axis=0)
    nuclear = np.linalg.svd(cx @ cy.T, compute_uv=False).sum() / np.sqrt((len(x) - 1) * (len(y) - 1))
    spreads = (cx**2).sum() / (len(x) - 1) + (cy**2).sum() / (len(y) - 1)
    return float(((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() + spreads - 2 * nuclear)


def test_of_gaussians_with_the_same_axes() -> None:
    # Commuting covariances: |m1 - m2|^2 + sum of (standard deviation differences)^2, in any common rotation.
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    one = gaussian([1, 2, 3], rotation @ np.diag([4.0, 1.0, 0.25]) @ rotation.T)
    other = gaussian([1, 0, 3], rotation @ np.diag([1.0, 9.0, 0.25]) @ rotation.T)
    assert between_gaussians(one, other=other) == pytest.approx(4 + 1 + 4 + 0)


def test_of_gaussians_with_different_axes_in_two_dimensions() -> None:
    # For 2 x 2: tr (AB)^(1/2) = sqrt(tr AB + 2 sqrt(det A det B)).
    a, b = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.7], [-0.7, 3.0]])
    root = np.sqrt(np.trace(a @ b) + 2 * np.sqrt(np.linalg.det(a) * np.linalg.det(b)))
    wanted = np.trace(a) + np.trace(b) - 2 * root
    assert between_gaussians(gaussian([0, 0], a), other=gaussian([0, 0], b)) == pytest.approx(wanted)


@pytest.mark.parametrize(("num", "width"), [(300, 10), (20, 64)])
def test_against_singular_values_with_singular_covariances_too(num: int, width: int) -> None:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(width, width))
    x, y = rng.normal(size=(num, width)) @ mixing, rng.normal(0.3, 1, size=(num + 7, width))
    found = frechet_distance(x, reference_MD=y, features="random")
    assert found.value == pytest.approx(by_singular_values(x, y), rel=1e-6)
    assert (found.features, found.num_items, found.num_reference) == ("random", num, num + 7)
    assert not found.extrapolated
    back = frechet_distance(y, reference_MD=x, features="random")
    assert back.value == pytest.approx(found.value, rel=1e-6)


def test_of_equal_sets_is_zero_even_when_singular() -> None:
    x = np.random.default_rng(0).normal(size=(20, 64))
    assert frechet_distance(x, reference_MD=x, features="f").value == pytest.approx(0, abs=1e-5)


def test_covariance_is_the_unbiased_one() -> None:
    x = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    np.testing.assert_allclose(fit_gaussian(x).covariance, np.cov(x.astype(float).T))


def test_extrapolation_removes_most_of_the_bias() -> None:
    rng = np.random.default_rng(0)
    reference = rng.normal(size=(60_000, 24))
    plain, infinite = [], []
    for seed in range(6):
        x = rng.normal(size=(400, 24))
        plain.append(frechet_distance(x, reference_MD=reference, features="f").value)
        found = frechet_infinity(x, reference_MD=reference, features="f", seed=seed)
        assert found.extrapolated
        infinite.append(found.value)
    # The true distance is 0.
    assert np.mean(plain) > 0.2
    assert abs(np.mean(infinite)) < 0.2 * np.mean(plain)


def test_extrapolation_follows_its_seed() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 60, 5))
    first, again, other = (frechet_infinity(x, reference_MD=y, features="f", seed=seed).value for seed in (3, 3, 4))
    assert first == again != other


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 2"):
        frechet_distance(np.zeros((1, 4)), reference_MD=np.zeros((5, 4)), features="f")
    with pytest.raises(UsageError, match="4 and 3"):
        frechet_distance(np.eye(4), reference_MD=np.eye(3), features="f")
    with pytest.raises(UsageError, match="at least 4"):
        frechet_infinity(np.eye(3), reference_MD=np.eye(3), features="f")
