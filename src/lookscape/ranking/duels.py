"""Counts of duels: for every pair of contestants who was found better how often.

Letters in names: K contestants, P = K (K - 1) / 2 pairs (i, j) with i < j, in the order of `np.triu_indices(K, 1)`, 3
outcomes (i better, j better, a tie of either kind), J judges.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]

FIRST, SECOND, TIE = 0, 1, 2
"""Places of the three outcomes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Duel:
    """One judged duel: two contestants by place, the winner's place (None: a tie), and who judged."""

    left: int
    right: int
    winner: int | None
    judge: int = 0


def num_pairs(num: int) -> int:
    """Pairs of `num` contestants."""
    return num * (num - 1) // 2


def pair_number(first: int, second: int, *, num: int) -> int:
    """Which of the pairs (i, j), i < j, two contestants are."""
    low, high = sorted((first, second))
    return low * num - low * (low + 1) // 2 + high - low - 1


def outcome(duel: Duel) -> int:
    """FIRST, SECOND or TIE, seen from the contestant of the smaller place."""
    if duel.winner is None:
        return TIE
    return FIRST if duel.winner == min(duel.left, duel.right) else SECOND


def count(duels: Iterable[Duel], *, num: int) -> Counts:
    """P x 3 counts."""
    counts_PO = np.zeros((num_pairs(num), 3))
    for duel in duels:
        counts_PO[pair_number(duel.left, duel.right, num=num), outcome(duel)] += 1
    return counts_PO


def count_by_judge(duels: Iterable[Duel], *, num: int) -> Counts:
    """J x P x 3 counts, a slice for each judge who judged any."""
    by_judge: dict[int, list[Duel]] = {}
    for duel in duels:
        by_judge.setdefault(duel.judge, []).append(duel)
    if not by_judge:
        return np.zeros((0, num_pairs(num), 3))
    return np.stack([count(mine, num=num) for mine in by_judge.values()])
