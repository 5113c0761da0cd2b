"""Suggested names for factors: which measured or given attribute does each one move, and how sure is that?

Judged on products that the language was not fitted on. A number counts by Spearman's rank correlation (1904). A
category counts value by value: twice the area under the ROC curve less one (Hanley & McNeil 1982) says how well the
factor sets the value apart and at which end it stands. Which attribute a factor moves most is decided by the rank
correlation for both, which for a value is that with yes and no, so a rare colour does not outdo a whole scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

LEAST_STRENGTH = {"number": 0.5, "value": 0.6}
"""A weaker connection gives no name."""

LEAST_KNOWN = 50
LEAST_IN_VALUE = 10
NUM_RESAMPLES = 100

Matrix = NDArray[np.float64]
Table = Mapping[str, NDArray[Any]]
"""Attribute -> N values: numbers (NaN unknown) or strings (empty unknown)."""


class Kind(StrEnum):
    """What the attribute's values are."""

    NUMBER = "number"
    VALUE = "value"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How people say it: a title and what stands at the low and the high end."""

    title: str
    low: str
    high: str


WORDINGS: Mapping[str, Wording] = {
    "shape.height_to_width": Wording(title="overall height", low="flat", high="tall"),
    "shape.ankle_height": Wording(title="silhouette height", low="low", high="boot"),
    "shape.collar_height": Wording(title="collar height", low="low collar", high="boot"),
    "shape.heel_height": Wording(title="heel height", low="low heel counter", high="high heel counter"),
    "shape.toe_height": Wording(title="toe height", low="slim toe", high="tall toe"),
    "sole.thickness": Wording(title="sole thickness", low="thin sole", high="thick sole"),
    "sole.heel_thickness": Wording(title="sole thickness at the heel", low="thin heel", high="thick heel"),
    "sole.lightness": Wording(title="sole lightness", low="dark sole", high="light sole"),
    "sole.contrast": Wording(title="sole contrast", low="sole like the upper", high="sole stands out"),
    "side.lightness": Wording(title="lightness of the side", low="dark side", high="light side"),
    "heel.lightness": Wording(title="lightness of the heel", low="dark heel", high="light heel"),
    "tone.lightness": Wording(title="overall lightness", low="dark", high="light"),
    "tone.saturation": Wording(title="colourfulness", low="grey", high="vivid"),
    "tone.contrast": Wording(title="contrast", low="even", high="contrasting"),
    "tone.warmth": Wording(title="warmth", low="blue", high="yellow"),
    "tone.redness": Wording(title="redness", low="green", high="red"),
    "texture.roughness": Wording(title="surface", low="smooth", high="rough"),
    "texture.edges": Wording(title="detail", low="plain", high="busy"),
    "colour.main_share": Wording(title="share of the main colour", low="many colours", high="one colour"),
    "colour.variety": Wording(title="number of colours", low="few colours", high="many colours"),
}


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One attribute that a factor moves.

    `strength` in [-1, 1] is the rank correlation, negative when the factor's high end is the attribute's low end; for a
    category it is 2 AUC - 1 of `value`, which stands at the high (positive) or low end. `confidence` in [0, 1] is the
    share of resampled catalogues (Efron 1979) in which this attribute is again the one that the factor moves most, and
    strongly enough. `low` and `high` say what the ends of the factor look like.
    """

    attribute: str
    kind: Kind
    value: str
    strength: float
    confidence: float
    title: str
    low: str
    high: str


def suggest(f_NF: NDArray[np.floating[Any]], *, attributes: Table, seed: int = 0) -> list[list[Suggestion]]:
    """For each factor the attributes it moves, the strongest first; an empty list where nothing known moves with it.

    `f_NF` are factors of N products the language was not fitted on. Raises UsageError for columns of another length.
    """
    for name, values_N in attributes.items():
        if len(values_N) != len(f_NF):
            raise UsageError(f"the attribute {name!r} has {len(values_N)} values for {len(f_NF)} products")
    found = [column for name, values_N in attributes.items() for column in _columns(name, np.asarray(values_N))]
    if not found:
        return [[] for _ in range(f_NF.shape[1])]
    drawn_RN = np.random.default_rng(seed).multinomial(len(f_NF), np.full(len(f_NF), 1 / len(f_NF)), NUM_RESAMPLES)
    times_RN = np.concatenate([np.ones((1, len(f_NF))), drawn_RN.astype(np.float64)])
    rho_RAF = np.stack([_correlations(f_NF, column, times_RN=times_RN) for column in found], axis=1)
    again_RAF = np.abs(rho_RAF[1:])
    least_A1 = np.array([[LEAST_STRENGTH[column.kind] * column.most] for column in found])
    sure_AF = ((again_RAF == again_RAF.max(axis=1, keepdims=True)) & (again_RAF >= least_A1)).mean(axis=0)
    return [_listed(found, rho_RAF[0, :, place], sure_AF[:, place]) for place in range(f_NF.shape[1])]


