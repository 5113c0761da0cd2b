"""How well classes are told: accuracy, precision, recall, F1, confusion, curves, calibration.

`codes_N` are the true classes as numbers, `predicted_N` the ones told, `logits_NK` what a softmax makes chances of. The
figures themselves are scikit-learn's; what is here puts them together and gives them intervals by groups of products.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.metrics.intervals import Interval, bootstrap, bootstrap_mean

Codes = NDArray[np.intp]
Matrix = NDArray[np.float64]

COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures that are tried."""

LIKELY_SPREAD = 0.5
"""Deviation of the logarithm of a temperature as one expects it: a dozen photos told right make nobody certain."""

BINS = 15


@dataclass(frozen=True, kw_only=True)
class ClassFigures:
    """One class: precision and recall are 0 where nothing was told or there; `support` is how many there are.

    `roc_auc` and `average_precision` judge its chance against all others; None where there is no contrast.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    roc_auc: float | None
    average_precision: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How well a set of photos was told, each figure in [0, 1], with 95 % intervals by group.

    `confusion_KK` counts photos: rows are true classes, columns told ones. `top5` is the share whose class is among the
    five likeliest, None for five classes or fewer.
    """

    accuracy: Interval
    macro_f1: Interval
    macro_precision: float
    macro_recall: float
    top5: float | None
    loss: float
    calibration_error: float
    classes: Sequence[ClassFigures]
    confusion_KK: Codes


def judge(
    logits_NK: NDArray[np.float32], codes_N: Codes, *, names: Sequence[str], groups_N: NDArray[np.generic]
) -> Figures:
    """All figures. `names` are the K classes', `groups_N` says which photos are not independent of each other.

    Classes that none of these photos has do not count in the means. Raises UsageError for fewer than two groups.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    chances_NK = softmax(logits_NK)
    predicted_N = chances_NK.argmax(axis=1)
    labels = range(len(names))
    precision_K, recall_K, f1_K, support_K = precision_recall_fscore_support(
        codes_N, predicted_N, labels=list(labels), zero_division=0.0
    )
    there_K = support_K > 0
    correct_N = predicted_N == codes_N
    each = [
        ClassFigures(
            name=names[k],
            precision=float(precision_K[k]),
            recall=float(recall_K[k]),
            f1=float(f1_K[k]),
            support=int(support_K[k]),
            roc_auc=_auc(codes_N == k, chances_NK[:, k]),
            average_precision=_precision(codes_N == k, chances_NK[:, k]),
        )
        for k in labels
    ]
    return Figures(
        accuracy=bootstrap_mean(correct_N.astype(np.float64), groups=groups_N),
        macro_f1=bootstrap(lambda rows: macro_f1(predicted_N[rows], codes_N[rows]), groups=groups_N),
        macro_precision=float(precision_K[there_K].mean()),
        macro_recall=float(recall_K[there_K].mean()),
        top5=_top(chances_NK, codes_N, 5) if len(names) > 5 else None,
        loss=cross_entropy(logits_NK, codes_N),
        calibration_error=calibration_error(chances_NK.max(axis=1), correct_N),
        classes=each,
        confusion_KK=np.asarray(confusion_matrix(codes_N, predicted_N, labels=list(labels)), np.intp),
    )


def macro_f1(predicted_N: Codes, codes_N: Codes) -> float:
    """The mean of F1 over the classes that are there, by counts: quick enough for a bootstrap."""
    size = int(max(predicted_N.max(initial=0), codes_N.max(initial=0))) + 1
    hits_K = np.bincount(codes_N[predicted_N == codes_N], minlength=size)
    there_K, told_K = np.bincount(codes_N, minlength=size), np.bincount(predicted_N, minlength=size)
    f1_K = 2 * hits_K / np.maximum(there_K + told_K, 1)
    return float(f1_K[there_K > 0].mean()) if there_K.any() else 0.0


def softmax(logits_NK: NDArray[np.float32], *, temperature: float = 1.0) -> Matrix:
    """Chances, rows sum to 1."""
    from scipy.special import softmax as of

    return np.asarray(of(logits_NK.astype(np.float64) / temperature, axis=1))


def cross_entropy(logits_NK: NDArray[np.float32], codes_N: Codes, *, temperature: float = 1.0) -> float:
    """The mean negative log chance of the true class, nats; 0 for no photos."""
    from scipy.special import log_softmax

    if not len(codes_N):
        return 0.0
    logs_NK = log_softmax(logits_NK.astype(np.float64) / temperature, axis=1)
    return float(-logs_NK[np.arange(len(codes_N)), codes_N].mean())


def best_temperature(logits_NK: NDArray[np.float32], codes_N: Codes) -> float:
    """The likeliest temperature (Guo et al., "On calibration of modern neural networks", 2017), given these photos.

    Temperatures are held to be log-normal about 1 beforehand, which matters for few photos alone; 1 for no photos.
    """
    from scipy.optimize import minimize_scalar

    def unlikely(log: float) -> float:
        loss = len(codes_N) * cross_entropy(logits_NK, codes_N, temperature=float(np.exp(log)))
        return loss + 0.5 * (log / LIKELY_SPREAD) ** 2

    found = minimize_scalar(unlikely, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x)) if len(codes_N) else 1.0


def calibration_error(confidence_N: Matrix, correct_N: NDArray[np.bool_], *, bins: int = BINS) -> float:
    """Mean gap between confidence and accuracy over bins of equal mass (Naeini, Cooper & Hauskrecht, AAAI 2015)."""
    order = np.argsort(confidence_N, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, len(order))) if len(part)] if len(order) else []
    gaps = [len(part) * abs(float(confidence_N[part].mean() - correct_N[part].mean())) for part in parts]
    return sum(gaps) / max(len(order), 1)


def _top(chances_NK: Matrix, codes_N: Codes, count: int) -> float:
    likeliest = np.argsort(-chances_NK, axis=1)[:, :count]
    return float((likeliest == codes_N[:, None]).any(axis=1).mean())


def _auc(true_N: NDArray[np.bool_], chance_N: Matrix) -> float | None:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(true_N, chance_N)) if true_N.any() and not true_N.all() else None


def _precision(true_N: NDArray[np.bool_], chance_N: Matrix) -> float | None:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(true_N, chance_N)) if true_N.any() and not true_N.all() else None
