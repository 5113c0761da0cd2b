"""What a shop's pages give: products, or the reason why a page gave none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One product; `photos` are whole addresses in the shop's order, `page` is where it was read."""

    id: str
    page: str
    name: str | None = None
    photos: tuple[str, ...] = ()
    attributes: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A page that gave nothing, and why. `is_passing`: it may give products another time, so what is known stays."""

    page: str
    reason: str
    is_passing: bool = False


def values(given: list[str]) -> Values | None:
    """Several texts as an attribute: the distinct ones in order, one alone as it is, None for none."""
    distinct = tuple(dict.fromkeys(text for text in (text.strip() for text in given) if text))
    return distinct[0] if len(distinct) == 1 else distinct or None


def attributes(given: Mapping[str, list[str]]) -> dict[str, Values]:
    """Those that have a value."""
    return {name: found for name, texts in given.items() if name and (found := values(texts)) is not None}
