"""The kind of a column, learned from all of its values or said by a person.

A kind is that of at least 98 % of the products that have a value, where what stands for no value (`-`, `n/a`, `NaN`) is
not counted. Dates come before numbers, as eight digits may be a date; codes among bare digits before amounts.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from lookscape.catalogue.columns.codes import (
    has_leading_zero,
    is_spaced_digits,
    looks_coded,
    named_code,
    why_digits,
)
from lookscape.catalogue.columns.dates import Moment, Order, moments, order_of
from lookscape.catalogue.columns.kinds import Kind, Reading, Said
from lookscape.catalogue.columns.numbers import Style, Written, read, style_of
from lookscape.catalogue.columns.word_list import words

MOSTLY = 0.98
"""Share of the products with a value whose value can be read as a kind for it to be the column's."""

NO_VALUE = words("- -- \u2013 \u2014 ? n/a na #n/a tbd unknown")
"""What stands for no value in a column of numbers or dates, in small letters."""

PROGRAMS = words("nan nat none null nil <na>")
"""What programs write for no value; where half of the products have it, it is a value of its own."""

FEW = 8
"""So many different values are words, however many products share them."""

OWN = 0.5
"""Different values, as a share of all, from which a column tells products apart and is text."""

LONG = 60
"""Letters of a text, on average."""

LEAST_COMPACT = 3
"""Different dates of eight bare digits; fewer may be codes that happen to be dates."""

Counted = Mapping[str, int]
"""Values and how many products have each."""


def learn(name: str, counted: Counted) -> Reading:
    """The reading of a column from its values; its name helps where these are bare digits."""
    real = _real(counted)
    if not real:
        return Reading(
            kind=Kind.WORD, why="no value" if not any(map(str.strip, counted)) else "only words for no value"
        )
    why = ""
    if _most(dates := _all_dates(real), real):
        reading, why = _dates(dates, real)
        if reading:
            return reading
    unclear = ""
    if _most(numbers := _all_numbers(real), real):
        style = style_of({text: (one, real[text]) for text, one in numbers.items()})
        reading, why = _numbers(name, style, numbers, real)
        if reading:
            return reading
        unclear = style.ambiguous
    return replace(_words(counted, real, why), unclear=unclear)


def as_said(told: Said, counted: Counted) -> Reading:
    """The reading of a column whose kind a person has said; a mark or an order that was not said is learned.

    Raises ValueError, in words, where it cannot be.
    """
    reading = Reading(kind=Kind(told.split("-")[0]), why="a person said so", told=told)
    real = _real(counted)
    if reading.kind is Kind.NUMBER:
        numbers = _all_numbers(real, zeros=True)
        style = style_of({text: (one, real[text]) for text, one in numbers.items()})
        mark = {Said.NUMBER_POINT: ".", Said.NUMBER_COMMA: ","}.get(told, style.mark)
        if mark is None:
            shown = style.ambiguous or "a number"
            raise ValueError(f"{shown} can be read in two ways; say {Said.NUMBER_POINT} or {Said.NUMBER_COMMA}")
        return _as_numbers(replace(reading, mark=mark, zeros=True), style, numbers, real)
    if reading.kind is Kind.DATE:
        dates = _all_dates(real)
        given = {Said.DATE_DAY_FIRST: Order.DAY_FIRST, Said.DATE_MONTH_FIRST: Order.MONTH_FIRST}.get(told)
        order = given or order_of(dates.values())
        if order is None:
            ways = f"{Said.DATE_DAY_FIRST} or {Said.DATE_MONTH_FIRST}"
            raise ValueError(f"{_unclear(dates) or 'a date'} can be read in two ways; say {ways}")
        return _as_dates(replace(reading, order=order), dates, real)
    return reading


def _all_dates(real: Counted) -> dict[str, dict[Order, Moment]]:
    return {text: found for text in real if (found := moments(text))}


def _all_numbers(real: Counted, *, zeros: bool = False) -> dict[str, Written]:
    return {text: found for text in real if (found := read(text, zeros=zeros))}


def _real(counted: Counted) -> dict[str, int]:
    """The values without those that stand for none."""
    known = {text: count for text, count in counted.items() if text.strip() and text.strip().lower() not in NO_VALUE}
    real = {text: count for text, count in known.items() if text.strip().lower() not in PROGRAMS}
    return real if 2 * sum(real.values()) > sum(known.values()) else known


def _most(found: Collection[str], real: Counted) -> bool:
    return sum(real[text] for text in found) >= MOSTLY * sum(real.values())


