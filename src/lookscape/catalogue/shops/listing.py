"""Product lists in JSON, page by page: what the shop systems have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Page, Visit


@dataclass(frozen=True, kw_only=True)
class Way:
    """How one shop system lists: the address of page 1, 2, ..., the products in its JSON, and one of them as Found.

    most: the number of products at which the system stops, whatever the shop has; 0 if it does not.
    """

    address: Callable[[int], str]
    entries: Callable[[Any], Any]
    found: Callable[[dict[str, Any], Page], Found]
    per_page: int
    most: int = 0

    def listed(self, page: Page) -> list[dict[str, Any]]:
        """The products of one page; none where it is no such list."""
        return dicts(self.entries(page.json()))


def products(visit: Visit, way: Way) -> Iterator[Found | Trouble] | None:
    """All products listed in this way, until a page is empty; None if the shop has no such list."""
    first = visit.page(way.address(1))
    if isinstance(first, Trouble):
        return iter([first]) if first.is_passing else None
    return _all(visit, way, first) if way.listed(first) else None


def _all(visit: Visit, way: Way, page: Page) -> Iterator[Found | Trouble]:
    seen: set[str] = set()
    number = 1
    while listed := way.listed(page):
        fresh = [entry for entry in listed if str(entry.get("id")) not in seen]
        seen.update(str(entry.get("id")) for entry in fresh)
        yield from (way.found(entry, page) for entry in fresh)
        if not fresh:
            return
        if way.most and number * way.per_page >= way.most:
            yield Trouble(page=page.asked, reason=f"the shop lists no more than {way.most:,} products", is_passing=True)
            return
        number += 1
        following = visit.page(way.address(number))
        if isinstance(following, Trouble):
            yield Trouble(page=following.page, reason=following.reason, is_passing=True)
            return
        page = following
    if page.json() is None:
        yield Trouble(page=page.asked, reason="the product list is no JSON", is_passing=True)


def dicts(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of a list; none of anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A JSON text without HTML's escapes; empty for anything else."""
    return unescape(value).replace("\0", "").strip() if isinstance(value, str) else ""
