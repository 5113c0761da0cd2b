r"""An attribute and a value as one name, `colour=red`, for formats that have but one word for both.

The name is split at its first equals sign; one within the attribute, and a backslash there, has a backslash before it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Pair = tuple[str, str]

GENERIC = frozenset({"", "none", "null", "common-objects", "object", "objects", "root", "category", "categories"})
"""Supercategories that programs write when they know none."""

OURS = frozenset({"origin", "confidence", "by", "at"})
"""What we say of an annotation ourselves."""

UNSET = frozenset({"", "__undefined__"})

_PAIR = re.compile(r"((?:\\[=\\]|[^=\\]|\\)+?)=(.+)", re.DOTALL)


def category_name(attribute: str, value: str) -> str:
    """The one name of both."""
    escaped = re.sub(r"([=\\])", r"\\\1", attribute)
    return f"{escaped}={value}"


def pair_of(name: str) -> Pair | None:
    """What `category_name` was given; None for a name without an equals sign between two words."""
    found = _PAIR.fullmatch(name)
    return (re.sub(r"\\([=\\])", r"\1", found[1]), found[2]) if found else None


def pairs_of_categories(categories: Sequence[Mapping[str, Any]], attribute: str) -> dict[Any, Pair]:
    """The attribute and the value of each category, by its id; without an attribute where nothing says which.

    A category named `ATTRIBUTE=VALUE` under its ATTRIBUTE is one of ours. So are those of a file in which every
    category without a real supercategory is so named: another program wrote again what it had read, without them.
    """
    found = {item.get("id"): (_text(item, "supercategory"), _text(item, "name")) for item in categories}
    bare = [name for above, name in found.values() if above.lower() in GENERIC]
    all_ours = not attribute and all(pair_of(name) for name in bare)
    return {number: _pair(above, name, attribute, all_ours=all_ours) for number, (above, name) in found.items()}


def words_of_annotation(attributes: Mapping[str, Any]) -> list[Pair]:
    """What an annotation says of itself in words; flags and numbers are the program's own, such as `occluded`."""
    if "origin" in attributes:
        return []
    named = ((name, value) for name, value in attributes.items() if isinstance(value, str) and name not in OURS)
    return [(name, value.strip()) for name, value in named if value.strip() not in UNSET]


def _pair(above: str, name: str, attribute: str, *, all_ours: bool) -> Pair:
    split = pair_of(name)
    if above.lower() in GENERIC:
        return split if split and (all_ours or split[0] == above) else (attribute, name)
    return split if split and split[0] == above else (above, name)


def _text(item: Mapping[str, Any], key: str) -> str:
    found = item.get(key)
    return "" if found is None else str(found).strip()
