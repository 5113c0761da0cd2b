"""The kinds of columns, and the values of a column as its kind.

number   amounts, which are compared, coloured and exported as numbers; years and numeric sizes are numbers
code     digits that name something: EANs, article numbers, 0042, 1E5, 12-3; compared as words
date     days, with or without a time
word     values that products share, such as colours
text     values of nearly one product each, such as descriptions

A kind says how values are compared, coloured and exported, and never changes one; learning.py finds it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lookscape.catalogue.columns.dates import Order, moments, year_of
from lookscape.catalogue.columns.numbers import number


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CODE = "code"
    DATE = "date"
    WORD = "word"
    TEXT = "text"


class Said(StrEnum):
    """What a person can say that a column is; `auto` takes that back."""

    AUTO = "auto"
    NUMBER = "number"
    NUMBER_POINT = "number-point"
    NUMBER_COMMA = "number-comma"
    DATE = "date"
    DATE_DAY_FIRST = "date-day-first"
    DATE_MONTH_FIRST = "date-month-first"
    CODE = "code"
    WORD = "word"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a column is read: its kind and, in a few words, why.

    `mark` is the decimal mark of numbers, `zeros` allows leading zeros, `order` is that of day and month. `whole` says
    that every number is a whole one, `timed` that dates have times and `zoned` that all of them have zones. `unread`
    counts the products whose value is none of the kind. `unclear` is a number that can be read in two ways, for which
    the column is not one of numbers. `told` is what a person said, and `by` who.
    """

    kind: Kind
    why: str
    mark: str = "."
    zeros: bool = False
    unit: str = ""
    order: Order = Order.DAY_FIRST
    whole: bool = False
    timed: bool = False
    zoned: bool = False
    unread: int = 0
    unclear: str = ""
    told: Said | None = None
    by: str = ""

    @property
    def said(self) -> bool:
        """Did a person say so?"""
        return self.told is not None

    @property
    def is_scale(self) -> bool:
        """Are its values more or less than others: numbers or dates?"""
        return self.kind in (Kind.NUMBER, Kind.DATE)

    @property
    def is_date(self) -> bool:
        """Are they dates?"""
        return self.kind is Kind.DATE

    def number(self, text: str) -> Decimal | None:
        """A value as a number, exactly as written; None for no number, and in columns of other kinds."""
        return number(text, mark=self.mark, zeros=self.zeros) if self.kind is Kind.NUMBER else None

    def date(self, text: str) -> datetime | None:
        """A value as a date, with a zone where one was written; None for no date, and in columns of other kinds."""
        if self.kind is not Kind.DATE:
            return None
        found = moments(text).get(self.order)
        return found.at if found else None

    def in_words(self, text: str) -> str:
        """A number with a decimal point and no unit, a date in ISO 8601; empty for what is neither."""
        found = self.number(text)
        if found is not None:
            return f"{found:f}"
        at = self.date(text)
        if at is None:
            return ""
        return at.isoformat() if self.timed else at.date().isoformat()

    def scale(self, text: str) -> float:
        """A value's place among others: a number, a date as years (2024.5); NaN for what is neither."""
        if self.kind is Kind.NUMBER:
            found = self.number(text)
            return float("nan") if found is None else float(found)
        at = self.date(text)
        return float("nan") if at is None else year_of(at)
