"""WooCommerce's Store API, `/wp-json/wc/store/v1/products`: 100 products a page.

Public by design (https://developer.woocommerce.com/docs/apis/store-api/). Prices there are in the smallest unit of the
currency and get their point back. Descriptions are left out.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lookscape.catalogue.shops import listing
from lookscape.catalogue.shops.addresses import all_joined
from lookscape.catalogue.shops.listing import Way, dicts, text
from lookscape.catalogue.shops.records import Found, Trouble, attributes
from lookscape.catalogue.shops.visit import Page, Visit

PER_PAGE = 100


def products(visit: Visit) -> Iterator[Found | Trouble] | None:
    """Its products; None if this is no such shop, or a part of one was asked for."""
    if urlsplit(visit.start).path.strip("/"):
        return None
    start = f"{visit.root}/wp-json/wc/store/v1/products?per_page={PER_PAGE}&orderby=id&order=asc"
    way = Way(
        address=lambda number: f"{start}&page={number}",
        entries=lambda found: found,
        found=_found,
        per_page=PER_PAGE,
    )
    return listing.products(visit, way)


def _found(entry: dict[str, Any], page: Page) -> Found:
    prices = entry["prices"] if isinstance(entry.get("prices"), dict) else {}
    given = {
        "sku": [text(entry.get("sku"))],
        "price": [_price(prices)],
        "currency": [text(prices.get("currency_code"))],
        "brand": _names(entry.get("brands")),
        "categories": _names(entry.get("categories")),
        "tags": _names(entry.get("tags")),
    }
    for attribute in dicts(entry.get("attributes")):
        given[text(attribute.get("name"))] = _names(attribute.get("terms"))
    photos = [text(image.get("src")) for image in dicts(entry.get("images"))]
    return Found(
        id=text(entry.get("sku")) or text(entry.get("slug")) or text(entry.get("id")),
        page=text(entry.get("permalink")) or page.asked,
        name=text(entry.get("name")) or None,
        photos=all_joined(page.url, photos),
        attributes=attributes(given),
    )


def _price(prices: dict[str, Any]) -> str:
    """`1250` with two digits behind the point is 12.50."""
    price, unit = text(prices.get("price")), text(prices.get("currency_minor_unit"))
    digits = int(unit) if unit.isdecimal() else 0
    if not price.isdecimal() or not 0 < digits < 10:
        return price
    whole = price.zfill(digits + 1)
    return f"{whole[:-digits]}.{whole[-digits:]}"


def _names(value: Any) -> list[str]:
    return [text(entry.get("name")) for entry in dicts(value)]
