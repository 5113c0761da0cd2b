"""Codes: digits that name a thing and are no amount. EANs, article numbers, 0042, 1E5, 12-3, columns called sku."""

import re
from collections.abc import Mapping

from lookscape.catalogue.columns.word_list import words

LEAST_DIGITS = 8
"""Whole numbers of so many digits, all of one length or each of one product alone, are codes."""

UNIQUE = 0.9
"""Different values, as a share of all, for each to be one product's own."""

GTIN_LENGTHS = (8, 12, 13, 14)

ANYWHERE = words("asin barcode cluster ean gtin isbn mpn upc")
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
    """Why whole numbers, with how often each occurs, are codes; empty when they may be amounts."""
    texts = [text.strip() for text in counted]
    if not texts or not all(map(_DIGITS.fullmatch, texts)):
        return ""
    lengths = {len(text) for text in texts}
    if lengths <= set(GTIN_LENGTHS) and all(map(is_gtin, texts)):
        return "EAN, UPC or GTIN: every check digit is right"
    if min(lengths) >= LEAST_DIGITS and len(lengths) == 1:
        return f"whole numbers of {min(lengths)} digits each"
    if min(lengths) >= LEAST_DIGITS and len(texts) >= UNIQUE * sum(counted.values()) > 1:
        return f"whole numbers of {min(lengths)} to {max(lengths)} digits, nearly every one of one product alone"
    return ""


def looks_coded(text: str) -> bool:
    """One word with a digit of any script in it: `DD1391-100`, `1_001`, `1E5`; no address."""
    text = text.strip()
    return "://" not in text and any(map(str.isdigit, text)) and not any(map(str.isspace, text))
