"""A column of values as Parquet holds it: numbers and dates as such where its kind says so, all else as written."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from lookscape import parquet
from lookscape.catalogue.columns.codes import has_leading_zero
from lookscape.catalogue.columns.kinds import Kind, Reading


def typed(values: Sequence[str], reading: Reading) -> Any:
    """An Arrow column of N values, "" unknown; what is unknown or not of the kind is null.

    Whole numbers are int64 and others float64, as 15 digits need; days are date32, days with a time microseconds, in
    UTC where all have a zone. Where only some have one they are no points of one time, and stay as written.
    """
    if reading.kind is Kind.NUMBER:
        numbers = [reading.number(value) if value else None for value in values]
        known_N = np.fromiter((one is not None for one in numbers), np.bool_, len(values))
        if reading.whole:
            return parquet.numbers(
                np.fromiter((int(one or 0) for one in numbers), np.int64, len(values)), known_N=known_N
            )
        return parquet.numbers(
            np.fromiter((float(one or 0) for one in numbers), np.float64, len(values)), known_N=known_N
        )
    if reading.kind is Kind.DATE:
        dates = [reading.date(value) if value else None for value in values]
        if not reading.timed:
            return parquet.days([one and one.date() for one in dates])
        if len({one.tzinfo is None for one in dates if one}) < 2:
            return parquet.moments(dates)
    return parquet.texts([value or None for value in values])


def says_less(values: Sequence[str], reading: Reading) -> bool:
    """Does the typed column leave out what values say?

    A unit, a leading zero, more digits than a float64 holds, or a value that is none of the kind.
    """
    if not reading.is_scale:
        return False
    told = {value for value in values if value}
    if reading.kind is Kind.DATE:
        return any(reading.date(value) is None for value in told)
    return bool(reading.unit) or any(has_leading_zero(value) or not _held(value, reading) for value in told)


def _held(value: str, reading: Reading) -> bool:
    """Is it a number that comes back from a float64 as it is?"""
    found = reading.number(value)
    return found is not None and Decimal(repr(float(found))) == found
