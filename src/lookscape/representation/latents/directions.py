"""Directions of whitened latents: those that predict measured attributes, and an orthogonal basis of what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEADING = (
    "shape.ankle_height",
    "shape.toe_height",
    "sole.thickness",
    "sole.lightness",
    "side.lightness",
    "heel.lightness",
    "tone.redness",
    "tone.warmth",
    "tone.saturation",
    "texture.edges",
)
"""Measured attributes that say little about each other, one for each thing one sees.

Places come before wholes: overall lightness would take the direction of the lightness of the upper's side, and then no
factor is left for what the side alone does. (On 10,000 rendered products MIG fell from 0.43 to 0.33 by that.)
"""

STANDS_FOR: Mapping[str, str] = {"shape.collar_height": "shape.ankle_height"}
"""An attribute that says the same as one in LEADING, measured in another way, chooses in that one's turn: the one that
is predicted better gets the factor, and the other is not new any more.

Above the ground, a shoe's height holds its sole's; above the sole it does not, but then the line between sole and upper
has to be found, which is easier on drawn shoes than on photos.
"""

RIDGE = 10.0
"""Added to the N of each whitened latent's scatter: shrinks the coefficients of small catalogues."""

HELD_OUT = 0.25
LEAST_KNOWN = 50
LEAST_PREDICTED = 0.16
"""An attribute whose squared correlation with its prediction is below this (|r| < 0.4) gets no factor."""

LEAST_NEW = 0.3
"""An attribute gets no factor when less than this share of its direction is new to those taken before."""

CLIP = 4.0
"""Standard deviations beyond which an attribute's value counts as this far out."""

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Direction:
    """The unit direction of an attribute, and how well it predicts it on held-out products: squared correlation."""

    attribute: str
    unit_D: Matrix
    predicted: float


def aligned_directions(y_ND: Matrix, *, columns: Mapping[str, NDArray[np.floating[Any]]], seed: int) -> list[Direction]:
    """One for each attribute that is predicted and new; those in LEADING choose first, then the best predicted."""
    held_N = np.random.default_rng(seed).random(len(y_ND)) < HELD_OUT
    found = [
        direction
        for name, column_N in columns.items()
        if (direction := _direction(y_ND, column_N.astype(np.float64), held_N=held_N, name=name)) is not None
    ]
    found.sort(key=lambda direction: (_place(direction.attribute), -direction.predicted))
    kept: list[Direction] = []
    for direction in found:
        if len(kept) < y_ND.shape[1] and _novelty(direction, kept) >= LEAST_NEW:
            kept.append(direction)
    return kept


def rest_directions(aligned: list[Direction], *, colour_DD: Matrix) -> Matrix:
    """D x D: the aligned directions, then an orthonormal basis of what is orthogonal to them all.

    `colour_DD` takes whitened latents back to latents. The basis is ordered by how far a unit step moves the latents;
    each direction's sign is the one that makes its largest effect on them positive.
    """
    dim = len(colour_DD)
    taken_DK = np.stack([direction.unit_D for direction in aligned], axis=1) if aligned else np.zeros((dim, 0))
    free_DR = np.linalg.svd(taken_DK, full_matrices=True)[0][:, len(aligned) :] if aligned else np.eye(dim)
    turn_RR, _, effect_RD = np.linalg.svd(free_DR.T @ colour_DD)
    signs_R = np.sign(effect_RD[np.arange(len(turn_RR)), np.abs(effect_RD[: len(turn_RR)]).argmax(axis=1)])
    return np.concatenate([taken_DK, free_DR @ turn_RR * signs_R], axis=1)


def _direction(y_ND: Matrix, column_N: Matrix, *, held_N: Mask, name: str) -> Direction | None:
    known_N = np.isfinite(column_N)
    fit_N, test_N = known_N & ~held_N, known_N & held_N
    if fit_N.sum() < LEAST_KNOWN or column_N[fit_N].std() <= 1e-9 or column_N[test_N].std() <= 1e-9:
        return None
    target_N = np.clip((column_N - column_N[fit_N].mean()) / column_N[fit_N].std(), -CLIP, CLIP)
    coefficient_D = _ridge(y_ND[fit_N], target_N[fit_N])
    correlation = np.corrcoef(y_ND[test_N] @ coefficient_D, target_N[test_N])[0, 1]
    predicted = float(max(correlation, 0.0) ** 2)
    if not predicted >= LEAST_PREDICTED:
        return None
    coefficient_D = _ridge(y_ND[known_N], target_N[known_N])
    return Direction(attribute=name, unit_D=coefficient_D / np.linalg.norm(coefficient_D), predicted=predicted)


def _place(attribute: str) -> int:
    attribute = STANDS_FOR.get(attribute, attribute)
    return LEADING.index(attribute) if attribute in LEADING else len(LEADING)


def _ridge(y_ND: Matrix, target_N: Matrix) -> Matrix:
    centred_ND = y_ND - y_ND.mean(axis=0)
    scatter_DD = centred_ND.T @ centred_ND + RIDGE * np.eye(y_ND.shape[1])
    return np.asarray(np.linalg.solve(scatter_DD, centred_ND.T @ (target_N - target_N.mean())))


def _novelty(direction: Direction, kept: list[Direction]) -> float:
    """The share (squared length) of a direction that the kept ones do not span."""
    if not kept:
        return 1.0
    spanned_DK = np.linalg.qr(np.stack([one.unit_D for one in kept], axis=1))[0]
    return float(1 - ((spanned_DK.T @ direction.unit_D) ** 2).sum())
