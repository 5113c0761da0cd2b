r"""Exports that are told by the names of their columns, and what their shops say of columns that names alone do not.

Sources of the forms:

    Shopify         help.shopify.com/en/manual/products/import-export/using-csv (both headings, old and new)
    WooCommerce     woocommerce.com, Product CSV Importer schema: a comma within a value is written \,
    Magento         experienceleague.adobe.com, Commerce, data attribute reference
    PrestaShop      doc.prestashop.com, CSV Import Parameters: columns with (x,y,z...) hold several values
    BigCommerce     support.bigcommerce.com, Supported Product Fields: rows of images follow that of their product
    Squarespace     support.squarespace.com/hc/en-us/articles/115000378108: only a product's first row names it
    Wix             support.wix.com, template for products: rows of one handle
    Etsy            help.etsy.com, download of listings: IMAGE1 to IMAGE10
    Ecwid           support.ecwid.com, Importing products: product_media_main_image_url
    Akeneo          help.akeneo.com, import-your-data
    Heureka         heureka.github.io/xml-feed-specs
    Yandex Market   yandex.com/support/partnermarket/offers.html (YML)
    Skroutz         developer.skroutz.gr, products XML
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_COMMA = r",\s*"
_UNESCAPED_COMMA = r"(?<!\\),\s*"
_SEMICOLON = r"\s*;\s*"


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A form of export. Names of columns are in their normal form, see `photo_names.normal`.

    has: names that no other form has together. several: names of columns with several values in a cell, as a pattern,
    with what stands between them. product: names the product, whatever else there is. parent: names the product of
    which a row is a variant. section: says of which kind a row is; only rows that say "product" are products, what is
    below belongs to them. below: so does one without an id.
    """

    name: str
    has: frozenset[str]
    several: Mapping[str, str] = field(default_factory=dict)
    product: str | None = None
    parent: str | None = None
    section: str | None = None
    below: bool = False


def _feed(name: str, *has: str, several: Mapping[str, str] | None = None, **more: str | bool) -> Feed:
    return Feed(name=name, has=frozenset(has), several=several or {}, **more)  # type: ignore[arg-type]


FEEDS = (
    _feed("Shopify", "handle", "image_src", product="handle", several={"tags": _COMMA}),
    _feed("Shopify", "url_handle", "product_image_url", product="url_handle", several={"tags": _COMMA}),
    _feed(
        "WooCommerce",
        "sku",
        "images",
        "parent",
        "type",
        several={r"categories|tags|attribute_\d+_value_s": _UNESCAPED_COMMA},
        parent="parent",
    ),
    _feed("Magento", "sku", "base_image", several={"categories|product_websites": _COMMA}),
    _feed("PrestaShop", "image_urls_x_y_z", several={r".*_x_y_z": _COMMA}),
    _feed(
        "BigCommerce", "item", "id", "options", "image_url_import", several={"categories": _SEMICOLON}, section="item"
    ),
    _feed(
        "Squarespace",
        "hosted_image_urls",
        "product_url",
        "title",
        several={"categories|tags": _COMMA},
        below=True,
    ),
    _feed(
        "Wix",
        "handle_id",
        "field_type",
        product="handle_id",
        several={r"collection|product_option_description_?\d+": _SEMICOLON},
    ),
    _feed("Etsy", "title", "image1", "materials", several={"tags|materials": _COMMA}),
    _feed("Ecwid", "product_sku", "product_media_main_image_url"),
    _feed("Akeneo", "sku", "family", "categories", several={"categories|groups": _COMMA}),
    _feed("Amazon", "item_sku", "main_image_url"),
    _feed("Heureka", "item_id", "productname", "imgurl"),
    _feed("Skroutz", "image", "additional_imageurl"),
    _feed("Yandex Market", "id", "picture", "categoryid"),
    _feed("Google Merchant Center", "id", "image_link"),
)

_PAIRS = (
    re.compile(r"(option|attribute)_?(?P<number>\d+)_name"),
    re.compile(r"(option)_name_(?P<number>\d+)"),
    re.compile(r"(product_option)_?name_?(?P<number>\d+)"),
)
_VALUES = ("value", "values", "value_s", "description")


def feed_of(normals: Mapping[str, str]) -> Feed | None:
    """The form whose columns are there, None where no form has them."""
    there = set(normals)
    return next((feed for feed in FEEDS if feed.has <= there), None)


def several_of(feed: Feed | None, normals: Mapping[str, str]) -> dict[str, str]:
    """The columns of a table that hold several values in a cell, with what stands between them, as a pattern."""
    found: dict[str, str] = {}
    for pattern, between in feed.several.items() if feed else ():
        found |= {column: between for name, column in normals.items() if re.fullmatch(pattern, name)}
    return found


def pairs_of(columns: Sequence[str], normals: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """`Option1 Name` and `Option1 Value`, `Option Name 1` and `Option Value 1`: an attribute's name and its value."""
    by_column = {column: name for name, column in normals.items()}
    found = []
    for column in columns:
        name = by_column.get(column, "")
        if any(pattern.fullmatch(name) for pattern in _PAIRS):
            beside = (normals.get(re.sub("name", value, name, count=1)) for value in _VALUES)
            found += [(column, other) for other in beside if other is not None][:1]
    return tuple(found)
