"""How many more votes until two contestants are told apart.

From what was seen so far, the number of votes at which a two-sided test at 5 % finds a difference of that size with a
power of 80 % (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.2).
"""

import math

Z_BOTH = 1.959963984540054 + 0.8416212335729143
"""Normal quantiles of 97.5 % and 80 %."""

MOST = 1_000_000
"""Differences that would take more votes than this count as none."""


def duels_to_separate(share: float, *, spread: float = 0.25) -> int | None:
    """Duels between two, the one winning a share of them (ties half); `spread` is the variance of one duel's score.

    None where the share is even, or so nearly that it would take more than MOST.
    """
    return _rounded(Z_BOTH**2 * spread, share - 0.5)


def swipes_to_separate(first: float, second: float) -> int | None:
    """Swipes of each of two contestants whose approval rates are these; None as above."""
    return _rounded(Z_BOTH**2 * (first * (1 - first) + second * (1 - second)), first - second)


def _rounded(variance: float, difference: float) -> int | None:
    if difference == 0 or variance > MOST * difference**2:
        return None
    return max(1, math.ceil(variance / difference**2))
