"""How the products of one catalogue usually stand, learned without labels.

Nobody says which photos stand well; most do. So photos as they are against their own mirror images teach the facing
(logistic regression), and photos turned by known angles teach the turn: a cascade of ridge regressions, each on what
the one before it left over (supervised descent, Xiong & De la Torre, CVPR 2013). The few that stand otherwise are wrong
labels: their share is estimated, and the worst fitted are left out. There are two models of each, learned from
different products, so that no photo is judged by a model that knew it.

Where most do not stand alike, what can be seen without learning is the first guess instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checks._orientation.sight import NUM_FEATURES, Canvas, Features, features

NUM_FOLDS = 2

SPANS = (50.0, 20.0, 8.0, 4.0)
"""Degrees by which photos are turned either way, for each ridge regression of the cascade."""

RECKONED = 500
"""Photos that each cascade learns from, COPIES turned copies of each."""

COPIES = 3

MAJORITY = 0.65
"""Least share of the clearer half of the photos that must face one way for that to be the usual one."""

CROOKED = 6.0
"""If the held-out photos stand further than this apart, in degrees, standing upright is not usual here."""

_RIDGE, _LOGISTIC = 15.0, 0.015
_ROUNDS = 3
_TRIMMED, _TRIMMED_GUESSES = 0.10, (0.35, 0.25)
_STARTS = (-25.0, 25.0)
_LARGEST = 70.0
_LIKELY_UPRIGHT, _NEAR_LINES = 2.0, 5.0
_BOUNDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# Shares of equally clear photos that face the usual way, from which a score is believed a little, and fully.
_AGREED = (0.55, 0.75)

Numbers = NDArray[np.float64]
Folds = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Facing:
    """`weights_FD` of the model that did not know fold f; `sharpness` makes log odds of its scores.

    `majority` says whether one way is usual; `share` is the share of photos that face that way. `clear_B` are bounds of
    the size of a score and `agreed_B` the share of photos with one at least so large that face the usual way: where it
    is near a half, scores tell nothing.
    """

    weights_FD: Numbers
    sharpness: float
    majority: bool
    share: float
    clear_B: Numbers
    agreed_B: Numbers

    def score(self, features_D: Features, *, fold: int) -> float:
        """Log odds that a product faces the usual way; for its mirror image exactly the opposite."""
        return float(self.sharpness * (features_D @ self.weights_FD[fold]))

    def trust(self, score: float) -> float:
        """How far a score of this size can be believed, 0 to 1."""
        if not self.majority:
            return 1.0
        return float(np.interp(np.interp(abs(score), self.clear_B, self.agreed_B), _AGREED, (0.0, 1.0)))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`weights_FSD` of the model that did not know fold f, a regression for each of SPANS.

    `middle` and `spread` are where the photos of the catalogue stand, and how far apart, degrees; `upright` is whether
    that is a habit. `known` is whether angles mean anything: where products neither stand alike nor agree with their
    own lines, as in a mixture of all kinds, they do not.
    """

    weights_FSD: Numbers
    middle: float = 0.0
    spread: float = 0.0
    upright: bool = True
    known: bool = True

    def angle(self, canvas: Canvas, *, fold: int, start: float = 0.0) -> float:
        """Degrees that a product is turned clockwise from how they usually stand."""
        angle = start
        for weights_D in self.weights_FSD[fold]:
            step = float(features(canvas, turned=angle) @ weights_D)
            angle = float(np.clip(angle + step, -_LARGEST, _LARGEST))
        return angle - self.middle

    def doubt(self, canvas: Canvas, *, fold: int, angle: float) -> float:
        """Degrees between answers found from different starts: 0 for an answer that does not depend on it."""
        if abs(angle) < _LIKELY_UPRIGHT:
            return 0.0
        answers = [self.angle(canvas, fold=fold, start=start) for start in _STARTS]
        return max(abs(answer - angle) for answer in answers)


def learn_facing(features_ND: Features, *, hints_N: Numbers, folds_N: Folds) -> Facing:
    """From photos as they are. `hints_N` is above 0 for right, as far as the shape tells, below for left."""
    weights_FD = _classifiers(features_ND, np.ones(len(features_ND)), folds_N)
    scores_N = _held_out(features_ND, weights_FD, folds_N)
    majority = _agreed(scores_N[np.abs(scores_N) >= np.median(np.abs(scores_N))]) >= MAJORITY
    signs_N = np.ones(len(scores_N)) if majority else np.where(hints_N < 0, -1.0, 1.0)
    for _ in range(0 if majority else _ROUNDS):
        weights_FD = _classifiers(features_ND, signs_N, folds_N)
        scores_N = _held_out(features_ND, weights_FD, folds_N)
        signs_N = np.where(scores_N < 0, -1.0, 1.0)
    sharpness = _sharpness(scores_N, share=_agreed(scores_N)) if majority else 2 / float(np.abs(scores_N).mean() + 1e-9)
    clear_B = np.quantile(np.abs(scores_N), _BOUNDS)
    return Facing(
        weights_FD=weights_FD,
        sharpness=sharpness,
        majority=majority,
        share=float((scores_N > 0).mean()),
        clear_B=clear_B * sharpness,
        agreed_B=np.array([_agreed(scores_N[np.abs(scores_N) >= bound], cautious=True) for bound in clear_B]),
    )


