"""Numbers and names as people read them: filters of templates. static/js/shared/words.js is its like in browsers."""

import re
from collections.abc import Mapping
from urllib.parse import quote

__all__ = ["caption", "counted", "file_size", "label", "number", "percent", "product_url", "short_id"]

MAX_NOTES = 2
TELLING = ("brand", "model", "article_type", "category", "silhouette", "colour", "base_colour", "material")
"""Attributes that tell products apart best, where a catalogue has them; then come the others by name."""

_MEASURE = re.compile(r"#[0-9a-fA-F]{3,8}|[-+]?\d+(\.\d+)?|[0-9a-f]{64} by \d+")
"""A colour's code, a number, or the mark of what was measured: nothing to read or to filter by."""

_DOTS = re.compile(r"\A\.{1,2};*\Z")


def number(value: int) -> str:
    """5797 -> 5,797."""
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """`1 product`, `5,797 products`."""
    return f"{value:,} {noun}" + ("" if value == 1 else "s")


def percent(value: float) -> str:
    """0.934 -> 93 %."""
    return f"{round(100 * value)}\u202f%"


def file_size(num_bytes: int) -> str:
    """Decimal units, as file managers show them."""
    if num_bytes < 1_000_000:
        return f"{max(1, round(num_bytes / 1000))} kB"
    return f"{num_bytes / 1_000_000:.1f} MB"


def label(name: str) -> str:
    """price_tier -> Price tier."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def short_id(name: str) -> str:
    """The first and last digits of a long hash; short ids as they are."""
    return name if len(name) <= 24 else f"{name[:8]}…{name[-4:]}"


def product_url(product_id: str) -> str:
    """Where its page is. A path's . and .. mean folders to every browser: products called so get a semicolon."""
    return f"/products/{quote(_DOTS.sub(lambda dots: dots[0] + ';', product_id), safe='')}"


def product_of(path: str) -> str:
    """The product whose page is at `/products/PATH`."""
    return path[:-1] if path.endswith(";") and _DOTS.fullmatch(path[:-1]) else path


def is_measure(value: str) -> bool:
    """Is it digits or the code of a colour, rather than a word? What its column holds is another question."""
    return _MEASURE.fullmatch(value) is not None


def rank(name: str, value: str) -> tuple[int, bool, str]:
    """What to show first: telling attributes, then words, then measures; by name within each."""
    place = TELLING.index(name) if name in TELLING else len(TELLING)
    return place, place == len(TELLING) and is_measure(value), name


def caption(attributes: Mapping[str, str], name: str) -> str:
    """The line under a product's name: the most telling values that the name does not hold already."""
    ranked = sorted((rank(key, value), value) for key, value in attributes.items())
    values = [value for (_, measure, _), value in ranked if not measure and value.lower() not in name.lower()]
    return " · ".join(dict.fromkeys(values[:MAX_NOTES]))
