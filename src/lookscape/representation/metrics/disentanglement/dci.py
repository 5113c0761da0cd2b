"""Disentanglement, completeness, informativeness: which latents predict which factors?

Eastwood & Williams, "A Framework for the Quantitative Evaluation of Disentangled Representations" (ICLR 2018). A
predictor per factor gives every latent an importance. Disentanglement: does a latent matter for one factor only (one
minus the entropy of its importances over factors, latents weighted by their total importance)? Completeness: is a
factor known to one latent only (the same over latents, averaged over factors)? Informativeness: how well is the factor
predicted on items held out?

The predictor is a forest of extremely randomised trees (Geurts, Ernst & Wehenkel, 2006; scikit-learn), importance the
mean decrease in impurity; categories are classified, quantities regressed. Every split looks at all latents. How
small a leaf may be decides the scores: small ones split on noise, whose importance spreads over all latents and lowers
the scores of a perfect code; large ones see the strongest latents only and raise the scores of an entangled one.
LEAF_SHARE was chosen on one synthetic code (six factors, rotated at random into 24 latents) so that the scores come
near those of the rotation's true, squared weights, as those of 50 boosted trees of depth 3 do at 30 times the cost;
elsewhere they lie up to 0.1 off, mostly above.
Importances depend on the predictor, so compare only scores of the same one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Matrix
from lookscape.representation.metrics.disentanglement._latents import checked
from lookscape.representation.metrics.disentanglement.factors import Factor, FactorTable, Kind, LeftOut, read_factors

PREDICTOR = "extremely randomised trees"
NUM_TREES = 20
MAX_TREE_ITEMS = 5000
LEAF_SHARE = 0.003
MIN_LEAF = 5
TEST_SHARE = 0.25

Measure = Callable[[NDArray[Any], NDArray[Any]], float]


@dataclass(frozen=True, kw_only=True)
class FactorPrediction:
    """One factor: how complete its best latent is, and how well all latents predict it on held-out items.

    `informativeness` is 0 for the best constant guess and 1 for perfect (floored at 0): (accuracy - share of the
    commonest class) / (1 - that share) for a category, R^2 for a quantity.
    """

    name: str
    kind: Kind
    completeness: float
    informativeness: float
    strongest_latent: int
    num_known: int


@dataclass(frozen=True, kw_only=True)
class DciScore:
    """The three scores, each 0 to 1. `importance_DK`: each column is a factor's, in the order of `factors`."""

    disentanglement: float
    completeness: float
    informativeness: float
    factors: tuple[FactorPrediction, ...]
    left_out: tuple[LeftOut, ...]
    importance_DK: Matrix
    num_items: int
    predictor: str


def dci(latents_ND: Floats, *, factors: FactorTable, seed: int = 0) -> DciScore:
    """Of N x D codes against at least two factors; a quarter of the items, chosen by `seed`, is held out."""
    z_ND = checked(latents_ND)
    table = read_factors(factors, num_items=len(z_ND), at_least=2)
    # One scale for all latents: the trees see float32, where a large offset would hide small differences.
    z_ND = (z_ND - z_ND.mean(axis=0)) / np.maximum(z_ND.std(axis=0), np.finfo(np.float64).tiny)
    fitted = [_fit(z_ND, factor, seed=seed) for factor in table.used]
    importance_DK = np.stack([importance_D for importance_D, _ in fitted], axis=1)
    complete_K = completeness_by_factor(importance_DK)
    predictions = tuple(
        FactorPrediction(
            name=factor.name,
            kind=factor.kind,
            completeness=float(complete),
            informativeness=informativeness,
            strongest_latent=int(importance_D.argmax()),
            num_known=int(factor.known.sum()),
        )
        for factor, complete, (importance_D, informativeness) in zip(table.used, complete_K, fitted, strict=True)
    )
    return DciScore(
        disentanglement=disentanglement(importance_DK),
        completeness=float(complete_K.mean()),
        informativeness=float(np.mean([item.informativeness for item in predictions])),
        factors=predictions,
        left_out=table.left_out,
        importance_DK=importance_DK,
        num_items=len(z_ND),
        predictor=PREDICTOR,
    )


def disentanglement(importance_DK: Matrix) -> float:
    """From the importance (not negative) of each latent for each factor; 0 when nothing matters for anything."""
    if importance_DK.shape[1] < 2:
        raise UsageError("disentanglement between factors needs at least 2 of them")
    total_D = importance_DK.sum(axis=1)
    if not total_D.any():
        return 0.0
    return float(_concentration(importance_DK) @ total_D / total_D.sum())


def completeness_by_factor(importance_DK: Matrix) -> Matrix:
    """K: one minus the entropy of each factor's importances over latents, with logarithms to the base D."""
    return _concentration(importance_DK.T)


def _concentration(importance_RC: Matrix) -> Matrix:
    """R: one minus each row's entropy, with logarithms to the base C; 0 for a row of zeros."""
    total_R1 = importance_RC.sum(axis=1, keepdims=True)
    share_RC = np.divide(importance_RC, total_R1, out=np.zeros_like(importance_RC), where=total_R1 > 0)
    logs_RC = np.log(share_RC, out=np.zeros_like(share_RC), where=share_RC > 0)
    entropy_R = -(share_RC * logs_RC).sum(axis=1) / np.log(importance_RC.shape[1])
    return np.asarray(np.where(total_R1[:, 0] > 0, 1 - entropy_R, 0.0))


def _fit(z_ND: Matrix, factor: Factor, *, seed: int) -> tuple[Matrix, float]:
    """The importances of the D latents, summing to 1 or all 0, and the informativeness."""
    rows = np.flatnonzero(factor.known)
    rows = np.random.default_rng(seed).permutation(rows)
    num_test = max(1, int(TEST_SHARE * len(rows)))
    test, train = rows[:num_test], rows[num_test:]
    targets_N = factor.values_N if factor.kind is Kind.QUANTITY else factor.codes_N
    forest = _forest(factor.kind, num_items=len(train), seed=seed).fit(z_ND[train], targets_N[train])
    predicted = np.asarray(forest.predict(z_ND[test]))
    measure: Measure = _r_squared if factor.kind is Kind.QUANTITY else _above_chance
    importance_D = np.asarray(forest.feature_importances_, np.float64)
    return importance_D, measure(predicted, targets_N[test])


def _forest(kind: Kind, *, num_items: int, seed: int) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    per_tree = min(num_items, MAX_TREE_ITEMS)
    make = ExtraTreesRegressor if kind is Kind.QUANTITY else ExtraTreesClassifier
    return make(
        n_estimators=NUM_TREES,
        max_features=None,
        bootstrap=True,
        max_samples=per_tree,
        min_samples_leaf=max(MIN_LEAF, int(LEAF_SHARE * per_tree)),
        random_state=seed,
    )


def _r_squared(predicted: NDArray[Any], true: NDArray[Any]) -> float:
    unexplained = ((predicted - true) ** 2).sum()
    spread = ((true - true.mean()) ** 2).sum()
    return float(max(1 - unexplained / spread, 0.0)) if spread > 0 else 0.0


def _above_chance(predicted: NDArray[Any], true: NDArray[Any]) -> float:
    chance = np.bincount(true).max() / len(true)
    return float(max(((predicted == true).mean() - chance) / (1 - chance), 0.0)) if chance < 1 else 0.0
