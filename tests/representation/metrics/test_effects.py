"""Effect sizes against pairs counted one by one, closed forms, and how often intervals hold what is true."""

import numpy as np
import pytest
from scipy import stats

from lookscape.representation.metrics.effects import adjusted, cliffs_delta, cramers_v


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_delta_is_what_counting_pairs_gives() -> None:
    values = rng().integers(0, 6, 90).astype(float)
    first = rng(4).random(90) < 0.4
    pairs = np.sign(values[first][:, None] - values[~first][None])
    found = cliffs_delta(values, first, units_N=np.arange(90))
    assert found.value == pytest.approx(pairs.mean())
    assert found.low <= found.value <= found.high
    assert found.chance == pytest.approx(stats.mannwhitneyu(values[first], values[~first]).pvalue)


def test_ends_of_delta() -> None:
    first = np.arange(40) < 10
    higher = cliffs_delta(np.where(first, 5.0, 1.0), first, units_N=np.arange(40))
    assert (higher.value, higher.low, higher.high) == (1, 1, 1)
    same = cliffs_delta(np.ones(40), first, units_N=np.arange(40))
    assert (same.value, same.chance) == (0, 1)


def test_an_interval_of_delta_holds_the_truth_and_heeds_units() -> None:
    true, held, widths = 2 * stats.norm.cdf(0.5 / np.sqrt(2)) - 1, 0, {1: [], 4: []}
    for trial in range(60):
        first = np.arange(120) < 50
        values = rng(trial).normal(size=120) + 0.5 * first
        found = cliffs_delta(values, first, units_N=np.arange(120), seed=trial)
        held += found.low <= true <= found.high
        for copies, found_widths in widths.items():
            again = cliffs_delta(
                np.repeat(values, copies), np.repeat(first, copies), units_N=np.repeat(np.arange(120), copies)
            )
            found_widths.append(again.high - again.low)
    assert held >= 52
    assert np.mean(widths[4]) == pytest.approx(np.mean(widths[1]), rel=0.01)


def test_v_is_bergsmas_and_none_where_kinds_do_not_matter() -> None:
    codes, first = rng().integers(0, 3, 200), rng(4).random(200) < 0.5
    codes[first & (rng(5).random(200) < 0.4)] = 2
    table = np.array([[np.sum(codes[first == side] == kind) for kind in range(3)] for side in (True, False)])
    square = stats.chi2_contingency(table, correction=False).statistic / 200
    share = (square - 2 / 199) / min(3 - 4 / 199 - 1, 2 - 1 / 199 - 1)
    found = cramers_v(codes, first, units_N=np.arange(200))
    assert found.value == pytest.approx(np.sqrt(share))
    assert found.chance == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=5e-3)
    alone = cramers_v(np.zeros(200, int), first, units_N=np.arange(200))
    assert (alone.value, alone.high, alone.chance) == (0, 0, 1)
    assert cramers_v(first.astype(int), first, units_N=np.arange(200)).value == pytest.approx(1, abs=0.01)


def test_v_of_what_does_not_matter_is_about_nothing_and_its_interval_holds_the_truth() -> None:
    values, held = [], 0
    for trial in range(60):
        codes, first = rng(trial).integers(0, 12, 300), np.arange(300) < 120
        values.append(cramers_v(codes, first, units_N=np.arange(300), seed=trial).value)
        likely = np.where(first, 0.6, 0.3)
        found = cramers_v((rng(trial).random(300) < likely).astype(int), first, units_N=np.arange(300), seed=trial)
        held += found.low <= 0.298 <= found.high  # phi of these shares: 0.3 * sqrt(.4 * .6) / sqrt(.42 * .58)
    assert np.mean(values) < 0.06
    assert held >= 52


def test_asking_more_makes_chances_larger() -> None:
    assert adjusted([]) == []
    np.testing.assert_allclose(adjusted([0.01, 0.5, 0.02, 0.9]), [0.04, 2 / 3, 0.04, 0.9])
