"""How a shop is read: by its system's product list, else by its sitemap's pages, or the one page that was given."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lookscape.catalogue.shops import shopify, sitemap, structured, woocommerce
from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Visit

_WHOLE = re.compile(r"/?$|/collections/[^/]+/?$")


def walk(visit: Visit) -> Iterator[Found | Trouble]:
    """Every product, in the shop's order, and every page that gave none.

    A product on several pages comes several times.
    """
    if not sitemap.is_sitemap(visit.start):
        if not _WHOLE.match(urlsplit(visit.start).path):
            yield from _pages(visit, [visit.start])
            return
        for system in (shopify, woocommerce):
            listed = system.products(visit)
            if listed is not None:
                yield from listed
                return
    troubles: list[Trouble] = []
    yield from _pages(visit, _addresses(visit, troubles))
    yield from troubles


def _addresses(visit: Visit, troubles: list[Trouble]) -> Iterator[str]:
    for found in sitemap.pages(visit):
        if isinstance(found, Trouble):
            troubles.append(found)
        else:
            yield found


def _pages(visit: Visit, urls: Iterator[str] | list[str]) -> Iterator[Found | Trouble]:
    for page in visit.pages(urls):
        if isinstance(page, Trouble):
            yield page
        else:
            yield from structured.products(page)
