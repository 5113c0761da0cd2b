"""The gap on codes whose information is known, and against entropies summed cell by cell."""

import math
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.disentanglement.mig import Binning, mig, mutual_information

Codes = NDArray[np.int64]


def information(one: list[int], other: list[int]) -> float:
    """The sum of p(x, y) log(p(x, y) / p(x) p(y)) over the cells that occur."""
    num, pairs = len(one), Counter(zip(one, other, strict=True))
    left, right = Counter(one), Counter(other)
    return sum(n / num * math.log(n * num / (left[x] * right[y])) for (x, y), n in pairs.items())


def every_combination(*sizes: int, times: int = 10) -> Codes:
    """N x K: each combination of classes equally often, so the columns are exactly independent."""
    return np.tile(np.stack([axis.ravel() for axis in np.indices(sizes)], axis=1), (times, 1))


def test_mutual_information_against_the_sum_over_cells() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 4, 500)
    bins = np.stack([(classes + rng.integers(0, k, 500)) % 6 for k in (1, 2, 6)], axis=1)
    wanted = [information(column.tolist(), classes.tolist()) for column in bins.T]
    np.testing.assert_allclose(mutual_information(bins, classes_N=classes), wanted, atol=1e-12)


def test_a_code_of_one_latent_a_factor_has_gap_one() -> None:
    v = every_combination(4, 3, 5)
    found = mig(v[:, [2, 0, 1]] * -2.5 + 1, factors={"a": v[:, 0], "b": v[:, 1].astype(str), "c": v[:, 2]})
    assert found.value == pytest.approx(1)
    assert [gap.first_latent for gap in found.factors] == [1, 2, 0]
    np.testing.assert_allclose([gap.entropy_nats for gap in found.factors], np.log([4, 3, 5]))
    assert (found.num_items, found.num_latents, found.from_draws) == (600, 3, False)


def test_a_factor_in_two_latents_has_gap_zero_and_a_half_known_one_half() -> None:
    v = every_combination(4, 4, 2)
    copied = np.stack([v[:, 0], v[:, 0], v[:, 1] // 2, v[:, 2]], axis=1)
    found = mig(copied, factors={"copied": v[:, 0], "halved": v[:, 1]})
    assert found.factors[0].gap == pytest.approx(0)
    # One bit of two.
    assert found.factors[1].gap == pytest.approx(0.5)
    assert found.value == pytest.approx(0.25)


def test_independent_noise_has_no_gap() -> None:
    rng = np.random.default_rng(0)
    factors = {"q": rng.normal(size=8000), "c": rng.choice(["x", "y", "z"], 8000)}
    assert mig(rng.normal(size=(8000, 6)), factors=factors).value < 0.005


def test_equal_frequency_bins_ignore_the_latents_scale() -> None:
    v = every_combination(4, 3, times=100)
    stretched = np.exp(6.0 * v) + np.random.default_rng(0).uniform(0, 0.01, v.shape)
    factors = {"a": v[:, 0], "b": v[:, 1]}
    assert mig(stretched, factors=factors, binning=Binning.FREQUENCY).value > 0.9
    assert mig(stretched, factors=factors, binning=Binning.WIDTH).value < 0.7


def test_draws_silence_a_latent_whose_mean_hardly_moves() -> None:
    v = every_combination(4, 3, times=100)
    means = np.stack([v[:, 0] * 1.0, v[:, 1] * 1.0, v[:, 0] * 1e-3], axis=1)
    variances = np.tile([1e-4, 1e-4, 1.0], (len(v), 1))
    factors = {"a": v[:, 0], "b": v[:, 1]}
    assert mig(means, factors=factors).factors[0].gap == pytest.approx(0)
    drawn = mig(means, factors=factors, variances_ND=variances, seed=1)
    assert drawn.from_draws
    assert drawn.factors[0].gap > 0.95
    assert drawn == mig(means, factors=factors, variances_ND=variances, seed=1)
    assert drawn != mig(means, factors=factors, variances_ND=variances, seed=2)


def test_items_without_a_value_do_not_count() -> None:
    v = every_combination(4, 3)
    known = np.where(np.arange(len(v)) % 3 == 0, np.nan, v[:, 0])
    noisy = v.astype(float)
    noisy[::3, 0] = 0
    found = mig(noisy, factors={"a": known})
    assert found.factors[0].num_known == len(v) * 2 // 3
    assert found.factors[0].first_nats == pytest.approx(found.factors[0].entropy_nats)


def test_constant_latents_know_nothing() -> None:
    v = every_combination(4, 3)
    z = np.concatenate([np.full((len(v), 2), 7.0), v], axis=1)
    for binning in Binning:
        assert mig(z, factors={"a": v[:, 0]}, binning=binning).factors[0].first_latent == 2
    assert mig(z[:, :2], factors={"a": v[:, 0]}).value == 0


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (np.zeros((100, 1)), "D at least 2"),
        (np.zeros((10, 4)), "N at least 50"),
        (np.full((100, 4), np.nan), "not finite"),
    ],
)
def test_latents_that_cannot_be_scored_are_refused(latents: NDArray[np.float64], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        mig(latents, factors={"a": np.arange(len(latents))})


def test_variances_of_another_shape_are_refused() -> None:
    with pytest.raises(UsageError, match="like the latents"):
        mig(np.eye(60), factors={"a": np.arange(60)}, variances_ND=np.ones((60, 2)))
