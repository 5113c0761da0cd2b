"""What is known about the products that have latents: a row for each, columns of numbers and of words."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.measuring import descriptions
from lookscape.catalogue.records import Product
from lookscape.tools._measured import numbers
from lookscape.tools._vectors import row_of
from lookscape.tools.latent._opened import Opened

LOOK = "look"
"""The attribute that the language writes; `look.NAME` holds percentiles. The language is not learned from its own."""

MOST_VALUES = 200
"""An attribute with more different values than this tells products apart rather than describing them."""

HELD_OUT = 64
"""Of 256: products that factors are named on, and not learned from."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Table:
    """N products in the order of their ids; `rows_N` are those of their first photos in the Space.

    `measured` holds numbers, NaN unknown; `told` strings, empty unknown: what was given, and measured words.
    """

    product_ids: tuple[str, ...]
    rows_N: Rows
    measured: Mapping[str, NDArray[np.float64]]
    told: Mapping[str, NDArray[np.str_]]

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
        told=_told(known, without=measured),
    )


def _told(products: list[Product], *, without: Mapping[str, object]) -> dict[str, NDArray[np.str_]]:
    names = {name for product in products for name in product.attributes}
    wanted = [name for name in sorted(names) if name not in without and not _is_mark(name)]
    columns = {name: np.array([product.attributes.get(name, "") for product in products]) for name in wanted}
    return {name: column_N for name, column_N in columns.items() if len(np.unique(column_N)) <= MOST_VALUES}


def _is_mark(name: str) -> bool:
    return name == LOOK or name.startswith((f"{LOOK}.", "measured."))
