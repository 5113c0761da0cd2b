"""Intervals on data whose sampling distribution is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.intervals import Method, bootstrap, bootstrap_mean, jackknife

Rows = NDArray[np.intp]


def test_width_for_independent_rows_is_that_of_the_normal_theory() -> None:
    values = np.random.default_rng(0).normal(3, 2, 400)
    found = bootstrap_mean(values)
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)
    assert (found.num_groups, found.num_repeats, found.level) == (400, 2000, 0.95)
    assert found.method is Method.BOOTSTRAP


def test_repeated_photos_of_a_product_do_not_narrow_it() -> None:
    values = np.random.default_rng(0).normal(size=100)
    alone = bootstrap_mean(values)
    products = np.repeat(np.array([f"product {n}" for n in range(100)]), 9)
    ninefold = bootstrap_mean(np.repeat(values, 9), groups=products)
    as_if_apart = bootstrap_mean(np.repeat(values, 9))
    assert ninefold.high - ninefold.low == pytest.approx(alone.high - alone.low, rel=0.08)
    assert as_if_apart.high - as_if_apart.low == pytest.approx((alone.high - alone.low) / 3, rel=0.08)


def test_the_mean_and_the_general_bootstrap_agree_with_groups_of_unequal_size() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 30, 200)
    values = rng.normal(size=200) + groups % 3
    fast = bootstrap_mean(values, groups=groups, num_replicates=300, seed=5)
    plain = bootstrap(lambda rows: float(values[rows].mean()), groups=groups, num_replicates=300, seed=5)
    assert (fast.low, fast.high) == pytest.approx((plain.low, plain.high), abs=1e-12)
    assert fast.value == pytest.approx(plain.value)


@pytest.mark.parametrize("method", ["bootstrap", "jackknife"])
def test_it_covers_the_truth_as_often_as_it_says(method: str) -> None:
    rng = np.random.default_rng(0)
    groups, hits = np.repeat(np.arange(60), 2), 0
    for seed in range(300):
        values = np.repeat(rng.normal(size=60), 2)
        found = (
            bootstrap_mean(values, groups=groups, num_replicates=200, level=0.8, seed=seed)
            if method == "bootstrap"
            else jackknife(lambda rows, x=values: float(x[rows].mean()), groups=groups, level=0.8, seed=seed)
        )
        hits += found.low <= 0 <= found.high
    assert 0.8 - 0.07 < hits / 300 < 0.8 + 0.07


def test_jackknife_with_one_product_a_fold_is_the_textbook_error_of_a_mean() -> None:
    from scipy.stats import t

    values = np.random.default_rng(0).normal(size=25)
    found = jackknife(lambda rows: float(values[rows].mean()), groups=np.arange(25), num_folds=25)
    half = t.ppf(0.975, 24) * values.std(ddof=1) / 5
    assert found.low == pytest.approx(values.mean() - half)
    assert found.high == pytest.approx(values.mean() + half)
    assert (found.method, found.num_repeats) == (Method.JACKKNIFE, 25)


def test_jackknife_keeps_products_whole() -> None:
    groups = np.array(["a", "b", "c", "d"] * 5)
    seen: list[Rows] = []

    def remember(rows: Rows) -> float:
        seen.append(rows)
        return 0.0

    jackknife(remember, groups=groups, num_folds=2)
    folds = [set(groups[rows].tolist()) for rows in seen[:2]]
    assert folds[0] | folds[1] == set("abcd")
    assert not folds[0] & folds[1]
    assert [len(rows) for rows in seen] == [10, 10, 20]


def test_the_seed_decides() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert bootstrap_mean(values, seed=1) == bootstrap_mean(values, seed=1) != bootstrap_mean(values, seed=2)


def test_what_has_no_interval_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 2 products"):
        bootstrap_mean(np.arange(4.0), groups=np.zeros(4))
    with pytest.raises(UsageError, match="finite"):
        bootstrap_mean(np.array([1.0, np.inf]))
    with pytest.raises(UsageError, match="one group for every value"):
        bootstrap_mean(np.arange(4.0), groups=np.zeros(3))
