"""Curves over all thresholds: receiver operating characteristic and precision against recall, one class and the mean.

One class is judged against all others by its chance. The mean curve weighs every class alike: of ROC curves the mean
true positive rate at each false positive rate (vertical averaging: Fawcett, "An introduction to ROC analysis", 2006),
of precision-recall curves the mean of the interpolated precision (the highest at that recall or a higher one: Manning,
Raghavan & Schütze, "Introduction to Information Retrieval", 2008, section 8.4). The curves of single classes are
scikit-learn's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRID = 101
"""Points of a mean curve."""

MOST = 160
"""Points of a class's curve: more cannot be seen."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Points in [0, 1], `x_P` rising, and what one figure says of it: the area, or the average precision."""

    x_P: Numbers
    y_P: Numbers
    area: float


def roc(true_N: NDArray[np.bool_], chance_N: Numbers) -> Curve:
    """True against false positive rate. Both classes have to be there."""
    from sklearn.metrics import roc_auc_score, roc_curve

    false_P, true_P, _ = roc_curve(true_N, chance_N)
    return Curve(x_P=false_P, y_P=true_P, area=float(roc_auc_score(true_N, chance_N)))


def precision_recall(true_N: NDArray[np.bool_], chance_N: Numbers) -> Curve:
    """Precision against recall, the latter rising. Both classes have to be there."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision_P, recall_P, _ = precision_recall_curve(true_N, chance_N)
    area = float(average_precision_score(true_N, chance_N))
    return Curve(x_P=recall_P[::-1], y_P=precision_P[::-1], area=area)


def mean_roc(curves: Sequence[Curve]) -> Curve:
    """Of at least one class's curve; at a step the higher value counts."""
    grid_G = np.linspace(0, 1, GRID)
    heights_KG = [_up_to(curve, grid_G) for curve in curves]
    heights_KG = [np.concatenate([[0.0], height_G]) for height_G in heights_KG]
    return Curve(
        x_P=np.concatenate([[0.0], grid_G]),
        y_P=np.mean(heights_KG, axis=0),
        area=float(np.mean([curve.area for curve in curves])),
    )


def mean_precision_recall(curves: Sequence[Curve]) -> Curve:
    """Of at least one class's curve."""
    grid_G = np.linspace(0, 1, GRID)
    return Curve(
        x_P=grid_G,
        y_P=np.mean([_best_from(curve, grid_G) for curve in curves], axis=0),
        area=float(np.mean([curve.area for curve in curves])),
    )


def thinned(curve: Curve) -> Curve:
    """The same drawn with fewer points: the ends of upright lines alone, and of these at most about MOST."""
    step_P = curve.x_P[1:] != curve.x_P[:-1]
    rows = np.flatnonzero(np.append(True, step_P) | np.append(step_P, True))
    if len(rows) > MOST:
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, MOST).round().astype(np.intp))]
    return Curve(x_P=curve.x_P[rows], y_P=curve.y_P[rows], area=curve.area)


def _up_to(curve: Curve, grid_G: Numbers) -> Numbers:
    """The height at each place, straight lines between the points, the highest of several at one place."""
    last_P = np.append(curve.x_P[1:] > curve.x_P[:-1], True)
    return np.asarray(np.interp(grid_G, curve.x_P[last_P], curve.y_P[last_P]))


def _best_from(curve: Curve, grid_G: Numbers) -> Numbers:
    """The highest value at each place or to its right."""
    best_P = np.maximum.accumulate(curve.y_P[::-1])[::-1]
    return np.asarray(best_P[np.minimum(np.searchsorted(curve.x_P, grid_G - 1e-12), len(best_P) - 1)])
