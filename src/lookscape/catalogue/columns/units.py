"""Currencies and units of measure that may stand beside a number: `$90`, `120.00 EUR`, `12 cm`, `35 %`."""

import re

from lookscape.catalogue.columns.word_list import words

CODES = words(
    """
    AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK JOD JPY KES KRW
    KWD KZT LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU
    VND ZAR
    """
)
"""Currencies of ISO 4217 that shops write."""

SHORT = ("kr", "zł", "Kč", "Ft", "lei", "лв", "руб", "Rs", "RM", "Rp", "Fr", "CHF")
"""What people write for a currency without a sign of its own; a full stop may follow."""

SIZES = ("mm", "cm", "m", "km", "in", "inch", "ft", "mg", "g", "kg", "oz", "lb", "lbs", "ml", "cl", "l")
"""Units of length, weight and volume, in small letters: `10M` is a size, `10 m` a length."""

_SIGN = r"(?:[A-Z]{1,3})?[$€£¥₹₩₽₺₫₴₪₱฿₡₦₲₵₸₼₾₿﷼¢]"
_WORDS = "|".join(sorted((re.escape(word) for word in (*CODES, *SHORT)), key=len, reverse=True))
_SIZES = "|".join(sorted(SIZES, key=len, reverse=True))

BEFORE = rf"(?:{_SIGN}|(?:{_WORDS})\.?)"
"""A currency may stand before or after a number."""

AFTER = rf"(?:{BEFORE}|%|{_SIZES})"


def same_unit(text: str) -> str:
    """One spelling of a unit: `Kr.` and `kr` are the same."""
    return text.strip().rstrip(".").casefold()
