"""Which pairs to ask about next, so that the order is known with the fewest votes.

After each vote the strengths are known about as well as a normal distribution around the fitted ones, its precision
being the Fisher information of the duels so far (a tie tells about as much as a win). A vote on a pair adds
p (1 - p) to the information along the pair's difference. A pair is worth what it takes from the chance that
neighbours in the order stand the wrong way round (expected gain of one step, as in Chu and Ghahramani 2005,
"Extensions of Gaussian processes for ranking"). Pairs are drawn in proportion, so that no pair starves.
"""

import numpy as np
from numpy.typing import NDArray

from lookscape.ranking.duels import Counts
from lookscape.ranking.strengths import Strengths, strengths

WEAK = 0.05
"""Precision of every strength before the first vote: a standard deviation of 4.5, wider than any seen."""

EVENLY = 0.1
"""Share of votes that go to all pairs alike, so that a wrong early impression is found out."""

SHARP = 2.0
"""Above 1 the best pairs are asked more than in proportion to their worth."""

Weights = NDArray[np.float64]


def pair_weights(counts_PO: Counts, *, num: int) -> Weights:
    """The chances, summing to 1, with which the P pairs should be asked next."""
    even_P: Weights = np.full(len(counts_PO), 1 / max(len(counts_PO), 1))
    if num < 3:
        return even_P
    worth_P = _Posterior(strengths(counts_PO, num=num), counts_PO).worth() ** SHARP
    total = worth_P.sum()
    return even_P if total <= 0 else EVENLY * even_P + (1 - EVENLY) * worth_P / total


def order_risk(counts_PO: Counts, *, num: int) -> float:
    """At most how probable it is that some neighbours in the order stand the wrong way round, from 0 to 1."""
    if num < 2:
        return 0.0
    wrong_N = _Posterior(strengths(counts_PO, num=num), counts_PO).wrong_N
    return min(1.0, float(wrong_N.sum()))


class _Posterior:
    """What is known of K strengths after some votes: a normal distribution; N = K - 1 neighbours in the order."""

    def __init__(self, strengths_K: Strengths, counts_PO: Counts) -> None:
        from scipy.special import ndtr

        num = len(strengths_K)
        first_P, second_P = np.triu_indices(num, 1)
        self.differences_PK = np.eye(num)[first_P] - np.eye(num)[second_P]
        chance_P = 1 / (1 + np.exp(-self.differences_PK @ strengths_K))
        self.tells_P = chance_P * (1 - chance_P)
        seen_P = counts_PO.sum(axis=1) * self.tells_P
        information_KK = WEAK * np.eye(num) + (self.differences_PK.T * seen_P) @ self.differences_PK
        self.spread_KK = np.linalg.inv(information_KK)
        order_K = np.argsort(-strengths_K, kind="stable")
        self.neighbours_NK = np.eye(num)[order_K[:-1]] - np.eye(num)[order_K[1:]]
        self.gap_N = self.neighbours_NK @ strengths_K
        self.variance_N = np.einsum("nk,kl,nl->n", self.neighbours_NK, self.spread_KK, self.neighbours_NK)
        self.wrong_N: Weights = ndtr(-self.gap_N / np.sqrt(self.variance_N))

    def worth(self) -> Weights:
        """How much one vote on each pair takes from the chances that neighbours are the wrong way round."""
        from scipy.special import ndtr

        along_PK = self.differences_PK @ self.spread_KK
        variance_P = np.einsum("pk,pk->p", along_PK, self.differences_PK)
        gained_P = self.tells_P / (1 + self.tells_P * variance_P)
        less_PN = (along_PK @ self.neighbours_NK.T) ** 2 * gained_P[:, None]
        after_PN = ndtr(-self.gap_N / np.sqrt(np.maximum(self.variance_N - less_PN, 1e-12)))
        worth_P: Weights = np.maximum(self.wrong_N - after_PN, 0).sum(axis=1)
        return worth_P
