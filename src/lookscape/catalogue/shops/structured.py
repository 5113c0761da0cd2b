"""Products in a page's structured data: JSON-LD of schema.org, else its Open Graph tags.

A ProductGroup (https://schema.org/ProductGroup) is one product, its variants are several values and photos; so is a
Product that names its group. Of a page that only lists products (https://schema.org/ItemList) they are those that stand
in the list, or the addresses of their pages. Nodes may refer to one another by @id, in one script or across several.
Texts stay as they are written, numbers too.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lookscape.catalogue.shops.addresses import all_joined, joined, path
from lookscape.catalogue.shops.html import Told, told
from lookscape.catalogue.shops.listing import text
from lookscape.catalogue.shops.records import Found, Trouble, attributes
from lookscape.catalogue.shops.visit import Page

Node = dict[str, Any]

_TYPES = {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "Book"}
_PLAIN = ("brand", "manufacturer", "category", "color", "material", "pattern", "size", "model", "sku", "mpn")
_CODES = ("gtin", "gtin8", "gtin12", "gtin13", "gtin14", "isbn")
_IDS = ("productGroupID", "inProductGroupWithID", "sku", "productID", "mpn", *_CODES)
_MAX_DEPTH = 8
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")


@dataclass(frozen=True, kw_only=True)
class About:
    """What a page tells: its products, else the addresses of those that it lists and of the list's next page."""

    products: tuple[Found, ...]
    pages: tuple[str, ...] = ()
    following: str = ""
    damaged: str = ""

    def trouble(self, page: Page) -> Trouble:
        """Why there is no product."""
        said = f"its JSON-LD cannot be read ({self.damaged})" if self.damaged else ""
        return Trouble(page=page.asked, reason=said or "no product in its JSON-LD or its tags")


def about(page: Page) -> About:
    """Read a page."""
    facts = told(page.data)
    nodes, damaged = _nodes(facts.scripts)
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    found = _products(nodes, page, facts, known)
    if found:
        return About(products=tuple(found), damaged=damaged)
    listed = list(_listed(nodes, known))
    inside = [node for node in listed if isinstance(node, dict)]
    following = joined(page.url, facts.following) if listed else ""
    if inside:
        whole = [_found(node, page, known) for node in inside]
        return About(products=tuple(whole), following=following, damaged=damaged)
    pages = all_joined(page.url, (url for url in listed if isinstance(url, str)))
    return About(products=(), pages=pages, following=following, damaged=damaged)


def _products(nodes: list[Node], page: Page, facts: Told, known: dict[str, Node]) -> list[Found]:
    """The products that the page is about."""
    mains = [node for node in nodes if _TYPES & _types(node)]
    variants = [node for main in mains for node in _linked(main, "hasVariant", known)]
    names, own_names = {id(node) for node in variants}, {node["@id"] for node in variants if "@id" in node}
    mains = [node for node in mains if id(node) not in names and node.get("@id") not in own_names]
    own = [node for node in mains if _is_about(node, page, facts)]
    found = [_found(node, page, known) for node in own or mains]
    if not found and (tagged := _tagged(facts, page)):
        found = [tagged]
    if len(found) == 1 and not found[0].photos:
        found = [replace(found[0], photos=_tagged_photos(facts, page))]
    return found


def _listed(nodes: list[Node], known: dict[str, Node]) -> Iterator[Node | str]:
    """What stands in lists: products, or addresses of their pages."""
    for node in nodes:
        if "ItemList" not in _types(node):
            continue
        given = node.get("itemListElement")
        yield from (url for url in (given if isinstance(given, list) else []) if isinstance(url, str))
        for entry in _linked(node, "itemListElement", known):
            for item in _linked(entry, "item", known) or [entry]:
                if _TYPES & _types(item) and (item.get("image") or not text(item.get("url"))):
                    yield item
                elif url := text(item.get("url")) or text(entry.get("item")) or text(item.get("@id")):
                    yield url


