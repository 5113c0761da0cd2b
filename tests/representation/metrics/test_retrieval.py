"""Figures of rankings by hand, and average precision against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from lookscape.errors import UsageError
from lookscape.representation.metrics.retrieval import gathered, judge_ranking

KS = (1, 2, 5)


def test_by_hand() -> None:
    found = judge_ranking(np.array([False, True, True, False, True]), at=KS)
    assert found.recall_K == (0, 1, 1)
    assert found.average_precision == pytest.approx((1 / 2 + 2 / 3 + 3 / 5) / 3)
    assert found.map_at_r == pytest.approx((1 / 2 + 2 / 3) / 3)  # R is 3, so the one at rank 5 counts as missed


def test_a_perfect_and_the_worst_ranking() -> None:
    best = judge_ranking(np.array([True, True, False, False]), at=KS)
    assert (best.recall_K, best.average_precision, best.map_at_r) == ((1, 1, 1), 1, 1)
    worst = judge_ranking(np.array([False] * 8 + [True]), at=KS)
    assert (worst.recall_K, worst.map_at_r) == ((0, 0, 0), 0)
    assert worst.average_precision == pytest.approx(1 / 9)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_that_of_scikit_learn(seed: int) -> None:
    relevant = np.random.default_rng(seed).random(200) < 0.1
    expected = average_precision_score(relevant, -np.arange(200))
    assert judge_ranking(relevant, at=KS).average_precision == pytest.approx(expected)


def test_queries_are_gathered_in_their_order() -> None:
    both = gathered([judge_ranking(np.array(one), at=KS) for one in ([True, False], [False, True])])
    assert both.recall_KN.tolist() == [[1, 0], [1, 1], [1, 1]]
    assert both.average_precision_N.tolist() == [1, 0.5]
    assert both.map_at_r_N.tolist() == [1, 0]


def test_nothing_relevant_cannot_be_judged() -> None:
    with pytest.raises(UsageError, match="without anything relevant"):
        judge_ranking(np.zeros(4, bool), at=KS)
