"""What is known about the products that have latents: a row for each, columns of numbers and of words."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.catalogue.measuring import descriptions
from lookscape.catalogue.records import Product
from lookscape.services.labels.guesses import without_guesses
from lookscape.services.language.opened import Opened
from lookscape.services.photos.measured import numbers
from lookscape.services.spaces.vectors import row_of

LOOK = "look"
"""The attribute that the language writes; `look.NAME` holds percentiles. The language is not learned from its own."""

MOST_VALUES = 200
"""An attribute with more different values than this tells products apart rather than describing them."""

MOST_SHARE = 0.5
"""So does one with more values than this share of the products that have it: names, codes, addresses."""

LEAST_TOLD = 8
"""Products that a given attribute has to be known of before these shares say anything."""

MARKS = frozenset({"source", "file", "filename", "path", "folder", "id", "sku", "ean", "gtin", "url", "link", "image"})
"""Names of attributes that say where a product comes from, not what it looks like."""

MARK_ENDINGS = ("_id", "_url", "_path", "_file", "_link")

HELD_OUT = 64
"""Of 256: products that factors are named on, and not learned from."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Table:
    """N products in the order of their ids; `rows_N` are those of their first photos in the Space.

    `measured` holds numbers, NaN unknown. `told` is what was given, and measured words: strings, empty unknown, or
    numbers where the attribute's kind is number or date (as years). Of several values it is the first by provenance.
    """

    product_ids: tuple[str, ...]
    rows_N: Rows
    measured: Mapping[str, NDArray[np.float64]]
    told: Mapping[str, NDArray[np.str_] | NDArray[np.float64]]

    @cached_property
    def digest(self) -> str:
        """A short hash of the products and all columns."""
        hashed = hashlib.sha256("\n".join(self.product_ids).encode())
        columns: list[tuple[str, NDArray[Any]]] = sorted([*self.measured.items(), *self.told.items()])
        for name, column_N in columns:
            hashed.update(f"\n{name} {column_N.dtype.str}\n".encode() + column_N.tobytes())
        return hashed.hexdigest()[:16]

    def held_out(self) -> NDArray[np.bool_]:
        """N: a quarter of the products, the same ones whatever else the catalogue holds."""
        first = [hashlib.sha256(product_id.encode()).digest()[0] for product_id in self.product_ids]
        return np.array(first, np.uint8) < HELD_OUT


def table_of(opened: Opened) -> Table:
    """Read the catalogue; products whose first photo has no latents are left out."""
    catalogue = opened.engine.catalogue
    owners = catalogue.products_of_photos(opened.space.ids)
    found = catalogue.products({product_id for ids in owners.values() for product_id in ids})
    products = [product for _, product in sorted(found.items()) if product.photo_ids]
    rows = [row_of(opened.space, product.photo_ids[0]) for product in products]
    held = [(product, row) for product, row in zip(products, rows, strict=True) if row is not None]
    known = [product for product, _ in held]
    names = sorted(descriptions())
    values_NA = np.array([numbers(product, names) for product in known], np.float64).reshape(len(known), len(names))
    measured = {name: values_NA[:, place] for place, name in enumerate(names) if np.isfinite(values_NA[:, place]).any()}
    return Table(
        product_ids=tuple(product.id for product in known),
        rows_N=np.array([row for _, row in held], np.intp),
        measured=measured,
        told=_told(without_guesses(opened.engine, known), without=measured, kinds=catalogue.column_kinds()),
    )


def _told(
    products: list[Product], *, without: Mapping[str, object], kinds: Mapping[str, Reading] | None = None
) -> dict[str, NDArray[np.str_] | NDArray[np.float64]]:
    """What may name a factor: numbers as numbers, and words that several products share."""
    names = {name for product in products for name in product.attributes}
    wanted = [name for name in sorted(names) if name not in without and not is_mark(name)]
    texts = {name: np.array([product.attributes.get(name, "") for product in products]) for name in wanted}
    read = {name: (column_N, _numbers(name, column_N, kinds or {})) for name, column_N in texts.items()}
    return {
        name: column_N if numbers_N is None else numbers_N
        for name, (column_N, numbers_N) in read.items()
        if numbers_N is not None or describes(column_N)
    }


def _numbers(name: str, texts_N: NDArray[np.str_], kinds: Mapping[str, Reading]) -> NDArray[np.float64] | None:
    """N numbers, NaN unknown; None for words and codes. A kind that is not given is learned from these values."""
    texts = texts_N.tolist()
    kind = kinds.get(name) or learn(name, Counter(text for text in texts if text))
    if not kind.is_scale:
        return None
    return np.array([kind.scale(text) if text else np.nan for text in texts], np.float64)


def describes(texts_N: NDArray[np.str_]) -> bool:
    """Do the products share its values?"""
    known_N = texts_N[texts_N != ""]
    most = max(LEAST_TOLD, MOST_SHARE * len(known_N))
    return len(np.unique(known_N)) <= min(MOST_VALUES, most)


def is_mark(name: str) -> bool:
    """Is it the language's own, or does it only say where the product comes from?"""
    last = name.lower().replace("-", "_").replace(" ", "_").rpartition(".")[2]
    comes_from = last in MARKS or last.endswith(MARK_ENDINGS)
    return comes_from or name == LOOK or name.startswith((f"{LOOK}.", "measured."))