def _nodes(scripts: list[str]) -> tuple[list[Node], str]:
    """Every node that stands by itself, and what is wrong with a script that cannot be read."""
    nodes: list[Node] = []
    damaged = ""
    for script in scripts:
        plain = _WRAPPED.sub("", script.strip()).strip().rstrip(";")
        try:
            read = json.loads(plain, strict=False, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            damaged = str(error)
        else:
            nodes.extend(_standing(read, depth=0))
    return nodes, damaged


def _standing(value: Any, *, depth: int) -> Iterator[Node]:
    """Nodes of a document: alone, in a list, in a graph, as what a page is about, or as variants of one of them."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _standing(entry, depth=depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "hasVariant"):
            yield from _standing(value.get(name), depth=depth + 1)


def _types(node: Node) -> set[str]:
    given = node.get("@type")
    return {
        re.split(r"[/#:]", kind)[-1]
        for kind in (given if isinstance(given, list) else [given])
        if isinstance(kind, str)
    }


def _linked(node: Node, name: str, known: dict[str, Node]) -> list[Node]:
    """The nodes under a name, those that are only referred to looked up."""
    given = node.get(name)
    entries = [entry for entry in (given if isinstance(given, list) else [given]) if isinstance(entry, dict)]
    return [known.get(entry["@id"], entry) if isinstance(entry.get("@id"), str) else entry for entry in entries]


def _is_about(node: Node, page: Page, facts: Told) -> bool:
    """Does it name this page as its own? Of several products, the others are then shown beside."""
    here = {_bare(page.url), _bare(page.asked), _bare(joined(page.url, facts.canonical) or page.url)}
    main = node.get("mainEntityOfPage")
    said = [node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, dict) else main]
    return any(_bare(joined(page.url, url)) in here for url in said if isinstance(url, str) and url)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", re.split(r"[?#]", url)[0]).rstrip("/")


def _found(node: Node, page: Page, known: dict[str, Node]) -> Found:
    variants = _linked(node, "hasVariant", known)
    groups = _linked(node, "isVariantOf", known)
    whole = [node, *variants]
    given = {name: [said for part in whole for said in _said(part.get(name), known)] for name in (*_PLAIN, *_CODES)}
    offers = [offer for part in whole for offer in _offers(part, known)]
    given["price"] = [
        said
        for offer in offers
        for name in ("price", "lowPrice", "highPrice")
        for said in _said(offer.get(name), known)
    ]
    given["currency"] = [said for offer in offers for said in _said(offer.get("priceCurrency"), known)]
    for part in whole:
        for extra in _linked(part, "additionalProperty", known):
            given.setdefault(text(extra.get("name")), []).extend(_said(extra.get("value"), known))
    photos = [photo for part in whole for photo in _photos(part.get("image"), page, known)]
    named = next((name for part in (*groups, node) if (name := text(part.get("name")))), None)
    return Found(
        id=_id([*groups, node], page),
        page=page.asked,
        name=named,
        photos=tuple(dict.fromkeys(photos)),
        attributes=attributes(given),
    )


def _id(nodes: list[Node], page: Page) -> str:
    """The product's own id, its group's first; else the page's address."""
    said = (text(node.get(name)) for node in nodes for name in _IDS)
    return next(filter(None, said), "") or _address_id(page)


def _address_id(page: Page) -> str:
    return path(page.url).strip("/") or page.url


def _offers(node: Node, known: dict[str, Node]) -> list[Node]:
    """Offers of a product, those inside of an AggregateOffer instead of it."""
    found: list[Node] = []
    for offer in _linked(node, "offers", known):
        inner = _linked(offer, "offers", known)
        found.extend(inner or [offer])
        for priced in _linked(offer, "priceSpecification", known):
            found.append(priced)
    return found


def _said(value: Any, known: dict[str, Node], depth: int = 0) -> list[str]:
    """The texts of a value: itself, the entries of a list, or what a node is called."""
    if depth > _MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [said for entry in value for said in _said(entry, known, depth + 1)]
    if isinstance(value, dict):
        node = known.get(str(value.get("@id")), value)
        return _said(node.get("name") or node.get("value") or node.get("@value"), known, depth + 1)
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [said] if (said := text(value)) else []


def _photos(value: Any, page: Page, known: dict[str, Node], depth: int = 0) -> list[str]:
    if depth > _MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [photo for entry in value for photo in _photos(entry, page, known, depth + 1)]
    if isinstance(value, dict):
        node = known.get(str(value.get("@id")), value)
        named = node.get("contentUrl") or node.get("url") or node.get("@id")
        return _photos(named, page, known, depth + 1)
    address = text(value)
    whole = "" if address.startswith("#") else joined(page.url, address)
    return [whole] if whole else []


def _tagged(facts: Told, page: Page) -> Found | None:
    """From Open Graph tags (https://ogp.me), if they say that this is a product."""
    price = facts.tag("product:price:amount", "og:price:amount")
    if not price and facts.tag("og:type").lower() not in {"product", "og:product", "product.item"}:
        return None
    given = {
        "brand": facts.tags.get("product:brand", []) + facts.tags.get("og:brand", []),
        "color": facts.tags.get("product:color", []),
        "material": facts.tags.get("product:material", []),
        "category": facts.tags.get("product:category", []),
        "price": [price],
        "currency": [facts.tag("product:price:currency", "og:price:currency")],
    }
    return Found(
        id=facts.tag("product:retailer_item_id", "product:mfr_part_no") or _address_id(page),
        page=page.asked,
        name=facts.tag("og:title") or facts.title.strip() or None,
        photos=_tagged_photos(facts, page),
        attributes=attributes(given),
    )


def _tagged_photos(facts: Told, page: Page) -> tuple[str, ...]:
    photos = facts.tags.get("og:image", []) + facts.tags.get("og:image:url", [])
    return all_joined(page.url, photos)
