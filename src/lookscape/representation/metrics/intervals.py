"""How sure a number is: intervals that treat the photos of one product as one observation.

`bootstrap_mean` and `bootstrap` give percentile intervals of a bootstrap that redraws whole products (the cluster
bootstrap: Davison & Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8). `jackknife` leaves out one
fold of products at a time (the grouped jackknife: Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter
11). Prefer it for a statistic that is slow, or one that repeated rows move by themselves: a Fréchet distance, a
maximum mean discrepancy and a mutual information all grow when rows occur twice, so a bootstrap of them is off centre.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

Rows = NDArray[np.intp]
Statistic = Callable[[Rows], float]
"""A number computed from the rows with these indices; an index may occur more than once."""

MOST_DRAWN = 2**18
"""Groups drawn at once: a call per replicate takes ten times as long for a hundred products."""


class Method(StrEnum):
    """How an interval was made."""

    BOOTSTRAP = "percentile bootstrap by group"
    JACKKNIFE = "delete-a-fold jackknife by group"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value on all the data and the ends of its interval at `level`; `num_repeats` is replicates or folds."""

    value: float
    low: float
    high: float
    level: float
    num_groups: int
    num_repeats: int
    method: Method


def bootstrap_mean(
    values_N: NDArray[Any],
    *,
    groups: NDArray[Any] | None = None,
    num_replicates: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The mean of a value per row, such as a reconstruction's PSNR or the difference between two models' PSNR.

    `groups` names each row's product; without it every row is a product of its own. Raises UsageError when a value is
    not finite or there are fewer than two products.
    """
    values_N = np.asarray(values_N, np.float64)
    if not np.isfinite(values_N).all():
        raise UsageError("an interval of a mean needs finite values; leave out rows without one")
    members = _members(np.arange(len(values_N)) if groups is None else groups, num_rows=len(values_N))
    sums_G = np.array([values_N[rows].sum() for rows in members])
    sizes_G = np.array([len(rows) for rows in members])
    rng = np.random.default_rng(seed)
    means = np.empty(num_replicates)
    at_once = max(1, MOST_DRAWN // len(members))
    for start in range(0, num_replicates, at_once):
        part_R = means[start : start + at_once]
        drawn_RG = rng.integers(len(members), size=(len(part_R), len(members)))
        part_R[:] = sums_G[drawn_RG].sum(axis=1) / sizes_G[drawn_RG].sum(axis=1)
    return _percentiles(means, value=float(values_N.mean()), level=level, num_groups=len(members))


def bootstrap(
    statistic: Statistic,
    *,
    groups: NDArray[Any],
    num_replicates: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Any statistic of the rows; it is computed `num_replicates` + 1 times."""
    members = _members(groups, num_rows=len(groups))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(num_replicates):
        chosen = rng.integers(len(members), size=len(members))
        found.append(statistic(np.concatenate([members[group] for group in chosen])))
    value = statistic(np.arange(len(groups)))
    return _percentiles(np.array(found), value=value, level=level, num_groups=len(members))


def jackknife(
    statistic: Statistic, *, groups: NDArray[Any], num_folds: int = 10, level: float = 0.95, seed: int = 0
) -> Interval:
    """Any smooth statistic of the rows, computed `num_folds` + 1 times; Student's t with `num_folds` - 1 degrees."""
    from scipy.stats import t as student

    members = _members(groups, num_rows=len(groups))
    num_folds = min(num_folds, len(members))
    order = np.random.default_rng(seed).permutation(len(members))
    found = []
    for fold in range(num_folds):
        left_out = set(order[fold::num_folds].tolist())
        kept = [rows for group, rows in enumerate(members) if group not in left_out]
        found.append(statistic(np.sort(np.concatenate(kept))))
    deviations = np.array(found) - np.mean(found)
    error = np.sqrt((num_folds - 1) / num_folds * (deviations**2).sum())
    half = float(student.ppf((1 + level) / 2, num_folds - 1) * error)
    value = statistic(np.arange(len(groups)))
    return Interval(
        value=value,
        low=value - half,
        high=value + half,
        level=level,
        num_groups=len(members),
        num_repeats=num_folds,
        method=Method.JACKKNIFE,
    )


def _percentiles(found: NDArray[np.float64], *, value: float, level: float, num_groups: int) -> Interval:
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(
        value=value,
        low=float(low),
        high=float(high),
        level=level,
        num_groups=num_groups,
        num_repeats=len(found),
        method=Method.BOOTSTRAP,
    )


def _members(groups: NDArray[Any], *, num_rows: int) -> list[Rows]:
    """The rows of each group, in the order of the groups' names."""
    if len(groups) != num_rows:
        raise UsageError(f"{num_rows} values and {len(groups)} groups; give one group for every value")
    _, group_N, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    if len(counts) < 2:
        raise UsageError(f"an interval needs at least 2 products, not {len(counts)}")
    return np.split(np.argsort(group_N, kind="stable"), np.cumsum(counts)[:-1])
