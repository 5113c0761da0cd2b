"""Unsupervised disentanglement ranking: do models trained from other seeds find the same latents?

Duan, Matthey, Saraiva, Watters, Burgess, Lerchner & Higgins, "Unsupervised Model Selection for Variational Disentangled
Representation Learning" (ICLR 2020): entangled models may divide the same information in any rotation, disentangled
ones agree up to order and sign. For two models, R(a, b) >= 0 is how alike latent a of one and b of the other are; each
latent gets its largest entry squared over the sum of its row or column, and the pair's score is the mean over the
informative latents of both. A model's score is the median over its partners. 0 to 1, chance above 0.

R is the absolute coefficient of a Lasso regression between standardised latents (alpha 0.1, the paper's better choice)
or the absolute Spearman correlation. A regression has a direction, so a pair's score is then the mean of both. Neither
reaches 1 in practice: Lasso takes alpha off every coefficient, so equal models score 0.9; a correlation with each of
the other latents is about 0.8 / sqrt(N) by chance, so with 64 latents and 10,000 items equal models score 0.7 and with
fewer items less. Compare only scores from as many items and about as many latents.

Latents that are not informative (`posterior.Divergence.informative`) are left out. A model with a single informative
latent agrees with others easily: read the score beside `num_active`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Mask, Matrix
from lookscape.representation.metrics.disentanglement._latents import checked, varying

LASSO_ALPHA = 0.1


class Similarity(StrEnum):
    """How alike two latents are taken to be."""

    SPEARMAN = "spearman"
    LASSO = "lasso"


@dataclass(frozen=True, kw_only=True)
class ModelUdr:
    """One model: its median score over the other models, and how many of its latents took part."""

    name: str
    value: float
    num_active: int


@dataclass(frozen=True, kw_only=True)
class UdrScores:
    """Every model, in the order given, and the scores of their pairs (M x M, symmetric, NaN on the diagonal)."""

    models: tuple[ModelUdr, ...]
    pairs_MM: Matrix
    similarity: Similarity
    num_items: int


def udr(
    latents: Mapping[str, Floats],
    *,
    active: Mapping[str, NDArray[np.bool_]] | None = None,
    similarity: Similarity = Similarity.LASSO,
) -> UdrScores:
    """Of two or more models' N x D latents of the same N items; D may differ.

    `active` holds a mask of D latents for every model.
    """
    if len(latents) < 2:
        raise UsageError(f"UDR compares at least 2 trained models, not {len(latents)}; train the same recipe again")
    if len({len(latents_ND) for latents_ND in latents.values()}) > 1:
        raise UsageError("UDR needs the latents of the same items from every model; their numbers differ")
    prepared = [
        _prepared(latents_ND, active_D=active[name] if active else None, similarity=similarity)
        for name, latents_ND in latents.items()
    ]
    score = _spearman_score if similarity is Similarity.SPEARMAN else _lasso_score
    pairs_MM = _pairs(prepared, score)
    models = tuple(
        ModelUdr(name=name, value=float(np.nanmedian(row)), num_active=z_NA.shape[1])
        for name, row, z_NA in zip(latents, pairs_MM, prepared, strict=True)
    )
    return UdrScores(models=models, pairs_MM=pairs_MM, similarity=similarity, num_items=len(prepared[0]))


def agreement(similarity_AB: Matrix) -> float:
    """How close a matrix of similarities, not negative, is to a matching of rows and columns.

    The mean over all rows and columns of max^2 / sum; one of zeros counts 0.
    """
    found = [_relative_strength(similarity_AB), _relative_strength(similarity_AB.T)]
    return float(np.concatenate(found).mean())


def _relative_strength(similarity_RC: Matrix) -> Matrix:
    largest_R, sum_R = similarity_RC.max(axis=1), similarity_RC.sum(axis=1)
    return np.asarray(np.divide(largest_R**2, sum_R, out=np.zeros_like(sum_R), where=sum_R > 0))


def _pairs(prepared: list[Matrix], score: Callable[[Matrix, Matrix], float]) -> Matrix:
    pairs_MM = np.full((len(prepared), len(prepared)), np.nan)
    for one, z_NA in enumerate(prepared):
        for other in range(one):
            pairs_MM[one, other] = pairs_MM[other, one] = score(z_NA, prepared[other])
    return pairs_MM


def _prepared(latents_ND: Floats, *, active_D: Mask | None, similarity: Similarity) -> Matrix:
    """N x A: the active latents (their ranks for Spearman) with mean 0 and variance 1."""
    from scipy.stats import rankdata

    z_ND = checked(latents_ND)
    z_NA = z_ND[:, varying(z_ND, active_D=active_D)]
    if similarity is Similarity.SPEARMAN:
        z_NA = rankdata(z_NA, axis=0)
    return np.asarray((z_NA - z_NA.mean(axis=0)) / z_NA.std(axis=0))


def _spearman_score(one_NA: Matrix, other_NB: Matrix) -> float:
    return agreement(np.abs(one_NA.T @ other_NB) / len(one_NA))


def _lasso_score(one_NA: Matrix, other_NB: Matrix) -> float:
    from sklearn.linear_model import Lasso

    directions = ((one_NA, other_NB), (other_NB, one_NA))
    fits = (Lasso(alpha=LASSO_ALPHA, precompute=True).fit(given, wanted) for given, wanted in directions)
    return float(np.mean([agreement(np.abs(np.atleast_2d(fit.coef_))) for fit in fits]))
