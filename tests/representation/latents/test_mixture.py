"""The mixture fitted to latents: its density against scipy's, its samples, its choice of size."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from lookscape.errors import UsageError
from lookscape.representation.latents.mixture import Mixture, fit_mixture, open_mixture


@pytest.fixture
def two() -> Mixture:
    roots = np.array([[[0.5, 0.0], [0.3, 0.2]], [[1.0, 0.0], [-0.4, 0.7]]])
    return Mixture(weights_K=np.array([0.25, 0.75]), means_KD=np.array([[-3.0, 0.0], [2.0, 1.0]]), roots_KDD=roots)


def test_density_is_that_of_the_normals(two: Mixture) -> None:
    x_ND = np.random.default_rng(0).normal(size=(50, 2)) * 3
    normals = [multivariate_normal(mean, root @ root.T) for mean, root in zip(two.means_KD, two.roots_KDD, strict=True)]
    expected = np.log(0.25 * normals[0].pdf(x_ND) + 0.75 * normals[1].pdf(x_ND))
    np.testing.assert_allclose(two.log_density(x_ND), expected, rtol=1e-10)
    with pytest.raises(UsageError, match="2 latents, not 3"):
        two.log_density(np.zeros((1, 3)))


def test_samples_have_the_moments_and_follow_the_seed(two: Mixture) -> None:
    x_ND = two.sample(40_000, seed=3).astype(np.float64)
    mean_D = two.weights_K @ two.means_KD
    inner = np.einsum("k,kij,klj->il", two.weights_K, two.roots_KDD, two.roots_KDD)
    outer = np.einsum("k,ki,kj->ij", two.weights_K, two.means_KD, two.means_KD) - np.outer(mean_D, mean_D)
    np.testing.assert_allclose(x_ND.mean(axis=0), mean_D, atol=0.05)
    np.testing.assert_allclose(np.cov(x_ND.T), inner + outer, atol=0.1)
    np.testing.assert_array_equal(two.sample(9, seed=5), two.sample(9, seed=5))
    assert not np.array_equal(two.sample(9, seed=5), two.sample(9, seed=6))


def test_temperature_draws_towards_the_centres(two: Mixture) -> None:
    cold = two.sample(200, seed=0, temperature=0.0)
    assert {tuple(row) for row in cold} == {(-3.0, 0.0), (2.0, 1.0)}
    assert (
        two.log_density(two.sample(500, seed=0, temperature=0.5)).mean()
        > two.log_density(two.sample(500, seed=0)).mean()
    )
    with pytest.raises(UsageError, match="negative"):
        two.sample(1, seed=0, temperature=-1)


def test_clusters_are_found_and_make_new_latents_likelier(two: Mixture) -> None:
    fitted = fit_mixture(two.sample(3000, seed=1))
    fresh = two.sample(3000, seed=2)
    single = multivariate_normal(fresh.mean(axis=0), np.cov(fresh.T))
    assert fitted.num_components >= 2
    assert fitted.log_density(fresh).mean() > single.logpdf(fresh).mean() + 0.3
    assert fitted.log_density(fresh).mean() == pytest.approx(two.log_density(fresh).mean(), abs=0.05)


def test_a_plain_normal_stays_small_and_is_fitted_twice_alike() -> None:
    x_ND = np.random.default_rng(0).normal(size=(600, 12))
    one, other = fit_mixture(x_ND), fit_mixture(x_ND)
    assert one.num_components == 1
    np.testing.assert_array_equal(one.means_KD, other.means_KD)


@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_handful_of_latents_is_enough(count: int) -> None:
    x_ND = np.random.default_rng(0).normal(size=(count, 64))
    fitted = fit_mixture(x_ND)
    assert fitted.num_components == 1
    assert np.isfinite(fitted.log_density(x_ND)).all()
    with pytest.raises(UsageError, match="at least 2"):
        fit_mixture(x_ND[:1])


def test_it_comes_back_from_the_disk(two: Mixture, tmp_path) -> None:
    assert open_mixture(tmp_path) is None
    two.save(tmp_path)
    again = open_mixture(tmp_path)
    assert again is not None
    assert (again.num_components, again.dim) == (2, 2)
    np.testing.assert_array_equal(again.sample(20, seed=1), two.sample(20, seed=1))
