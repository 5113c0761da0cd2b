"""Leaderboards of simulated players whose preferences are known: order, coverage, and what choosing pairs saves.

    python benchmarks/voting.py [--simulations 100]

Seven models with random strengths, neighbours 0.15 to 0.5 apart (win chances of 54 to 62 %). One duel in ten is a tie,
which leaves the chance of winning plus half a tie where it was. One player in ten presses anything; attention checks
show who. Votes come in rounds of 50, after which pairs are weighed anew. A run stops once the chance that some
neighbours stand the wrong way round is at most 1 % by its own estimate. Both ways of choosing pairs judge the same
models.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.ranking.duels import FIRST, SECOND, TIE, Counts, num_pairs
from lookscape.ranking.pairs import order_risk, pair_weights
from lookscape.ranking.strengths import ranked, strengths
from lookscape.services.games.trust import Checks, is_attentive

MODELS = 7
ROUND = 50
SURE = 0.01
LONGEST = 40_000
TIES = 0.1
CARELESS = 0.1
PLAYERS, DUELS_EACH, CHECKS_EACH = 120, 60, 6
ATTENTION = 0.95
"""Chance that a person who looks passes a check."""


@dataclass(frozen=True)
class Race:
    """Votes until sure, and whether the order was then right."""

    votes: int
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=100)
    count = parser.parse_args().simulations
    _coverage(count)
    _saving(count)


def _truth(rng: np.random.Generator) -> NDArray[np.float64]:
    places_K = np.concatenate([[0.0], np.cumsum(rng.uniform(0.15, 0.5, MODELS - 1))])
    return np.asarray(rng.permutation(places_K - places_K.mean()))


def _outcomes(truth_K: NDArray[np.float64], pairs_V: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """What V duels come to; ties leave P(win) + P(tie) / 2 as it is."""
    first_P, second_P = np.triu_indices(MODELS, 1)
    chance_V = 1 / (1 + np.exp(truth_K[second_P[pairs_V]] - truth_K[first_P[pairs_V]]))
    drawn_V = rng.random(len(pairs_V))
    return np.where(drawn_V < chance_V - TIES / 2, FIRST, np.where(drawn_V < chance_V + TIES / 2, TIE, SECOND))


def _counted(pairs_V: NDArray[np.int64], outcomes_V: NDArray[np.int64]) -> Counts:
    counts_PO = np.zeros((num_pairs(MODELS), 3))
    np.add.at(counts_PO, (pairs_V, outcomes_V), 1)
    return counts_PO


def _played(truth_K: NDArray[np.float64], rng: np.random.Generator) -> Counts:
    """J x P x 3 counts of a crowd, those that failed the attention checks left out."""
    kept = []
    for _ in range(PLAYERS):
        careless = rng.random() < CARELESS
        pairs_V = rng.integers(0, num_pairs(MODELS), DUELS_EACH)
        outcomes_V = rng.integers(0, 3, DUELS_EACH) if careless else _outcomes(truth_K, pairs_V, rng)
        passed = rng.binomial(CHECKS_EACH, 1 / 3 if careless else ATTENTION)
        if is_attentive(Checks(passed=int(passed), failed=int(CHECKS_EACH - passed))):
            kept.append(_counted(pairs_V, outcomes_V))
    return np.stack(kept)


def _coverage(count: int) -> None:
    inside = np.zeros(MODELS)
    kept = 0
    for seed in range(count):
        rng = np.random.default_rng(seed)
        truth_K = _truth(rng)
        counts_JPO = _played(truth_K, rng)
        found = ranked(counts_JPO, num=MODELS, seed=seed)
        inside += (found.low_K <= truth_K) & (truth_K <= found.high_K)
        kept += len(counts_JPO)
    total, trials = int(inside.sum()), count * MODELS
    print(f"{count} simulations, {PLAYERS} players of {DUELS_EACH} duels, {kept / count:.0f} of them attentive")
    print(f"95 % intervals that hold the true strength: {total} of {trials}, {100 * total / trials:.1f} %  (bar: 95 %)")


def _race(truth_K: NDArray[np.float64], rng: np.random.Generator, *, choose: bool) -> Race:
    num = num_pairs(MODELS)
    counts_PO = np.zeros((num, 3))
    even_P = np.full(num, 1 / num)
    while counts_PO.sum() < LONGEST:
        weights_P = pair_weights(counts_PO, num=MODELS) if choose else even_P
        pairs_V = rng.choice(num, ROUND, p=weights_P)
        counts_PO += _counted(pairs_V, _outcomes(truth_K, pairs_V, rng))
        if order_risk(counts_PO, num=MODELS) <= SURE:
            break
    found_K = strengths(counts_PO, num=MODELS)
    return Race(int(counts_PO.sum()), np.array_equal(np.argsort(found_K), np.argsort(truth_K)))


def _saving(count: int) -> None:
    votes: dict[bool, list[int]] = {}
    for choose, name in ((False, "random"), (True, "chosen")):
        races = []
        for seed in range(count):
            truth_K = _truth(np.random.default_rng(10_000 + seed))
            races.append(_race(truth_K, np.random.default_rng((seed, choose)), choose=choose))
        votes[choose] = [race.votes for race in races]
        right = sum(race.right for race in races)
        middle = np.median(votes[choose])
        print(
            f"{name} pairs: sure after {np.mean(votes[choose]):,.0f} votes in the mean, {middle:,.0f} in the median;"
            f" Kendall's tau 1.0 in {right} of {count}"
        )
    random, chosen = np.array(votes[False]), np.array(votes[True])
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, count, (2000, count))
    low, high = np.quantile(1 - chosen[drawn].sum(axis=1) / random[drawn].sum(axis=1), [0.025, 0.975])
    saved = 1 - chosen.sum() / random.sum()
    print(f"chosen pairs need {100 * saved:.1f} % [{100 * low:.1f}, {100 * high:.1f}] fewer votes  (bar: 20 %)")


if __name__ == "__main__":
    main()
