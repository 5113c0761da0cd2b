"""Suggested names for groups: which attributes and factors set a group apart, and how sure is that?

A value counts by its share in the group less its share elsewhere, a number by the rank-biserial correlation (Cureton
1956), the chance that a member has more of it than another product less the opposite: both are 2 AUC - 1, in [-1, 1].
Which attributes are numbers or dates says their kind (catalogue/columns). A product with several values counts for each
of them; as a number it is the first by provenance. As for factors (representation/language/names.py), confidence is the
share of resampled catalogues (Efron 1979) in which the attribute sets the group apart as strongly as a name needs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.representation.language.names import WORDINGS

STRONG = 0.35
"""A weaker connection gives no name."""

LEAST_KNOWN = 10
MOST_VALUES = 200
NUM_RESAMPLES = 100
WORDS = 2
"""Parts of a name."""

FACTOR = "look."
UNTOLD = ("measured.", "cluster")
"""What attributes begin with that say nothing about the looks."""

Matrix = NDArray[np.float64]
Products = Sequence[Mapping[str, Sequence[str]]]
"""Each product's attributes with all their values."""

Kinds = Mapping[str, Reading]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What sets a group apart. `words` is how people say it; `inside` and `outside` are means or shares."""

    attribute: str
    value: str
    words: str
    strength: float
    confidence: float
    inside: float
    outside: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Column:
    """N numbers (NaN unknown) and the same as the strength is computed from them."""

    attribute: str
    value: str
    shown_N: Matrix
    judged_N: Matrix


def signs(
    labels_N: NDArray[np.intp], products: Products, *, num_groups: int, seed: int, kinds: Kinds | None = None
) -> list[list[Sign]]:
    """For each group what sets it apart, the strongest first, one entry for an attribute.

    Kinds that are not given are learned from these products.
    """
    columns = list(_columns(products, kinds or {}))
    times_RN = np.random.default_rng(seed).multinomial(
        len(products), np.full(len(products), 1 / max(len(products), 1)), NUM_RESAMPLES
    )
    return [_signs(labels_N == group, columns, times_RN.astype(np.float64)) for group in range(num_groups)]


def suggested(found: Sequence[Sign], number: int, taken: set[str]) -> str:
    """`boot, dark`: the strongest words; a name that another group has gets this one's number."""
    name = ", ".join(dict.fromkeys(sign.words for sign in found[:WORDS])) or f"Group {number}"
    return name if name not in taken else f"{name} ({number})"


def _signs(member_N: NDArray[np.bool_], columns: Sequence[_Column], times_RN: Matrix) -> list[Sign]:
    found: dict[str, Sign] = {}
    for column in columns:
        known_N = np.isfinite(column.judged_N)
        in_N, out_N = known_N & member_N, known_N & ~member_N
        if min(in_N.sum(), out_N.sum()) < LEAST_KNOWN:
            continue
        strength = float(column.judged_N[in_N].mean() - column.judged_N[out_N].mean())
        if abs(strength) < STRONG or (column.value and strength < 0):
            continue
        again_R = _means(column.judged_N, times_RN, in_N) - _means(column.judged_N, times_RN, out_N)
        sign = Sign(
            attribute=column.attribute,
            value=column.value,
            words=_words(column, high=strength > 0),
            strength=round(strength, 4),
            confidence=float((again_R * np.sign(strength) >= STRONG).mean()),
            inside=round(float(column.shown_N[in_N].mean()), 4),
            outside=round(float(column.shown_N[out_N].mean()), 4),
        )
        if column.attribute not in found or abs(found[column.attribute].strength) < abs(strength):
            found[column.attribute] = sign
    return sorted(found.values(), key=lambda sign: (-abs(sign.strength), sign.attribute))


def _means(values_N: Matrix, times_RN: Matrix, rows_N: NDArray[np.bool_]) -> Matrix:
    weights_RM = times_RN[:, rows_N]
    return np.asarray(weights_RM @ values_N[rows_N] / np.maximum(weights_RM.sum(axis=1), 1))


def _columns(products: Products, kinds: Kinds) -> list[_Column]:
    names = sorted({name for product in products for name in product if not name.startswith(UNTOLD)})
    return [column for name in names for column in _of_attribute(name, [one.get(name, ()) for one in products], kinds)]


def _of_attribute(name: str, values: Sequence[Sequence[str]], kinds: Kinds) -> list[_Column]:
    from scipy.stats import rankdata

    counted = Counter(value for several in values for value in several)
    kind = kinds.get(name) or learn(name, counted)
    if kind.is_scale:
        numbers_N = np.array([kind.scale(several[0]) if several else np.nan for several in values], np.float64)
        finite_N = np.isfinite(numbers_N)
        if finite_N.sum() >= LEAST_KNOWN and np.ptp(numbers_N[finite_N]) > 0:
            judged_N = np.full(len(values), np.nan)
            judged_N[finite_N] = 2 * rankdata(numbers_N[finite_N]) / finite_N.sum()
            return [_Column(attribute=name, value="", shown_N=numbers_N, judged_N=judged_N)]
    if not 2 <= len(counted) <= MOST_VALUES:
        return []
    columns = []
    for value in sorted(counted):
        is_N = np.array([value in several if several else np.nan for several in values], np.float64)
        columns.append(_Column(attribute=name, value=value, shown_N=is_N, judged_N=is_N))
    return columns


def _words(column: _Column, *, high: bool) -> str:
    if column.value:
        return column.value
    wording = WORDINGS.get(column.attribute)
    if wording:
        return wording.high if high else wording.low
    plain = column.attribute.removeprefix(FACTOR)
    plain = " ".join(reversed(plain.split("."))).replace("_", " ")
    return f"{'more' if high else 'less'} {plain}"
