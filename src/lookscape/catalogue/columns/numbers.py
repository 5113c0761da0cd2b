"""Numbers as shops write them, and how a whole column writes them: its decimal mark and its unit.

`12.00`, `12,00`, `1,299.00`, `1.299,00`, `1 299,00`, `1'299.00`, `1,29,900`, `$90`, `120.00 EUR`, `35 %`, `12 cm`, and
what programs write of very small and very large ones, `1e-05`. `1,299` can be read in two ways, and only the rest of
its column says which. No number: `0042`, `1E5`, `12-3`, `1_000`, `1.2.3`, `5.`, Infinity, NaN, digits of other scripts,
and whole numbers of more than 15 digits, which a float does not hold (IEEE 754: 2^53 is about 9.007e15).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lookscape.catalogue.columns.units import AFTER, BEFORE, same_unit

MARKS = (".", ",")
"""Decimal marks."""

MOST_DIGITS = 15
"""Digits of a whole number that every float64 holds."""

_SPACES = " \u00a0\u2009\u202f"
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_POINT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?")
_OWN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?")
_WHOLE = re.compile(
    rf"(?P<sign1>[-+\u2212]?)(?P<before>{BEFORE}[{_SPACES}]?)?(?P<sign2>[-+\u2212]?)"
    rf"(?P<body>[0-9](?:[0-9.,'\u2019{_SPACES}]*[0-9])?|[.,][0-9]+)(?P<after>[{_SPACES}]?{AFTER})?"
)
_EXPONENT = re.compile(r"[-+]?[0-9](?:\.[0-9]+)?(?:e[-+]|E-)[0-9]{2,3}")
_ZEROS = re.compile(r"0[0-9]")


def _body(mark: str) -> re.Pattern[str]:
    """Digits with `mark` before their decimals; thousands are apart by the other mark, a space or an apostrophe."""
    other = re.escape(MARKS[1 - MARKS.index(mark)])
    grouped = rf"[1-9][0-9]{{0,2}}(?:(?P<group>[{other}{_SPACES}'\u2019])[0-9]{{3}})(?:(?P=group)[0-9]{{3}})*"
    indian = r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if mark == "." else r"(?!)"
    return re.compile(rf"(?P<whole>{grouped}|{indian}|[0-9]+|)(?:{re.escape(mark)}(?P<decimals>[0-9]+))?")


_BODIES = {mark: _body(mark) for mark in MARKS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One value that may be a number: what it is under each decimal mark that it can be read with, and its unit.

    `programs` says that it is written as programs write, with an exponent.
    """

    readings: Mapping[str, Decimal]
    unit: str = ""
    programs: bool = False

    @property
    def ambiguous(self) -> bool:
        """Is it another number under the other mark?"""
        return len(set(self.readings.values())) > 1


def read(text: str, *, zeros: bool = False) -> Written | None:
    """What a value is as a number; None for what is none. `zeros` takes leading zeros for nothing, as a person may."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return _everywhere(Decimal(text))
    if _EXPONENT.fullmatch(text):
        return Written(readings={".": Decimal(text)}, programs=True)
    found = _WHOLE.fullmatch(text)
    if not found or (found["before"] and found["after"]) or (found["sign1"] and found["sign2"]):
        return None
    negative = (found["sign1"] or found["sign2"]) in ("-", "\u2212") and "-"
    readings = {}
    for mark, pattern in _BODIES.items():
        digits = _digits(pattern.fullmatch(found["body"]), zeros=zeros)
        if digits is not None:
            readings[mark] = Decimal(f"{negative or ''}{digits}")
    if not readings:
        return None
    return Written(readings=readings, unit=(found["before"] or found["after"] or "").strip())


def _digits(found: re.Match[str] | None, *, zeros: bool) -> str | None:
    if not found:
        return None
    whole, decimals = "".join(filter(str.isdigit, found["whole"])), found["decimals"]
    if not whole and not decimals:
        return None
    if _ZEROS.match(whole) and not zeros:
        return None
    if len(whole.lstrip("0")) > MOST_DIGITS:
        return None
    return f"{whole or '0'}.{decimals}" if decimals else whole


def _everywhere(number: Decimal) -> Written:
    return Written(readings=dict.fromkeys(MARKS, number))


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a column writes numbers. `ambiguous` is a value that nothing in the column decides; then there is no mark."""

    mark: str | None
    units: tuple[str, ...]
    ambiguous: str = ""
    both: bool = False


def style_of(values: Mapping[str, tuple[Written, int]]) -> Style:
    """The decimal mark that more of the values, with how often each occurs, can be read with.

    Where both marks read the same values it does not matter, unless they read another number: then it is not known.
    """
    counts = {mark: sum(count for one, count in values.values() if mark in one.readings) for mark in MARKS}
    spelled = {same_unit(one.unit): one.unit for one, _ in values.values() if one.unit}
    units = tuple(spelled[unit] for unit in sorted(spelled))
    both = all(any(tuple(one.readings) == (mark,) for one, _ in values.values()) for mark in MARKS)
    if counts["."] == counts[","]:
        ambiguous = next((text for text, (one, _) in values.items() if one.ambiguous), "")
        return Style(mark=None if ambiguous or both else ".", units=units, ambiguous=ambiguous, both=both)
    return Style(mark=max(MARKS, key=counts.__getitem__), units=units, both=both)


def number(text: str, *, mark: str = ".", zeros: bool = False) -> Decimal | None:
    """A value as a number under a decimal mark; None for what is none. `zeros` allows leading zeros."""
    if mark == "." and _POINT.fullmatch(text):
        return Decimal(text)
    found = read(text, zeros=zeros)
    return found.readings.get(mark) if found else None


def floats(texts: Iterable[str]) -> list[float]:
    """Numbers that this program wrote itself, with a decimal point, as floats; NaN for what is none."""
    return [float(text) if _OWN.fullmatch(text) else float("nan") for text in texts]