def learn_turn(canvases: Sequence[Canvas], *, hints_N: Numbers, folds_N: Folds, seed: int = 0) -> Turn:
    """From photos as they are, or, where they do not stand alike, turned back by `hints_N` degrees first.

    Hints that are mostly right are made better by what was learned from them, again and again.
    """
    turn = Turn(weights_FSD=_cascades(canvases, np.zeros(len(canvases)), folds_N, trimmed=_TRIMMED, seed=seed))
    low, middle, high = np.quantile(_held_out_angles(turn, canvases, folds_N), [0.25, 0.5, 0.75])
    # The deviation from the quartiles, which a few odd ones do not move.
    spread = float(high - low) / 1.349
    if spread <= CROOKED:
        return Turn(weights_FSD=turn.weights_FSD, middle=float(middle), spread=spread)
    stands_N = hints_N
    for trimmed in _TRIMMED_GUESSES:
        turn = Turn(weights_FSD=_cascades(canvases, stands_N, folds_N, trimmed=trimmed, seed=seed))
        stands_N = np.array([turn.angle(own, fold=int(fold)) for own, fold in zip(canvases, folds_N, strict=True)])
    known = float(np.mean(np.abs(stands_N - hints_N) < _NEAR_LINES)) >= 0.5
    return Turn(weights_FSD=turn.weights_FSD, spread=spread, upright=False, known=known)


def _classifiers(features_ND: Features, signs_N: Numbers, folds_N: Folds) -> Numbers:
    """For each fold the weights learned without it: F x D."""
    from sklearn.linear_model import LogisticRegression

    weights_FD = np.zeros((NUM_FOLDS, features_ND.shape[1]))
    for fold in range(NUM_FOLDS):
        others = np.flatnonzero(folds_N != fold)
        # A photo and its mirror image say the same to a model without a constant, so one of the two is enough; which
        # one alternates, for the library wants examples of both kinds.
        labels = np.where(np.arange(len(others)) % 2, -1.0, 1.0)
        shown = features_ND[others] * (labels * signs_N[others])[:, None]
        if len(others) > 1:
            model = LogisticRegression(C=_LOGISTIC, fit_intercept=False, max_iter=300)
            weights_FD[fold] = model.fit(shown, labels).coef_[0]
    return weights_FD


def _held_out(features_ND: Features, weights_FD: Numbers, folds_N: Folds) -> Numbers:
    return np.asarray(np.einsum("nd,nd->n", features_ND, weights_FD[folds_N]), np.float64)


def _agreed(scores_N: Numbers, *, cautious: bool = False) -> float:
    """Share of scores above 0, if cautious less one standard error."""
    share = float((scores_N > 0).mean())
    return share - float(np.sqrt(share * (1 - share) / len(scores_N))) if cautious else share


def _sharpness(scores_N: Numbers, *, share: float) -> float:
    """What makes log odds of held-out scores if this share of the photos faces the usual way: maximum likelihood."""
    tried = np.geomspace(0.25, 8, 21) / (np.abs(scores_N).mean() + 1e-9)
    usual = 1 / (1 + np.exp(-np.outer(tried, scores_N)))
    likelihood = np.log(share * usual + (1 - share) * (1 - usual) + 1e-12).sum(axis=1)
    return float(tried[likelihood.argmax()])


def _cascades(canvases: Sequence[Canvas], stands_N: Numbers, folds_N: Folds, *, trimmed: float, seed: int) -> Numbers:
    """For each fold a cascade learned without it: F x S x D; photo n is believed to stand turned by `stands_N`."""
    rng = np.random.default_rng(seed)
    weights_FSD = np.zeros((NUM_FOLDS, len(SPANS), NUM_FEATURES))
    for fold in range(NUM_FOLDS):
        others = np.flatnonzero(folds_N != fold)
        chosen = np.sort(rng.permutation(others)[:RECKONED])
        for stage, span in enumerate(SPANS):
            left = rng.uniform(-span, span, (len(chosen), COPIES))
            rows = [
                features(canvases[photo], turned=stands_N[photo] - own)
                for photo, owns in zip(chosen, left, strict=True)
                for own in owns
            ]
            if rows:
                weights_FSD[fold, stage] = _ridge(np.stack(rows), left.ravel(), trimmed=trimmed)
    return weights_FSD


def _ridge(rows_MD: Features, angles_M: Numbers, *, trimmed: float) -> Numbers:
    """Regression without a constant, learned twice: the second time without the worst fitted."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=_RIDGE, fit_intercept=False).fit(rows_MD, angles_M)
    errors_M = np.abs(rows_MD @ model.coef_ - angles_M)
    kept = errors_M <= np.quantile(errors_M, 1 - trimmed)
    return np.asarray(Ridge(alpha=_RIDGE, fit_intercept=False).fit(rows_MD[kept], angles_M[kept]).coef_, np.float64)


def _held_out_angles(turn: Turn, canvases: Sequence[Canvas], folds_N: Folds) -> Numbers:
    """Of some photos, each by the model that did not know it."""
    some = np.linspace(0, len(canvases) - 1, min(len(canvases), RECKONED)).astype(np.intp)
    return np.array([turn.angle(canvases[photo], fold=int(folds_N[photo])) for photo in some])
