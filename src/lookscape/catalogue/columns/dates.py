"""Dates as shops write them, and the order in which a column writes day and month.

ISO 8601 (`2024-01-05`, `2024/1/5`, `20240105`, with a time of day and a zone), `5.1.2024`, `01/05/2024`, `5 Jan 2024`,
`January 5, 2024`. `03/04/2024` is the third of April or the fourth of March; only another value of its column, such as
`13/04/2024`, says which. Years of two digits and months alone are no dates.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from lookscape.catalogue.columns.word_list import words

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Eight digits are a date between these years, and else a code."""

LONGEST = 40
"""Letters of a date, with a time and a zone."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?:[T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r" ?(?P<zone>Z|UTC|[-+][0-9]{2}:?[0-9]{2})?)?"
)
_YMD = re.compile(rf"(?P<year>[0-9]{{4}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEAR_LAST = re.compile(
    rf"(?P<one>[0-9]{{1,2}})(?P<mark>[-/.])(?P<two>[0-9]{{1,2}})(?P=mark)(?P<year>[0-9]{{4}}){_TIME}"
)
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_NAMED = (
    re.compile(rf"(?P<day>[0-9]{{1,2}})[ -]{_NAME},?[ -](?P<year>[0-9]{{4}}){_TIME}"),
    re.compile(rf"{_NAME} (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}}){_TIME}"),
)
_FULL = words("january february march april may june july august september october november december sept")


class Order(StrEnum):
    """Which of day and month is first where the year is last."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A date; `timed` says that a time of day was written with it. `at` has a zone where one was written."""

    at: datetime
    timed: bool = False


def moments(text: str) -> dict[Order, Moment]:
    """What a value is as a date under each order; the same for both where the order does not matter; {} for no date."""
    text = text.strip()
    if not 8 <= len(text) <= LONGEST:
        return {}
    if found := _YEAR_LAST.fullmatch(text):
        read = {
            Order.DAY_FIRST: _moment(found, month=found["two"], day=found["one"]),
            Order.MONTH_FIRST: _moment(found, month=found["one"], day=found["two"]),
        }
        return {order: moment for order, moment in read.items() if moment}
    moment = _certain(text)
    return dict.fromkeys(Order, moment) if moment else {}


def _certain(text: str) -> Moment | None:
    if found := _YMD.fullmatch(text):
        return _moment(found, month=found["month"], day=found["day"])
    if found := _COMPACT.fullmatch(text):
        likely = FIRST_YEAR <= int(found["year"]) <= LAST_YEAR
        return _moment(found, month=found["month"], day=found["day"]) if likely else None
    for pattern in _NAMED:
        if (found := pattern.fullmatch(text)) and (month := _month(found["name"])):
            return _moment(found, month=month, day=found["day"])
    return None


def _month(name: str) -> str:
    name = name.lower()
    known = name in _MONTHS or name in _FULL
    return str(_MONTHS.index(name[:3]) + 1) if known else ""


def _moment(found: re.Match[str], *, month: str, day: str) -> Moment | None:
    parts = found.groupdict()
    try:
        at = datetime(
            int(parts["year"]),
            int(month),
            int(day),
            int(parts.get("hour") or 0),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            int((parts.get("fraction") or "0").ljust(6, "0")[:6]),
            tzinfo=_zone(parts.get("zone")),
        )
    except ValueError:
        return None
    return Moment(at=at, timed=parts.get("hour") is not None)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in ("Z", "UTC"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def order_of(found: Iterable[Mapping[Order, Moment]]) -> Order | None:
    """The one order in which all of these dates can be read; None where two can, as different dates, or none can."""
    possible, differs = set(Order), False
    for readings in found:
        possible &= set(readings)
        differs = differs or len({moment.at for moment in readings.values()}) > 1
    if len(possible) == 1:
        return possible.pop()
    return Order.DAY_FIRST if possible and not differs else None


def year_of(at: datetime) -> float:
    """A date as a number that people can read: 2 July 2024 is 2024.5."""
    start = datetime(at.year, 1, 1, tzinfo=at.tzinfo)
    days = 366 if at.year % 4 == 0 and (at.year % 100 or at.year % 400 == 0) else 365
    return at.year + (at - start) / timedelta(days=days)
