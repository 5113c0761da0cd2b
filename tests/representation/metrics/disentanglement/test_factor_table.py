"""What becomes of a column: kinds, classes, missing values, and columns that cannot be used."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from lookscape.errors import UsageError
from lookscape.representation.metrics.disentanglement.factors import (
    MISSING,
    Factor,
    Kind,
    as_numbers,
    equal_frequency,
    num_bins,
    read_factors,
)


def one(values: ArrayLike) -> Factor:
    column = np.asarray(values)
    return read_factors({"it": column}, num_items=len(column)).used[0]


def reason(values: ArrayLike) -> str:
    column = np.asarray(values)
    table = {"it": column, "good": np.arange(len(column)) % 2}
    (left_out,) = read_factors(table, num_items=len(column)).left_out
    assert left_out.name == "it"
    return left_out.reason


def test_words_and_truth_values_are_categories_commonest_first() -> None:
    found = one(["low"] * 20 + ["boot"] * 60)
    assert (found.kind, found.num_classes, found.is_merged) == (Kind.CATEGORY, 2, False)
    assert found.codes_N.tolist() == [1] * 20 + [0] * 60
    assert one([True, False] * 40).kind is Kind.CATEGORY


def test_numbers_of_few_values_keep_them_and_of_many_are_cut_evenly() -> None:
    few = one(np.repeat([3.0, 1.0, 2.0], 40))
    assert (few.kind, few.num_classes, few.is_merged) == (Kind.QUANTITY, 3, False)
    assert few.codes_N.tolist() == [2] * 40 + [0] * 40 + [1] * 40
    values = np.random.default_rng(0).exponential(size=4000)
    many = one(values)
    assert (many.num_classes, many.is_merged) == (20, True)
    assert np.bincount(many.codes_N).tolist() == [200] * 20
    assert (np.diff(many.codes_N[np.argsort(values)]) >= 0).all()
    np.testing.assert_array_equal(many.values_N, values)


def test_bins_follow_the_number_of_items() -> None:
    assert [num_bins(n) for n in (50, 500, 2000, 100_000)] == [3, 10, 20, 20]


def test_equal_values_stay_together() -> None:
    assert equal_frequency(np.array([0.0] * 8 + [1, 2]), bins=5).tolist() == [0] * 8 + [1, 1]


def test_missing_values_in_every_kind_of_column() -> None:
    numbers = one([np.nan, *np.arange(60.0)])
    mixed = one(np.array([None, *range(60)], object))
    words = one(["", *["a", "b"] * 30])
    objects = one(np.array([None, float("nan"), *["a", "b"] * 30], object))
    for found, missing in ((numbers, 1), (mixed, 1), (words, 1), (objects, 2)):
        assert found.known.sum() == len(found.codes_N) - missing
        assert (found.codes_N[:missing] == MISSING).all()
        assert np.isnan(found.values_N[:missing]).all()
    assert mixed.kind is Kind.QUANTITY


def test_rare_values_become_one_class_or_unknown() -> None:
    merged = one(["a"] * 60 + ["b"] * 40 + ["c"] * 4 + ["d"] * 3)
    assert (merged.num_classes, merged.is_merged) == (3, True)
    assert merged.codes_N[-7:].tolist() == [2] * 7
    unknown = one(["a"] * 60 + ["b"] * 40 + ["c"] * 2)
    assert unknown.num_classes == 2
    assert unknown.codes_N[-2:].tolist() == [MISSING] * 2
    assert not unknown.is_merged


def test_a_category_of_many_common_values_is_limited() -> None:
    found = one(np.repeat([f"v{n:02}" for n in range(80)], 30 - np.arange(80) // 4))
    assert found.num_classes == 50
    assert (found.codes_N == 49).sum() == sum(30 - n // 4 for n in range(49, 80))


def test_columns_that_say_nothing_are_left_out_with_the_reason() -> None:
    assert reason([f"id {n}" for n in range(100)]) == "most of its 100 values are rare"
    assert reason(["a"] * 100) == reason(np.ones(100)) == "it is constant"
    assert reason(["a"] * 98 + ["b", "c"]) == "it is constant but for a few items"
    assert "only 40 items" in reason(["a", "b"] * 20 + [""] * 60)
    assert "nearly all" in reason(np.concatenate([np.zeros(5000), np.arange(30.0)]))


def test_a_table_without_enough_is_refused() -> None:
    with pytest.raises(UsageError, match=r"at least 2 usable factors and found 1 \(same: it is constant\)"):
        read_factors({"same": np.ones(60), "good": np.arange(60)}, num_items=60, at_least=2)
    with pytest.raises(UsageError, match="59 values for 60 items"):
        read_factors({"short": np.ones(59)}, num_items=60)
    with pytest.raises(UsageError, match="empty"):
        read_factors({}, num_items=60)


def test_strings_of_numbers_become_numbers_only_if_all_do() -> None:
    np.testing.assert_array_equal(as_numbers(np.array(["0.250", "", "1"])), [0.25, np.nan, 1])
    words = np.array(["0.250", "low"])
    assert as_numbers(words) is words
