"""How a shop is read: by its system's product list, else by its sitemap's pages, or the one page that was given."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from lookscape.catalogue.shops import shopify, sitemap, structured, woocommerce
from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Visit

SYSTEMS: dict[str, Callable[[Visit], Iterator[Found | Trouble] | None]] = {
    "Shopify's product list": shopify.products,
    "WooCommerce's product list": woocommerce.products,
}
"""Systems that list their products, and how one is asked."""

_WHOLE = re.compile(r"/?$")


def walk(visit: Visit) -> Iterator[Found | Trouble]:
    """Every product, in the shop's order, and every page that gave none.

    A product on several pages comes several times. `visit.way` says how it was read.
    """
    troubles: list[Trouble] = []
    if not sitemap.is_sitemap(visit.start):
        for name, system in SYSTEMS.items():
            listed = system(visit)
            first = next(listed, None) if listed is not None else None
            if isinstance(first, Trouble):
                troubles.append(first)
            elif first is not None and listed is not None:
                visit.way = name
                yield first
                yield from listed
                return
        if not _WHOLE.match(urlsplit(visit.start).path):
            visit.way = "the structured data of this page"
            yield from _listed(visit)
            return
    visit.way = "its sitemap and the structured data of its pages"
    is_empty = True
    for found in _pages(visit, _addresses(visit, troubles)):
        is_empty &= isinstance(found, Trouble)
        yield found
    yield from (trouble if is_empty else replace(trouble, is_passing=False) for trouble in troubles)


def _addresses(visit: Visit, troubles: list[Trouble]) -> Iterator[str]:
    for found in sitemap.pages(visit):
        if isinstance(found, Trouble):
            troubles.append(found)
        else:
            yield found


def _pages(visit: Visit, urls: Iterable[str]) -> Iterator[Found | Trouble]:
    for page in visit.pages(urls):
        if isinstance(page, Trouble):
            yield page
            continue
        about = structured.about(page)
        yield from about.products or [about.trouble(page)]


def _listed(visit: Visit) -> Iterator[Found | Trouble]:
    """The products of one page, or of those that it lists, page by page."""
    waiting, seen = visit.start, set[str]()
    while waiting and waiting not in seen:
        seen.add(waiting)
        page = visit.page(waiting)
        if isinstance(page, Trouble):
            yield page if page.page == visit.start else replace(page, is_passing=True)
            return
        about = structured.about(page)
        yield from about.products
        yield from _pages(visit, about.pages)
        if not about.products and not about.pages:
            yield about.trouble(page)
        waiting = about.following
