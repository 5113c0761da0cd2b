"""How sure a prediction really is, learned from predictions of labels that the learner had not seen.

Beta calibration (Kull, Silva Filho & Flach, AISTATS 2017) turns the largest chance p into the share of such predictions
that are right: a logistic regression on log p and -log(1 - p) that never falls where p lies. Labels too rare to be
predicted count as wrong, as they will be.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

EDGE = 1e-4
"""Chances are kept this far from 0 and 1."""

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """confidence = 1 / (1 + exp(-(start + up log p - down log(1 - p)))), p being no less than `least`."""

    start: float
    up: float
    down: float
    least: float = 0.0

    @classmethod
    def fit(cls, top_N: Numbers, correct_N: Flags) -> "Calibration":
        """From largest chances and whether they were right; with no contrast, the share that was, a little modest."""
        if correct_N.all() or not correct_N.any():
            share = (correct_N.sum() + 1) / (len(correct_N) + 2)
            return cls(start=float(np.log(share / (1 - share))), up=0.0, down=0.0)
        least = float(np.clip(top_N.min(), EDGE, 1 - EDGE))
        for used in ((0, 1), (1,)):
            fitted = LogisticRegression(C=1e4, max_iter=1000).fit(_terms(top_N)[:, used], correct_N)
            slopes = dict(zip(used, fitted.coef_[0].tolist(), strict=True))
            up, down = slopes.get(0, 0.0), slopes.get(1, 0.0)
            if min(up * (1 - least) + down * least, down) >= 0:  # the slope's sign at both ends, so in between too
                return cls(start=float(fitted.intercept_[0]), up=up, down=down, least=least)
        share = float(correct_N.mean())
        return cls(start=float(np.log(share / (1 - share))), up=0.0, down=0.0)

    def confidence(self, top_N: Numbers) -> Numbers:
        """0 to 1, in the order of the chances."""
        terms_N2 = _terms(np.maximum(top_N, self.least))
        return np.asarray(1 / (1 + np.exp(-(self.start + terms_N2 @ np.array([self.up, self.down])))))


def held_out_confidence(top_N: Numbers, correct_N: Flags, folds_N: NDArray[np.intp]) -> Numbers:
    """Each fold's confidence by a calibration that was fitted on the others."""
    found_N = np.empty(len(top_N))
    for fold in np.unique(folds_N):
        own_N = folds_N == fold
        found_N[own_N] = Calibration.fit(top_N[~own_N], correct_N[~own_N]).confidence(top_N[own_N])
    return found_N


def lowest_threshold(confidence_N: Numbers, *, accuracy: float) -> float:
    """The lowest threshold from which what is at least so sure should be right this often; 1 when none is."""
    falling_N = np.sort(confidence_N)[::-1]
    expected_N = np.cumsum(falling_N) / np.arange(1, len(falling_N) + 1)
    enough = np.flatnonzero(expected_N >= accuracy)
    if not len(enough):
        return 1.0
    return float(np.floor(falling_N[enough[-1]] * 1000) / 1000)


def _terms(top_N: Numbers) -> Numbers:
    kept_N = np.clip(top_N, EDGE, 1 - EDGE)
    return np.stack([np.log(kept_N), -np.log1p(-kept_N)], axis=1)