def _numbers(name: str, style: Style, numbers: Mapping[str, Written], real: Counted) -> tuple[Reading | None, str]:
    """Numbers or codes; else None, and why they are not numbers."""
    digits = {text: count for text, count in real.items() if text.strip().isdecimal()}
    if _most(digits, real) and (why := why_digits(digits)):
        return Reading(kind=Kind.CODE, why=why), ""
    if why := _why_no_number(style, numbers, real):
        return None, why
    assert style.mark is not None
    if zero := next(filter(has_leading_zero, real), ""):
        return Reading(kind=Kind.CODE, why=_zeros(zero)), ""
    if named_code(name) and _most([text for text in real if is_spaced_digits(text)], real):
        return Reading(kind=Kind.CODE, why="its name says so"), ""
    return _as_numbers(Reading(kind=Kind.NUMBER, why="", mark=style.mark), style, numbers, real), ""


def _why_no_number(style: Style, numbers: Mapping[str, Written], real: Counted) -> str:
    if len(style.units) > 1:
        return f"numbers of several units: {', '.join(style.units[:3])}"
    if 2 * sum(real[text] for text, one in numbers.items() if one.programs) > sum(real.values()):
        return "more numbers with an exponent than without"
    if style.mark is None and style.ambiguous:
        return _two_ways(style.ambiguous)
    if style.mark is None or not _most([text for text, one in numbers.items() if style.mark in one.readings], real):
        return "decimal points and decimal commas"
    return ""


def _as_numbers(reading: Reading, style: Style, numbers: Mapping[str, Written], real: Counted) -> Reading:
    there = {text: one.readings[reading.mark] for text, one in numbers.items() if reading.mark in one.readings}
    whole = bool(there) and all(one.as_tuple().exponent == 0 for one in there.values())
    unit = style.units[0] if len(style.units) == 1 else ""
    told = ["whole numbers" if whole else "numbers"]
    if not whole and reading.mark == ",":
        told.append("with a decimal comma")
    if unit:
        told.append(f"in {unit}")
    found = replace(reading, why=reading.why or " ".join(told), unit=unit, whole=whole)
    return _with_unread(found, there, real)


def _dates(dates: Mapping[str, Mapping[Order, Moment]], real: Counted) -> tuple[Reading | None, str]:
    """Dates; else None, and why they are not."""
    order = order_of(dates.values())
    if order is None:
        unclear = _unclear(dates)
        sure = [order for order in Order if any(tuple(found) == (order,) for found in dates.values())]
        return None, "dates with the day and with the month first" if len(sure) > 1 else _two_ways(unclear)
    if len(dates) < LEAST_COMPACT and all(text.strip().isdecimal() for text in dates):
        return None, ""
    return _as_dates(Reading(kind=Kind.DATE, why="", order=order), dates, real), ""


def _as_dates(reading: Reading, dates: Mapping[str, Mapping[Order, Moment]], real: Counted) -> Reading:
    there = {text: found[reading.order] for text, found in dates.items() if reading.order in found}
    timed = any(one.timed for one in there.values())
    why = reading.why or ("dates with a time" if timed else "dates")
    if not reading.why and any(len(set(found.values())) != 1 or len(found) == 1 for found in dates.values()):
        why += ", the day first" if reading.order is Order.DAY_FIRST else ", the month first"
    zoned = bool(there) and all(one.at.tzinfo is not None for one in there.values())
    return _with_unread(replace(reading, why=why, timed=timed, zoned=zoned), there, real)


def _with_unread(reading: Reading, there: Collection[str], real: Counted) -> Reading:
    unread = sum(count for text, count in real.items() if text not in there)
    why = f"{reading.why}; {unread:,} of {sum(real.values()):,} are none" if unread else reading.why
    return replace(reading, why=why, unread=unread)


def _unclear(dates: Mapping[str, Mapping[Order, Moment]]) -> str:
    return next((text for text, found in dates.items() if len(set(found.values())) > 1), "")


def _two_ways(text: str) -> str:
    return f"{text} can be read in two ways, and no other value says which"


def _zeros(text: str) -> str:
    return f"leading zeros: {text}"


def _words(counted: Counted, real: Counted, why: str) -> Reading:
    if why:
        return Reading(kind=Kind.WORD, why=why)
    if _most([text for text in real if looks_coded(text)], real):
        zero = next(filter(has_leading_zero, real), "")
        return Reading(kind=Kind.CODE, why=_zeros(zero) if zero else "digits that are no number")
    known = {text: count for text, count in counted.items() if text.strip()}
    letters = sum(len(text) * count for text, count in known.items()) / sum(known.values())
    if letters > LONG:
        return Reading(kind=Kind.TEXT, why=f"{letters:,.0f} letters on average")
    if len(known) > max(FEW, OWN * sum(known.values())):
        return Reading(kind=Kind.TEXT, why="most products have their own")
    return Reading(kind=Kind.WORD, why=f"{len(known):,} different value{'' if len(known) == 1 else 's'}")
