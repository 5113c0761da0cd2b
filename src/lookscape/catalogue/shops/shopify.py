"""Shopify's public product list, `/products.json`: 250 products a page.

One product is what has one handle; its variants are several values. Descriptions are left out.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lookscape.catalogue.shops import listing
from lookscape.catalogue.shops.addresses import all_joined, joined
from lookscape.catalogue.shops.listing import Way, dicts, text
from lookscape.catalogue.shops.records import Found, Trouble, attributes
from lookscape.catalogue.shops.visit import Page, Visit

PER_PAGE = 250
MOST = 25_000
"""The server refuses pages beyond."""

_PART = re.compile(r"(?P<base>(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/collections/[^/]+)?)(?P<one>/products/[^/]+)?/?")
_NO_CHOICE = ["Default Title"]


def products(visit: Visit) -> Iterator[Found | Trouble] | None:
    """Its products, of the whole shop, of the language or the collection that was asked for, or the one; None if this
    is no such shop, or no such part of one.
    """
    part = _PART.fullmatch(urlsplit(visit.start).path)
    if part is None:
        return None
    if part["one"]:
        return _one(visit, f"{visit.root}{part['one']}.json")
    base = visit.root + part["base"]
    way = Way(
        address=lambda number: f"{base}/products.json?limit={PER_PAGE}&page={number}",
        entries=lambda found: found.get("products") if isinstance(found, dict) else None,
        found=_found,
        per_page=PER_PAGE,
        most=MOST,
    )
    return listing.products(visit, way)


def _one(visit: Visit, address: str) -> Iterator[Found | Trouble] | None:
    page = visit.page(address)
    read = None if isinstance(page, Trouble) else page.json()
    entry = read.get("product") if isinstance(read, dict) else None
    if isinstance(page, Trouble) or not isinstance(entry, dict):
        return None
    return iter([_found(entry, page)])


def _found(entry: dict[str, Any], page: Page) -> Found:
    handle, variants, tags = text(entry.get("handle")), dicts(entry.get("variants")), entry.get("tags")
    given = {
        "vendor": [text(entry.get("vendor"))],
        "product_type": [text(entry.get("product_type"))],
        "tags": [text(tag) for tag in tags] if isinstance(tags, list) else text(tags).split(","),
        "sku": [text(variant.get("sku")) for variant in variants],
        "price": [text(variant.get("price")) for variant in variants],
    }
    for option in dicts(entry.get("options")):
        chosen = [text(value) for value in option.get("values") or []]
        if chosen != _NO_CHOICE:
            given[text(option.get("name"))] = chosen
    photos = [text(image.get("src")) for image in dicts(entry.get("images"))]
    return Found(
        id=handle or text(entry.get("id")),
        page=joined(page.url, f"/products/{handle}") if handle else page.asked,
        name=text(entry.get("title")) or None,
        photos=all_joined(page.url, photos),
        attributes=attributes(given),
    )
