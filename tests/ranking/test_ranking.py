"""Duels into an order: against a closed form, on simulated votes, and what is asked next."""

import numpy as np
import pytest

from lookscape.ranking.duels import FIRST, SECOND, TIE, Duel, count, count_by_judge, num_pairs, pair_number
from lookscape.ranking.pairs import order_risk, pair_weights
from lookscape.ranking.separation import duels_to_separate, swipes_to_separate
from lookscape.ranking.strengths import PRIOR, ranked, strengths


def simulated(truth: np.ndarray, *, votes: int, seed: int, judges: int = 1) -> list[Duel]:
    rng = np.random.default_rng(seed)
    duels = []
    for number in range(votes):
        left, right = rng.choice(len(truth), 2, replace=False)
        wins = rng.random() < 1 / (1 + np.exp(truth[right] - truth[left]))
        duels.append(Duel(left=int(left), right=int(right), winner=int(left if wins else right), judge=number % judges))
    return duels


def test_pairs_are_numbered_as_numpy_numbers_them() -> None:
    first, second = np.triu_indices(6, 1)
    assert [pair_number(i, j, num=6) for i, j in zip(first, second, strict=True)] == list(range(num_pairs(6)))
    assert pair_number(4, 2, num=6) == pair_number(2, 4, num=6)


def test_outcomes_are_counted_from_the_smaller_place_whatever_the_side() -> None:
    duels = [Duel(left=0, right=1, winner=0), Duel(left=1, right=0, winner=0), Duel(left=1, right=0, winner=None)]
    counts = count([*duels, Duel(left=2, right=0, winner=2)], num=3)
    assert counts[0, FIRST] == 2
    assert counts[0, TIE] == 1
    assert counts[1, SECOND] == 1
    assert counts.sum() == 4


def test_judges_are_kept_apart() -> None:
    duels = [Duel(left=0, right=1, winner=0, judge=judge) for judge in (5, 5, 9)]
    assert count_by_judge(duels, num=2).sum(axis=(1, 2)).tolist() == [2, 1]
    assert count_by_judge([], num=3).shape == (0, 3, 3)


@pytest.mark.parametrize(("won", "lost", "ties"), [(30, 10, 0), (30, 10, 20), (5, 0, 0)])
def test_two_contestants_have_a_closed_form(won: int, lost: int, ties: int) -> None:
    counts = np.array([[won, lost, ties]], float)
    half = (ties + PRIOR) / 2
    expected = np.log((won + half) / (lost + half))
    first, second = strengths(counts, num=2)
    assert first - second == pytest.approx(expected, rel=1e-4)
    assert first + second == pytest.approx(0)


def test_without_votes_all_are_equal() -> None:
    assert strengths(np.zeros((6, 3)), num=4).tolist() == pytest.approx([0] * 4)


def test_a_known_order_comes_back_with_intervals_that_hold_it() -> None:
    truth = np.array([0.9, -0.6, 0.3, -0.1, -0.5])
    found = ranked(count_by_judge(simulated(truth, votes=4000, seed=1, judges=40), num=5), num=5, resamples=200)
    assert found.by_judge
    assert np.argsort(found.value_K).tolist() == np.argsort(truth).tolist()
    centred = truth - truth.mean()
    assert ((found.low_K <= centred) & (centred <= found.high_K)).sum() >= 4
    low, high = found.difference(0, 1)
    assert 0 < low < 1.5 < high


def test_few_judges_mean_that_votes_are_resampled() -> None:
    counts = count_by_judge(simulated(np.array([0.5, -0.5]), votes=200, seed=2), num=2)
    found = ranked(counts, num=2, resamples=50)
    assert not found.by_judge
    assert (found.low_K < found.value_K).all()
    assert ranked(counts, num=2, resamples=50).low_K.tolist() == found.low_K.tolist()


def test_the_pair_that_is_hardest_to_tell_is_asked_most() -> None:
    truth = np.array([2.0, 0.05, 0.0, -2.0])
    weights = pair_weights(count(simulated(truth, votes=2000, seed=3), num=4), num=4)
    assert weights.sum() == pytest.approx(1)
    assert weights.min() > 0
    assert int(np.argmax(weights)) == pair_number(1, 2, num=4)


def test_at_first_all_pairs_are_alike_and_two_contestants_have_one_pair() -> None:
    weights = pair_weights(np.zeros((6, 3)), num=4)
    assert weights.min() > 0
    assert pair_weights(np.zeros((1, 3)), num=2).tolist() == [1.0]


def test_the_risk_of_a_wrong_order_falls_with_votes() -> None:
    truth = np.array([0.6, 0.0, -0.6])
    risks = [order_risk(count(simulated(truth, votes=votes, seed=4), num=3), num=3) for votes in (0, 50, 3000)]
    assert risks[0] == 1
    assert risks[0] > risks[1] > risks[2]
    assert risks[2] < 0.01


def test_votes_until_two_separate() -> None:
    assert duels_to_separate(0.6) == 197  # (1.96 + 0.8416)^2 / 4 / 0.1^2
    assert swipes_to_separate(0.5, 0.4) == 385  # as in the tables, without continuity correction
    assert duels_to_separate(0.5) is None
    assert duels_to_separate(0.5001) is None
    assert swipes_to_separate(0.3, 0.3) is None
