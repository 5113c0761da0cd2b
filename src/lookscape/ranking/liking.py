"""What one person likes, learned from a few dozen answers: logistic regression on the axes of a Space.

A like or dislike of a thing x says P(like) = 1 / (1 + exp(-(w.x + b))); a duel says the same of the difference of two
things, without b. The axes are principal components of the catalogue, scaled together and not each by itself, so that
the Gaussian prior on w lets wide axes speak first (MacKay 1992, "The evidence framework applied to classification
networks"). The prior's width is chosen by cross-validation. Letters: N answers, D axes, M things.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AXES = 32
WIDTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Inverse strengths of the prior that are tried (C of scikit-learn)."""

FOLDS = 5
FREE = 10.0
"""The constant axis is this large, so that the prior hardly holds the intercept."""

FEWEST = 12
"""Answers below which nothing is learned, at least FEWEST_EACH of either kind."""
FEWEST_EACH = 3

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """The way from vectors of a Space to D axes of mean 0, whose mean variance is 1."""

    centre_D: Floats
    axes_KD: Floats
    scale: float

    @classmethod
    def of(cls, vectors_MD: Vectors, *, num: int = AXES) -> "Axes":
        """From the vectors of a catalogue, or of a sample of it."""
        centre_D = vectors_MD.mean(axis=0, dtype=np.float64)
        centred_MD = vectors_MD - centre_D
        _, sizes_K, axes_KD = np.linalg.svd(centred_MD, full_matrices=False)
        kept = slice(0, min(num, len(sizes_K)))
        spread = float(np.sqrt((sizes_K[kept] ** 2).mean() / max(len(vectors_MD), 1))) or 1.0
        return cls(centre_D=centre_D, axes_KD=axes_KD[kept], scale=spread)

    def of_vectors(self, vectors_MD: Vectors) -> Floats:
        """M x D."""
        turned_MD: Floats = (vectors_MD - self.centre_D) @ self.axes_KD.T / self.scale
        return turned_MD


@dataclass(frozen=True, kw_only=True)
class Answers:
    """N answers: the thing's axes, or a duel's difference of them; whether liked (or the first preferred); which are
    single things. `groups_N` numbers what must not be learned from and judged on at once, such as a query's answers.
    """

    features_ND: Floats
    liked_N: NDArray[np.bool_]
    single_N: NDArray[np.bool_]
    groups_N: NDArray[np.int64]

    def __len__(self) -> int:
        """N."""
        return len(self.liked_N)

    def part(self, rows: NDArray[np.int64]) -> "Answers":
        """Some of them."""
        return Answers(
            features_ND=self.features_ND[rows],
            liked_N=self.liked_N[rows],
            single_N=self.single_N[rows],
            groups_N=self.groups_N[rows],
        )

    @property
    def are_enough(self) -> bool:
        """Can anything be learned?"""
        likes = int(self.liked_N.sum())
        return len(self) >= FEWEST and FEWEST_EACH <= likes <= len(self) - FEWEST_EACH


@dataclass(frozen=True, kw_only=True)
class Liking:
    """Fitted weights."""

    weights_D: Floats
    intercept: float
    width: float

    def chance(self, features_MD: Floats) -> Floats:
        """The probability that each of M things is liked."""
        chance_M: Floats = 1 / (1 + np.exp(-np.clip(features_MD @ self.weights_D + self.intercept, -30, 30)))
        return chance_M


def learn(answers: Answers, *, seed: int = 0) -> Liking:
    """Fit, choosing the prior's width by the log loss of answers that were left out. Needs `are_enough`."""
    widths = {width: _left_out_loss(answers, width, seed) for width in WIDTHS}
    best = min(widths, key=lambda width: widths[width])
    return _fit(answers, best)


def left_out_chances(answers: Answers, *, seed: int = 0) -> Floats:
    """The N probabilities of a like, each by weights that were learned, width and all, without its group.

    The intercept is that of all answers: a fold that is left out with many likes would leave a low one, and so be told
    from the others by a taste that is none.
    """
    share = float(np.clip(answers.liked_N.mean(), 0.01, 0.99))
    said_N = np.full(len(answers), np.log(share / (1 - share)))
    for learned, judged in _folds(answers, seed):
        rest = answers.part(learned)
        if rest.are_enough:
            said_N[judged] += answers.features_ND[judged] @ learn(rest, seed=seed).weights_D
    chance_N: Floats = 1 / (1 + np.exp(-said_N))
    return chance_N


def _left_out_loss(answers: Answers, width: float, seed: int) -> float:
    loss = 0.0
    for learned, judged in _folds(answers, seed):
        rest, left_out = answers.part(learned), answers.part(judged)
        if len(set(rest.liked_N.tolist())) < 2:
            continue
        fitted = _fit(rest, width)
        said_N = left_out.features_ND @ fitted.weights_D + fitted.intercept * left_out.single_N
        loss += float(np.logaddexp(0, np.where(left_out.liked_N, -said_N, said_N)).sum())
    return loss


def _folds(answers: Answers, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """FOLDS parts by group, dealt at random."""
    groups, place_N = np.unique(answers.groups_N, return_inverse=True)
    fold_N = np.random.default_rng(seed).permutation(len(groups))[place_N] % FOLDS
    for fold in range(min(FOLDS, len(groups))):
        yield np.flatnonzero(fold_N != fold), np.flatnonzero(fold_N == fold)


def _fit(answers: Answers, width: float) -> Liking:
    """Duels count both ways round, so that which side was first says nothing."""
    from sklearn.linear_model import LogisticRegression

    constant_N1 = FREE * answers.single_N[:, None].astype(np.float64)
    rows_NE = np.hstack([answers.features_ND, constant_N1])
    duels_N = ~answers.single_N
    rows_NE = np.vstack([rows_NE, -rows_NE[duels_N]])
    liked_N = np.concatenate([answers.liked_N, ~answers.liked_N[duels_N]])
    if liked_N.all() or not liked_N.any():
        return Liking(weights_D=np.zeros(answers.features_ND.shape[1]), intercept=0.0, width=width)
    fitted = LogisticRegression(C=width, fit_intercept=False, max_iter=1000).fit(rows_NE, liked_N)
    weights_E: Floats = np.asarray(fitted.coef_[0], np.float64)
    return Liking(weights_D=weights_E[:-1], intercept=float(FREE * weights_E[-1]), width=width)
