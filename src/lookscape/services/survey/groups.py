"""Photos in groups by any attribute: its most frequent values and the rest; numbers and dates in parts of equal size.

A photo has the value of its first product, of several values the first by provenance. The groups are in this order:
values from the most frequent on, or parts from the lowest on; then all other values together; then the photos of which
nothing is known.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.maps.columns import Column, as_column, first_products

ALL = "all photos"
NOT_KNOWN = "not known"
PARTS = 4
"""A number's groups: quarters, each with as many photos as the next."""

WHOLE_FROM = 10_000
"""Numbers from here on are named without decimals."""

Codes = NDArray[np.intp]


class Kind(StrEnum):
    """How the groups came about."""

    NONE = "none"
    VALUES = "values"
    PARTS = "parts"


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """G names, none of an empty group but the one of an empty catalogue; for N photos the place of theirs.

    `merged` is how many values are in the group of all others.
    """

    by: str
    kind: Kind
    names: tuple[str, ...]
    codes_N: Codes
    merged: int = 0

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Photos in each."""
        return np.bincount(self.codes_N, minlength=len(self)).astype(np.int64)


def groups_of(engine: Engine, photo_ids: Sequence[str], *, by: str | None, most: int) -> Groups:
    """These photos by an attribute, in `most` groups of values; all in one without it. Raises UnknownNameError."""
    if by is None:
        return Groups(by="", kind=Kind.NONE, names=(ALL,), codes_N=np.zeros(len(photo_ids), np.intp))
    known = [facet.name for facet in engine.catalogue.facets(Filter(), max_values=1)]
    if by not in known:
        raise UnknownNameError("attribute", by, known)
    owner = first_products(engine, photo_ids)
    products = engine.catalogue.products(set(owner.values()))
    held = [products.get(owner.get(photo_id, "")) for photo_id in photo_ids]
    kind = engine.catalogue.column_kinds([by]).get(by)
    return grouped(by, [one.attributes.get(by, "") if one else "" for one in held], most=most, reading=kind)


def grouped(by: str, values: Sequence[str], *, most: int, reading: Reading | None = None) -> Groups:
    """Groups of N values, of which an empty one is not known. A reading that is not given is learned from them."""
    reading = reading or learn(by, Counter(value for value in values if value))
    column = as_column(by, values, reading=reading)
    if column.numbers_N is not None:
        return _parts(by, column.numbers_N, values, reading)
    return _values(by, column, values, most=most)


def _values(by: str, column: Column, values: Sequence[str], *, most: int) -> Groups:
    ranked = [entry.value for entry in column.legend if entry.value]
    kept = ranked if len(ranked) <= most else ranked[: most - 1]
    merged = len(set(values) - {""}) - len(kept)
    names = [*kept, *([f"{merged:,} other values"] if merged else [])]
    place = {value: number for number, value in enumerate(kept)}
    codes_N = np.array([place.get(value, len(kept)) if value else len(names) for value in values], np.intp)
    return _with_unknown(Groups(by=by, kind=Kind.VALUES, names=tuple(names), codes_N=codes_N, merged=merged))


def _parts(by: str, numbers_N: NDArray[np.float64], values: Sequence[str], reading: Reading) -> Groups:
    """Quarters by the quantiles of what is known; fewer where many values are equal."""
    known_N = np.isfinite(numbers_N)
    inner = np.unique(np.quantile(numbers_N[known_N], np.arange(1, PARTS) / PARTS))
    codes_N = np.searchsorted(inner, numbers_N, side="right")
    codes_N[~known_N] = len(inner) + 1
    there = np.unique(codes_N[known_N])
    renamed = np.full(len(inner) + 2, len(there))
    renamed[there] = np.arange(len(there))
    names = []
    for code in there:
        rows = np.flatnonzero(known_N & (codes_N == code))
        ends = (rows[numbers_N[rows].argmin()], rows[numbers_N[rows].argmax()])
        names.append(" to ".join(_end(numbers_N[row], values[row], reading) for row in ends))
    return _with_unknown(Groups(by=by, kind=Kind.PARTS, names=tuple(names), codes_N=renamed[codes_N].astype(np.intp)))


def _end(number: float, value: str, reading: Reading) -> str:
    """A part's end: a date as such, a number with four digits at least."""
    if reading.is_date:
        return reading.in_words(value)
    return f"{number:.4g}" if abs(number) < WHOLE_FROM else f"{number:,.0f}"


def _with_unknown(groups: Groups) -> Groups:
    """Name the group after the last, if any photo is in it."""
    if not (groups.codes_N == len(groups)).any():
        return groups
    return Groups(
        by=groups.by,
        kind=groups.kind,
        names=(*groups.names, NOT_KNOWN),
        codes_N=groups.codes_N,
        merged=groups.merged,
    )
