"""How much two groups differ in one thing: effect sizes with intervals, and how likely chance alone is.

Numbers: Cliff's delta (Cliff, "Dominance statistics", 1993), the chance that a member of the first group has more, less
the chance that it has less; tested by Mann and Whitney's U. Kinds: Cramér's V with Bergsma's correction of its bias
("A bias-correction for Cramér's V and Tschuprow's T", 2013), tested by chi squared over random tables of equal margins.
Intervals are percentiles of a bootstrap that redraws whole units, such as products; both groups keep what they draw.
`adjusted` are the chances after correction for how many things were asked (Benjamini & Hochberg, 1995).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REPLICATES = 500
TABLES = 9999
LEVEL = 0.95
CHUNK = 1_000_000
"""Weights held at a time."""

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """`value` with the ends of its 95 % interval, and how likely as much of it is where groups do not differ."""

    value: float
    low: float
    high: float
    chance: float


def cliffs_delta(values_N: Numbers, first_N: Flags, *, units_N: NDArray[np.generic], seed: int = 0) -> Effect:
    """-1 (all of the first group have less) to 1 (all have more). Both groups have to be there, values finite."""
    from scipy.stats import mannwhitneyu

    order = np.argsort(values_N, kind="stable")
    weights = _redrawn(units_N[order], seed=seed)
    found_R = np.concatenate([_deltas(values_N[order], first_N[order], part_RN) for part_RN in weights])
    [value] = _deltas(values_N[order], first_N[order], np.ones((1, len(order))))
    tested = mannwhitneyu(values_N[first_N], values_N[~first_N], method="asymptotic")
    chance = float(tested.pvalue) if np.ptp(values_N) > 0 else 1.0
    return _effect(float(value), found_R, chance=chance)


def cramers_v(codes_N: Codes, first_N: Flags, *, units_N: NDArray[np.generic], seed: int = 0) -> Effect:
    """0 (kinds are as frequent in both groups) to 1 (they tell the groups apart). Both groups have to be there."""
    codes_N = np.unique(codes_N, return_inverse=True)[1]
    one_NK = np.eye(codes_N.max() + 1)[codes_N]
    found = []
    for part_RN in _redrawn(units_N, seed=seed):
        tables_R2K = np.stack([(part_RN * first_N) @ one_NK, (part_RN * ~first_N) @ one_NK], axis=1)
        found.append(_corrected(tables_R2K, times=2))
    table_2K = np.stack([first_N @ one_NK, ~first_N @ one_NK])
    [value] = _corrected(table_2K[None], times=1)
    return _effect(float(value), np.concatenate(found), chance=_chance_of(table_2K, seed=seed))


def adjusted(chances: Sequence[float]) -> list[float]:
    """The same chances when all of these were asked."""
    from scipy.stats import false_discovery_control

    return [float(one) for one in false_discovery_control(np.asarray(chances, np.float64))] if len(chances) else []


def _deltas(sorted_N: Numbers, first_N: Flags, weights_RN: Numbers) -> Numbers:
    """Of weighted rows, by the running weight of the second group below each value, half of what is equal."""
    ends = np.flatnonzero(np.append(sorted_N[1:] != sorted_N[:-1], True))
    first_RE = _at_values(weights_RN * first_N, ends)
    second_RE = _at_values(weights_RN * ~first_N, ends)
    below_RE = np.cumsum(second_RE, axis=1) - second_RE
    whole_R = first_RE.sum(axis=1) * second_RE.sum(axis=1)
    more_R = (first_RE * (below_RE + second_RE / 2)).sum(axis=1)
    return np.asarray(np.where(whole_R > 0, 2 * more_R / np.maximum(whole_R, 1e-12) - 1, 0.0))


def _at_values(weights_RN: Numbers, ends: Codes) -> Numbers:
    """The weight at each different value."""
    sums_RE = np.cumsum(weights_RN, axis=1)[:, ends]
    return np.diff(sums_RE, axis=1, prepend=0)


def _corrected(tables_R2K: Numbers, *, times: int) -> Numbers:
    """Bergsma's V; what is redrawn has the noise of drawing `times` over, so as much is taken off."""
    totals_R = tables_R2K.sum(axis=(1, 2))
    there_R = (tables_R2K.sum(axis=1) > 0).sum(axis=1)
    freedom_R = np.maximum(there_R - 1, 0)
    square_R = _chi_squared(tables_R2K) / totals_R - times * freedom_R / (totals_R - 1)
    fewest_R = np.minimum(there_R - freedom_R**2 / (totals_R - 1), 2 - 1 / (totals_R - 1)) - 1
    share_R = np.maximum(square_R, 0) / np.maximum(fewest_R, 1e-12)
    return np.asarray(np.where(freedom_R > 0, np.sqrt(np.minimum(share_R, 1)), 0.0))


def _chi_squared(tables_R2K: Numbers) -> Numbers:
    expected_R2K = (
        tables_R2K.sum(axis=2, keepdims=True)
        * tables_R2K.sum(axis=1, keepdims=True)
        / tables_R2K.sum(axis=(1, 2), keepdims=True)
    )
    gaps_R2K = (tables_R2K - expected_R2K) ** 2 / np.where(expected_R2K > 0, expected_R2K, 1)
    return np.asarray(gaps_R2K.sum(axis=(1, 2)))


def _chance_of(table_2K: Numbers, *, seed: int) -> float:
    """How likely tables with these margins are at least so uneven."""
    from scipy.stats import random_table

    if table_2K.shape[1] < 2:
        return 1.0
    drawn = random_table(table_2K.sum(axis=1), table_2K.sum(axis=0)).rvs(TABLES, random_state=seed)
    [seen] = _chi_squared(table_2K[None])
    return float((1 + (_chi_squared(drawn) >= seen * (1 - 1e-9)).sum()) / (1 + TABLES))


def _redrawn(units_N: NDArray[np.generic], *, seed: int) -> Iterator[Numbers]:
    """REPLICATES x N in parts: how often each row is drawn when units are."""
    unit_N = np.unique(units_N, return_inverse=True)[1]
    count = int(unit_N.max()) + 1
    rng = np.random.default_rng(seed)
    parts = np.array_split(np.arange(REPLICATES), -(-REPLICATES * len(unit_N) // CHUNK))
    for part in parts:
        drawn_RU = np.stack([np.bincount(rng.integers(count, size=count), minlength=count) for _ in part])
        yield drawn_RU[:, unit_N].astype(np.float64)


def _effect(value: float, found_R: Numbers, *, chance: float) -> Effect:
    low, high = np.quantile(found_R, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Effect(value=value, low=float(low), high=float(high), chance=chance)
