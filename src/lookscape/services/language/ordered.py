"""Real products for the frames of a path: close to each frame, in the order of the path, none twice.

Candidates are the products near any frame; a candidate's place is where the path comes closest to it. The chosen
products' places rise from frame to frame, and of all such choices the one with the smallest sum of distances is found
by dynamic programming over (frame, candidate). Rising places leave no room for a repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.services.language.drawn import Near, nearest
from lookscape.services.language.opened import Opened
from lookscape.services.language.path import Numbers, Path
from lookscape.services.spaces.vectors import vectors_of

CANDIDATES = 32
"""Closest products considered for each frame, besides one for every frame."""

Costs = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The products that a path leads through, which others may stand between them, and whether again and again."""

    through: Sequence[str]
    allowed: set[str] | None = None
    repeats: bool = False


def ordered_matches(opened: Opened, path: Path, positions_S: Numbers, wanted: Wanted) -> list[Near]:
    """A product for each frame; those that the path leads through stand for themselves.

    A product stands for several frames in a row only if `repeats` says so or there are too few of them.
    """
    frames_SD = path.at(positions_S)
    limit = CANDIDATES + len(positions_S)
    found = nearest(opened, frames_SD, limit=limit, allowed=wanted.allowed, exclude=set(wanted.through))
    pool = list({one.product_id: one for row in found for one in row}.values())
    pool_PD = vectors_of(opened.space, [one.photo_id for one in pool])
    places_P = np.clip(path.nearest_positions(pool_PD), 1e-9, path.num_legs - 1e-9)
    knots = [_itself(opened, name) for name in wanted.through]
    order = np.argsort(np.concatenate([np.arange(len(knots)), places_P]), kind="stable")
    costs_SP = np.concatenate([_distances(frames_SD, path.knots_KD), _distances(frames_SD, pool_PD)], axis=1)
    fixed_SP = _with_knots(costs_SP, positions_S, num_knots=len(knots), strict=not wanted.repeats)[:, order]
    chosen = None if wanted.repeats else rising(fixed_SP)
    if chosen is None:
        chosen = rising(_with_knots(costs_SP, positions_S, num_knots=len(knots), strict=False)[:, order], repeats=True)
    assert chosen is not None, "the products at the ends can always represent what is between"
    candidates = [*knots, *pool]
    return [
        Near(
            product_id=candidates[order[column]].product_id,
            photo_id=candidates[order[column]].photo_id,
            distance=float(costs_SP[frame, order[column]]),
        )
        for frame, column in enumerate(chosen)
    ]


def rising(costs_SP: Costs, *, repeats: bool = False) -> list[int] | None:
    """For S frames, columns of P candidates that rise from frame to frame with the smallest sum of costs.

    With `repeats` a column may be chosen several times in a row. An infinite cost forbids a pair; None when no choice
    is left.
    """
    num_frames, num_candidates = costs_SP.shape
    gap = 0 if repeats else 1
    best_P = costs_SP[0]
    came_SP = np.zeros((num_frames, num_candidates), np.intp)
    for frame in range(1, num_frames):
        lowest_P, where_P = _running_minimum(best_P)
        before_P = np.full(num_candidates, np.inf)
        before_P[gap:] = lowest_P[: num_candidates - gap]
        came_SP[frame, gap:] = where_P[: num_candidates - gap]
        best_P = before_P + costs_SP[frame]
    chosen = [int(best_P.argmin())]
    if not np.isfinite(best_P[chosen[0]]):
        return None
    for frame in range(num_frames - 1, 0, -1):
        chosen.append(int(came_SP[frame, chosen[-1]]))
    return chosen[::-1]


def _running_minimum(values_P: Costs) -> tuple[Costs, NDArray[np.intp]]:
    """The smallest value up to each place, and where it stands."""
    lowest_P = np.minimum.accumulate(values_P)
    is_new_P = np.concatenate([[True], values_P[1:] < lowest_P[:-1]])
    return lowest_P, np.maximum.accumulate(np.where(is_new_P, np.arange(len(values_P)), 0))


def _with_knots(costs_SP: Costs, positions_S: Numbers, *, num_knots: int, strict: bool) -> Costs:
    """The first columns, of the products led through, fixed to their frames; `strict` keeps them from all others."""
    fixed_SP = costs_SP.copy()
    if strict:
        fixed_SP[:, :num_knots] = np.inf
    for frame, position in enumerate(positions_S):
        if position == round(position):
            fixed_SP[frame] = np.inf
            fixed_SP[frame, round(position)] = 0.0
    return fixed_SP


def _distances(frames_SD: NDArray[np.float32], rows_PD: NDArray[np.float32]) -> Costs:
    """S x P, Euclidean."""
    differences = frames_SD[:, None, :].astype(np.float64) - rows_PD[None, :, :]
    return np.asarray(np.sqrt((differences**2).sum(axis=2)))


def _itself(opened: Opened, product_id: str) -> Near:
    photo_id = opened.engine.catalogue.product(product_id).photo_ids[0]
    return Near(product_id=product_id, photo_id=photo_id, distance=0.0)
