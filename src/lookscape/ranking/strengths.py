"""Bradley-Terry strengths of contestants, with bootstrap intervals.

The chance that i is found better than j is 1 / (1 + exp(s_j - s_i)); a tie counts half for each (Bradley and Terry
1952, Biometrika 39:324; fitted by Newman's iteration, JMLR 24:1, 2023, as the library evalica has it). Strengths are
natural logarithms with mean 0, so that only differences mean anything. Letters as in `duels.py`; B resamples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.ranking.duels import Counts

PRIOR = 0.1
"""Ties that every pair is taken to have had before the first vote: a contestant that won all stays finite."""

RESAMPLES = 400
FEW_JUDGES = 20
"""Below this many judges votes are resampled, from it on judges: what one person says goes together."""

TOLERANCE = 1e-8
LIMIT = 10_000

Strengths = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """K strengths with the ends of their intervals, and the B x K resampled ones that these came from."""

    value_K: Strengths
    low_K: Strengths
    high_K: Strengths
    resampled_BK: Strengths
    by_judge: bool

    def difference(self, first: int, second: int, *, level: float = 0.95) -> tuple[float, float]:
        """The interval of how much stronger one is than another."""
        low, high = _ends(self.resampled_BK[:, first] - self.resampled_BK[:, second], level=level)
        return float(low), float(high)


def strengths(counts_PO: Counts, *, num: int) -> Strengths:
    """K strengths from P x 3 counts; 0 for all without votes."""
    import evalica

    first_P, second_P = np.triu_indices(num, 1)
    winners = [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw]
    with_prior_PO = counts_PO + np.array([0, 0, PRIOR])
    kept_PO = with_prior_PO > 0
    pairs, outcomes = np.nonzero(kept_PO)
    fitted = evalica.bradley_terry(
        first_P[pairs].tolist(),
        second_P[pairs].tolist(),
        [winners[place] for place in outcomes],
        weights=with_prior_PO[kept_PO].tolist(),
        tolerance=TOLERANCE,
        limit=LIMIT,
    )
    logs_K: Strengths = np.log(np.asarray(fitted.scores.sort_index(), np.float64))  # every contestant has a prior tie
    centred_K: Strengths = logs_K - logs_K.mean()
    return centred_K


def ranked(counts_JPO: Counts, *, num: int, seed: int = 0, level: float = 0.95, resamples: int = RESAMPLES) -> Ranked:
    """Strengths with percentile bootstrap intervals at `level`, from counts by judge."""
    rng = np.random.default_rng(seed)
    total_PO = counts_JPO.sum(axis=0)
    by_judge = len(counts_JPO) >= FEW_JUDGES
    value_K = strengths(total_PO, num=num)
    drawn = (_redrawn(counts_JPO, rng, by_judge=by_judge) for _ in range(resamples))
    resampled_BK = np.stack([strengths(counts_PO, num=num) for counts_PO in drawn])
    low_K, high_K = _ends(resampled_BK, level=level)
    return Ranked(value_K=value_K, low_K=low_K, high_K=high_K, resampled_BK=resampled_BK, by_judge=by_judge)


def _redrawn(counts_JPO: Counts, rng: np.random.Generator, *, by_judge: bool) -> Counts:
    total_PO: Counts = counts_JPO.sum(axis=0)
    if by_judge:
        times_J = rng.multinomial(len(counts_JPO), np.full(len(counts_JPO), 1 / len(counts_JPO)))
        return np.asarray(np.tensordot(times_J.astype(np.float64), counts_JPO, axes=1), np.float64)
    votes = int(total_PO.sum())
    if votes == 0:
        return total_PO
    drawn = rng.multinomial(votes, (total_PO / votes).reshape(-1))
    return np.asarray(drawn.reshape(total_PO.shape), np.float64)


def _ends(values: Strengths, *, level: float) -> tuple[Strengths, Strengths]:
    """The percentiles that hold `level` of the resampled values, along the first axis."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
