"""A table of true factors, made ready for the scores: kinds, classes, missing values, and what had to be left out.

Numbers are ordered quantities, strings and booleans are categories. For scores that need classes, a quantity of more
distinct values than bins is cut into bins of equal frequency, and of a category with too many or too rare values the
rare ones become one class. A value is missing when it is NaN, None or the empty string.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isnan, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Mask

MAX_BINS = 20
ITEMS_PER_CELL = 5
"""A joint histogram of two quantities of n items gets about this many items in each cell."""

MIN_KNOWN = 50
"""Fewer known values than this say nothing about a latent."""

MIN_IN_CLASS = 5
MAX_CLASSES = 50
MISSING = -1

FactorTable = Mapping[str, NDArray[Any]]
"""Factor name -> N values: numbers, strings or booleans."""

Codes = NDArray[np.int64]


class Kind(StrEnum):
    """What a factor's values are."""

    QUANTITY = "quantity"
    CATEGORY = "category"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One column. `codes_N` are classes from 0, MISSING where unknown.

    `values_N` are a quantity's numbers (NaN where unknown) and a category's codes; `num_classes` says into how many
    classes or bins it was cut, `is_merged` that different values share one.
    """

    name: str
    kind: Kind
    codes_N: Codes
    values_N: NDArray[np.float64]
    num_classes: int
    is_merged: bool

    @property
    def known(self) -> Mask:
        """N: which items have a value."""
        return np.asarray(self.codes_N != MISSING)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A factor that could not be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FactorSet:
    """The factors that can be used, in the table's order, and the others."""

    used: tuple[Factor, ...]
    left_out: tuple[LeftOut, ...]


def read_factors(table: FactorTable, *, num_items: int, at_least: int = 1) -> FactorSet:
    """Prepare every column. Raises UsageError when a length differs or fewer than `at_least` factors can be used."""
    used: list[Factor] = []
    left_out: list[LeftOut] = []
    for name, values in table.items():
        if len(values) != num_items:
            raise UsageError(f"the factor {name!r} has {len(values)} values for {num_items} items; give one per item")
        found = _read(name, np.asarray(values))
        if isinstance(found, Factor):
            used.append(found)
        else:
            left_out.append(found)
    if len(used) < at_least:
        reasons = "; ".join(f"{item.name}: {item.reason}" for item in left_out) or "the table is empty"
        raise UsageError(f"this score needs at least {at_least} usable factors and found {len(used)} ({reasons})")
    return FactorSet(used=tuple(used), left_out=tuple(left_out))


def as_numbers(values: NDArray[Any], reading: Reading | None = None) -> NDArray[Any]:
    """A column of strings, as a catalogue holds attributes, as floats if its kind is number, or date as years.

    Any other column is returned as it is. A reading that is not given is learned from the values.
    """
    texts = ["" if _is_missing(value) else str(value) for value in values]
    reading = reading or learn("", Counter(filter(None, texts)))
    if not reading.is_scale:
        return values
    return np.array([reading.scale(text) if text else np.nan for text in texts], np.float64)


def num_bins(num_items: int) -> int:
    """Into how many bins a quantity of so many items is cut: 2 to MAX_BINS, ITEMS_PER_CELL deciding."""
    return min(MAX_BINS, max(2, isqrt(num_items // ITEMS_PER_CELL)))


def equal_frequency(values_N: NDArray[np.float64], *, bins: int) -> Codes:
    """Classes from 0 holding about equally many items; equal values stay together, so there may be fewer classes."""
    inner = np.quantile(values_N, np.arange(1, bins) / bins)
    codes = np.searchsorted(inner, values_N, side="right")
    return np.asarray(np.unique(codes, return_inverse=True)[1], np.int64)


def _read(name: str, values_N: NDArray[Any]) -> Factor | LeftOut:
    if values_N.dtype.kind in "iuf" or _all_numbers(values_N):
        numbers_N = values_N.astype(np.float64)
        return _quantity(name, numbers_N, np.isfinite(numbers_N))
    known_N = np.array([not _is_missing(value) for value in values_N], np.bool_)
    return _category(name, values_N.astype(str), known_N)


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and isnan(value))


def _all_numbers(values_N: NDArray[Any]) -> bool:
    """An object column of numbers and None."""
    if values_N.dtype != object:
        return False
    numeric = (int, float, np.integer, np.floating, type(None))
    return all(isinstance(value, numeric) and not isinstance(value, bool) for value in values_N)


def _quantity(name: str, values_N: NDArray[np.float64], known_N: Mask) -> Factor | LeftOut:
    known = values_N[known_N]
    num_values = len(np.unique(known))
    if refusal := _refusal(name, num_known=len(known), num_values=num_values):
        return refusal
    bins = num_bins(len(known))
    is_merged = num_values > bins
    classes = equal_frequency(known, bins=bins) if is_merged else np.unique(known, return_inverse=True)[1]
    if classes.max() == 0:
        return LeftOut(name=name, reason="nearly all of its values are equal")
    return _factor(name, Kind.QUANTITY, classes, known, known_N, is_merged=is_merged)


def _category(name: str, values_N: NDArray[np.str_], known_N: Mask) -> Factor | LeftOut:
    names, codes, counts = np.unique(values_N[known_N], return_inverse=True, return_counts=True)
    if refusal := _refusal(name, num_known=len(codes), num_values=len(names)):
        return refusal
    ranks = np.empty(len(names), np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    num_kept = min(int((counts >= MIN_IN_CLASS).sum()), MAX_CLASSES - 1)
    num_rare = int(counts[ranks >= num_kept].sum())
    if num_rare > len(codes) / 2:
        return LeftOut(name=name, reason=f"most of its {len(names)} values are rare")
    classes = np.minimum(ranks, num_kept)[codes]
    is_merged = num_rare >= MIN_IN_CLASS and num_kept + 1 < len(names)
    if num_rare < MIN_IN_CLASS:
        # Too few to be a class of their own even together.
        known_N[known_N] = classes < num_kept
        classes = classes[classes < num_kept]
    if classes.max() == 0:
        return LeftOut(name=name, reason="it is constant but for a few items")
    return _factor(name, Kind.CATEGORY, classes, classes.astype(np.float64), known_N, is_merged=is_merged)


def _refusal(name: str, *, num_known: int, num_values: int) -> LeftOut | None:
    if num_known < MIN_KNOWN:
        return LeftOut(name=name, reason=f"only {num_known} items have a value, {MIN_KNOWN} are needed")
    return LeftOut(name=name, reason="it is constant") if num_values < 2 else None


def _factor(
    name: str, kind: Kind, classes: Codes, known: NDArray[np.float64], known_N: Mask, *, is_merged: bool
) -> Factor:
    """Put the known items' classes and values back in their places."""
    codes_N = np.full(len(known_N), MISSING, np.int64)
    values_N = np.full(len(known_N), np.nan)
    codes_N[known_N], values_N[known_N] = classes, known
    num_classes = int(classes.max()) + 1
    return Factor(
        name=name, kind=kind, codes_N=codes_N, values_N=values_N, num_classes=num_classes, is_merged=is_merged
    )
