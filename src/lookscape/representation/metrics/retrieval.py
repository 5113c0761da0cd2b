"""How well a ranking brings up what is relevant: recall at K, average precision, and MAP at R.

A query's gallery is ranked from the closest on; an item is relevant when it has the query's label. R is the number of
relevant items there are for a query.

    recall at K           1 if any of the first K is relevant, else 0 (as in the metric learning literature)
    average precision     the mean, over the R relevant items, of the precision at the rank of each
    MAP at R              the same sum over the first R ranks alone, over R: Musgrave, Belongie & Lim, "A metric
                          learning reality check", ECCV 2020, section 2.2, who show that it tells spaces apart that
                          recall at 1 calls equal
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

Relevant = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """Of each of N queries, each in [0, 1]; `recall_KN` has a row for each K that was asked for."""

    recall_KN: Numbers
    average_precision_N: Numbers
    map_at_r_N: Numbers


@dataclass(frozen=True, kw_only=True)
class OneQuery:
    """The same of one query."""

    recall_K: tuple[float, ...]
    average_precision: float
    map_at_r: float


def judge_ranking(relevant_M: Relevant, *, at: Sequence[int]) -> OneQuery:
    """From whether each of the M ranked items is relevant, the closest first. Raises UsageError when none is."""
    places = np.flatnonzero(relevant_M)
    num_relevant = len(places)
    if not num_relevant:
        raise UsageError("a query without anything relevant in the gallery cannot be evaluated")
    precision_R = np.arange(1, num_relevant + 1) / (places + 1)
    return OneQuery(
        recall_K=tuple(float(places[0] < k) for k in at),
        average_precision=float(precision_R.mean()),
        map_at_r=float(precision_R[places < num_relevant].sum() / num_relevant),
    )


def gathered(found: Sequence[OneQuery]) -> Retrieval:
    """Queries together, in their order."""
    return Retrieval(
        recall_KN=np.array([one.recall_K for one in found], np.float64).T,
        average_precision_N=np.array([one.average_precision for one in found], np.float64),
        map_at_r_N=np.array([one.map_at_r for one in found], np.float64),
    )
