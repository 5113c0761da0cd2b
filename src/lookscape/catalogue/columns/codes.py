"""Codes: digits that name a thing and are no amount. EANs, article numbers, 0042, 1E5, 12-3, columns called sku."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from lookscape.catalogue.columns.word_list import words

LEAST_DIGITS = 8
"""Whole numbers of so many digits, all of one length or each of one product alone, are codes."""

UNIQUE = 0.9
"""Different values, as a share of all, for each to be one product's own."""

NEARLY = 0.98
"""Share of the products whose digits have to be alike: a list of EANs has one that was cut off."""

GTIN_LENGTHS = (8, 12, 13, 14)

LONG_GTIN = 12
"""Where most products have a right check digit at the end of so many digits, the others have codes as well."""

ANYWHERE = words("asin barcode cluster ean gtin hex isbn mpn upc")
"""Words of a column's name that say that its digits are a code."""

LAST = words(
    """
    article code codes handle hs id ids item model phone plu postcode ref reference serial sku skus style tel telephone
    zip
    """
)
"""Words that say so at the end of a name: `model`, but not `model year`."""

BEHIND = words("no nr num number part")
"""Words that say so behind another: `style number`, but not `number of pockets`."""

_DIGITS = re.compile(r"[0-9]+")
_SPACED = re.compile(r"\+?[0-9]+(?: [0-9]+)*")
_ZERO = re.compile(r"0[0-9]+")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def named_code(name: str) -> bool:
    """Does a column's name say that it holds codes? `style_no`, `EAN`, `productId`, `g:gtin`, `ean13`."""
    found = [word.lower() for word in _WORDS.findall(_CAMEL.sub(" ", name))]
    named = [word.rstrip("0123456789") for word in found if not word.isdecimal()]
    if not named:
        return False
    return not ANYWHERE.isdisjoint(named) or named[-1] in LAST or (len(named) > 1 and named[-1] in BEHIND)


def has_leading_zero(text: str) -> bool:
    """`0042`, but neither `0` nor `0.5`."""
    return _ZERO.fullmatch(text.strip()) is not None


def is_gtin(text: str) -> bool:
    """A global trade item number whose check digit is right (GS1 General Specifications, section 7.9)."""
    if len(text) not in GTIN_LENGTHS or not _DIGITS.fullmatch(text):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0


def why_digits(counted: Mapping[str, int]) -> str:
    """Why whole numbers, with how often each occurs, are codes but for a few; empty when they may be amounts."""
    if not counted or not all(_DIGITS.fullmatch(text.strip()) for text in counted):
        return ""
    total, lengths = sum(counted.values()), _lengths(counted)
    right = {text.strip(): count for text, count in counted.items() if is_gtin(text.strip())}
    if _nearly(right, total):
        return "EAN, UPC or GTIN: the check digits are right"
    if 2 * sum(count for text, count in right.items() if len(text) >= LONG_GTIN) > total:
        return "EAN, UPC or GTIN for the most part: the check digits are right"
    commonest = max(lengths, key=lengths.__getitem__)
    if commonest >= LEAST_DIGITS and lengths[commonest] >= NEARLY * total:
        return f"whole numbers of {commonest} digits each"
    long = {length: count for length, count in lengths.items() if length >= LEAST_DIGITS}
    if _nearly(long, total) and len(counted) >= UNIQUE * total > UNIQUE:
        return f"whole numbers of {min(long)} to {max(long)} digits, nearly every one of one product alone"
    return ""


def _lengths(counted: Mapping[str, int]) -> Counter[int]:
    """Number of digits -> products."""
    found: Counter[int] = Counter()
    for text, count in counted.items():
        found[len(text.strip())] += count
    return found


def _nearly(some: Mapping[Any, int], total: int) -> bool:
    return sum(some.values()) >= NEARLY * total


def is_spaced_digits(text: str) -> bool:
    """Digits as they stand in telephone numbers: `555 123`, `+49 301 234`."""
    return _SPACED.fullmatch(text.strip()) is not None


def looks_coded(text: str) -> bool:
    """One word with a digit of any script in it: `DD1391-100`, `1_001`, `1E5`; no address."""
    text = text.strip()
    return "://" not in text and any(map(str.isdigit, text)) and not any(map(str.isspace, text))
