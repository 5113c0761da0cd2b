"""A column of values as Parquet holds it: numbers and dates as such where its kind says so, all else as written."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lookscape import parquet
from lookscape.catalogue.columns.kinds import Kind, Reading
from lookscape.catalogue.tables.ours import plain


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


def decimals_of(values: Sequence[str], reading: Reading) -> int | None:
    """How many decimals all numbers are written with, None where they differ or the column loses something else."""
    told = {value for value in values if value}
    counts = {len(value.partition(".")[2]) for value in told}
    if reading.kind is not Kind.NUMBER or reading.whole or len(counts) != 1:
        return None
    (count,) = counts
    numbers = {value: reading.number(value) for value in told}
    written = {value: number is not None and f"{float(number):.{count}f}" == value for value, number in numbers.items()}
    return count if all(written.values()) else None


def says_less(values: Sequence[str], reading: Reading) -> bool:
    """Does the typed column leave out how a value is written: a unit, closing zeros, one of no such kind?"""
    return reading.is_scale and any(value and _written_again(value, reading) != value for value in set(values))


def _written_again(value: str, reading: Reading) -> str:
    """A value of the typed column as text, as `tables/parquet.py` reads it; empty where it cannot tell it."""
    if reading.is_date:
        at = reading.date(value)
        return "" if at is None or reading.timed else at.date().isoformat()
    number = reading.number(value)
    if number is None:
        return ""
    return str(int(number)) if reading.whole else plain(float(number))