@dataclass(frozen=True, kw_only=True)
class _Column:
    """Ranks of a number, or 0 and 1 for one value of a category; NaN where unknown."""

    attribute: str
    kind: Kind
    value: str
    values_N: Matrix

    @property
    def most(self) -> float:
        """The largest rank correlation there can be, if nothing is tied: yes and no have only two ranks."""
        if self.kind is Kind.NUMBER:
            return 1.0
        share = float(np.nanmean(self.values_N))
        return float(np.sqrt(3 * share * (1 - share)))


def _columns(name: str, values_N: NDArray[Any]) -> list[_Column]:
    from scipy.stats import rankdata

    if values_N.dtype.kind in "iuf":
        numbers_N = values_N.astype(np.float64)
        known_N = np.isfinite(numbers_N)
        if known_N.sum() < LEAST_KNOWN or np.ptp(numbers_N[known_N]) == 0:
            return []
        ranks_N = np.full(len(numbers_N), np.nan)
        ranks_N[known_N] = rankdata(numbers_N[known_N])
        return [_Column(attribute=name, kind=Kind.NUMBER, value="", values_N=ranks_N)]
    texts_N = np.array(["" if value is None else str(value) for value in values_N])
    known_N = texts_N != ""
    values, counts = np.unique(texts_N[known_N], return_counts=True)
    enough = counts[counts >= LEAST_IN_VALUE]
    if known_N.sum() < LEAST_KNOWN or len(enough) < min(2, len(values)) or len(values) < 2:
        return []
    return [
        _Column(attribute=name, kind=Kind.VALUE, value=str(value), values_N=np.where(known_N, texts_N == value, np.nan))
        for value, count in zip(values, counts, strict=True)
        if count >= LEAST_IN_VALUE
    ]


def _correlations(f_NF: NDArray[np.floating[Any]], column: _Column, *, times_RN: Matrix) -> Matrix:
    """R x F: rank correlations when product n counts `times_RN[r, n]` times.

    Ranks are those of all known products; a resample does not rank them anew.
    """
    from scipy.stats import rankdata

    known_N = np.isfinite(column.values_N)
    x_NF, y_N, times_RN = rankdata(f_NF[known_N], axis=0), column.values_N[known_N], times_RN[:, known_N]
    x_NF, y_N = x_NF - x_NF.mean(axis=0), y_N - y_N.mean()
    mean_RF, mean_R1 = _means(x_NF, times_RN), _means(y_N[:, None], times_RN)
    together_RF = _means(x_NF * y_N[:, None], times_RN) - mean_RF * mean_R1
    spread_RF = _means(x_NF**2, times_RN) - mean_RF**2
    spread_R1 = _means(y_N[:, None] ** 2, times_RN) - mean_R1**2
    scale_RF = np.sqrt(np.maximum(spread_RF * spread_R1, 0))
    return np.divide(together_RF, scale_RF, out=np.zeros_like(together_RF), where=scale_RF > 1e-9)


def _means(x_NF: Matrix, times_RN: Matrix) -> Matrix:
    """R x F: weighted means; that of nothing is the mean of all."""
    total_R1 = times_RN.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total_R1 > 0, times_RN @ x_NF / np.maximum(total_R1, 1), x_NF.mean(axis=0)))


def _listed(columns: list[_Column], rho_A: Matrix, sure_A: Matrix) -> list[Suggestion]:
    """A value's rank correlation as a share of the most it can be is 2 AUC - 1."""
    strength_A = [float(rho) / column.most for column, rho in zip(columns, rho_A, strict=True)]
    order = [int(place) for place in np.argsort(-np.abs(rho_A), kind="stable")]
    strong = [place for place in order if abs(strength_A[place]) >= LEAST_STRENGTH[columns[place].kind]]
    return [_said(columns[place], strength_A[place], float(sure_A[place])) for place in strong]


def _said(column: _Column, strength: float, confidence: float) -> Suggestion:
    plain = " ".join(reversed(column.attribute.split("."))).replace("_", " ")
    if column.kind is Kind.NUMBER:
        words = WORDINGS.get(column.attribute, Wording(title=plain, low=f"less {plain}", high=f"more {plain}"))
    else:
        words = Wording(title=f"{plain}: {column.value}", low=f"not {column.value}", high=column.value)
    low, high = (words.low, words.high) if strength >= 0 else (words.high, words.low)
    return Suggestion(
        attribute=column.attribute,
        kind=column.kind,
        value=column.value,
        strength=round(strength, 4),
        confidence=confidence,
        title=words.title,
        low=low,
        high=high,
    )
