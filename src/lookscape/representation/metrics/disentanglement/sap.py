"""Separated attribute predictability: does the best latent predict a factor much better than the next one does?

Kumar, Sattigeri & Balakrishnan, "Variational Inference of Disentangled Latent Concepts from Unlabeled Observations"
(ICLR 2018, section 3): a matrix of how well each latent alone predicts each factor, and, averaged over factors, the gap
between the two largest entries. For a quantity the entry is the R^2 of a straight line. For a category it is the
balanced accuracy of thresholds on the latent; here they stand at its quantiles, each interval answers the class that is
relatively most frequent in it among half of the items, and accuracy is counted on the other half. Balanced accuracy of
chance is 1 / classes, so a perfect code of a two-valued category reaches a gap of 0.5 and of a quantity 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.metrics._arrays import Floats, Matrix
from lookscape.representation.metrics.disentanglement._latents import CONSTANT_SHARE, checked
from lookscape.representation.metrics.disentanglement.factors import (
    Codes,
    Factor,
    FactorTable,
    Kind,
    LeftOut,
    equal_frequency,
    num_bins,
    read_factors,
)


@dataclass(frozen=True, kw_only=True)
class FactorSeparation:
    """One factor: the two latents that predict it best and how well (R^2 or balanced accuracy, 0 to 1)."""

    name: str
    kind: Kind
    gap: float
    first_latent: int
    second_latent: int
    first_score: float
    second_score: float
    num_known: int


@dataclass(frozen=True, kw_only=True)
class SapScore:
    """The mean gap. `score_DK`: how well each latent predicts each factor, in the order of `factors`."""

    value: float
    factors: tuple[FactorSeparation, ...]
    left_out: tuple[LeftOut, ...]
    score_DK: Matrix
    num_items: int


def sap(latents_ND: Floats, *, factors: FactorTable, seed: int = 0) -> SapScore:
    """Of N x D codes against a table of N factors; `seed` divides the items into halves for categories."""
    z_ND = checked(latents_ND)
    table = read_factors(factors, num_items=len(z_ND))
    columns = [_scores(z_ND, factor, seed=seed) for factor in table.used]
    separations = tuple(_separation(factor, column) for factor, column in zip(table.used, columns, strict=True))
    return SapScore(
        value=float(np.mean([item.gap for item in separations])),
        factors=separations,
        left_out=table.left_out,
        score_DK=np.stack(columns, axis=1),
        num_items=len(z_ND),
    )


def _separation(factor: Factor, score_D: Matrix) -> FactorSeparation:
    first, second = (int(latent) for latent in np.argsort(-score_D, kind="stable")[:2])
    return FactorSeparation(
        name=factor.name,
        kind=factor.kind,
        gap=float(score_D[first] - score_D[second]),
        first_latent=first,
        second_latent=second,
        first_score=float(score_D[first]),
        second_score=float(score_D[second]),
        num_known=int(factor.known.sum()),
    )


def _scores(z_ND: Matrix, factor: Factor, *, seed: int) -> Matrix:
    z_ND = z_ND[factor.known]
    if factor.kind is Kind.QUANTITY:
        return _r_squared(z_ND, factor.values_N[factor.known])
    classes_N = factor.codes_N[factor.known]
    fits_N = _halves(classes_N, seed=seed)
    bins = num_bins(len(classes_N))
    return np.array([_balanced_accuracy(equal_frequency(z, bins=bins), classes_N, fits_N) for z in z_ND.T])


def _r_squared(z_ND: Matrix, values_N: Matrix) -> Matrix:
    """D: the squared correlation of each latent with the values; 0 for a constant latent."""
    z_ND, values_N = z_ND - z_ND.mean(axis=0), values_N - values_N.mean()
    squares_D = (z_ND**2).sum(axis=0)
    is_constant_D = squares_D <= CONSTANT_SHARE * squares_D.max()
    explained_D = (z_ND.T @ values_N) ** 2 / (np.where(is_constant_D, 1.0, squares_D) * (values_N**2).sum())
    return np.where(is_constant_D, 0.0, explained_D)


def _balanced_accuracy(bins_N: Codes, classes_N: Codes, fits_N: NDArray[np.bool_]) -> float:
    """The mean over classes of the share answered rightly in the half that the answers were not chosen from."""
    shape = int(classes_N.max()) + 1, int(bins_N.max()) + 1
    fit_CB, test_CB = (
        np.bincount(classes_N[half] * shape[1] + bins_N[half], minlength=shape[0] * shape[1]).reshape(shape)
        for half in (fits_N, ~fits_N)
    )
    answer_B = (fit_CB / fit_CB.sum(axis=1, keepdims=True)).argmax(axis=0)
    right_C = np.bincount(answer_B, weights=test_CB[answer_B, np.arange(shape[1])], minlength=shape[0])
    return float((right_C / test_CB.sum(axis=1)).mean())


def _halves(classes_N: Codes, *, seed: int) -> NDArray[np.bool_]:
    """Which items answers are chosen from: every second one of each class, in random order."""
    order = np.random.default_rng(seed).permutation(len(classes_N))
    order = order[np.argsort(classes_N[order], kind="stable")]
    fits_N = np.empty(len(classes_N), np.bool_)
    fits_N[order] = np.arange(len(order)) % 2 == 0
    return fits_N
