"""The true factors of the judged products, as the scores of disentanglement take them.

A drawn catalogue knows them; of any other a person may say which attributes are true factors. A colour given as
"#rrggbb" becomes three quantities: its lightness, its redness and its yellowness (CIELAB).
"""

import re
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.representation.metrics.disentanglement.factors import FactorTable, as_numbers
from lookscape.tools.measure._board_photos import HeldOut

RENDERED = (
    "collar_height",
    "toe_roundness",
    "toe_height",
    "heel_height",
    "sole_thickness",
    "sole_shape",
    "construction",
    "material",
    "pattern",
    "upper_hex",
    "panel_hex",
    "sole_hex",
)
"""What decides how a drawn product looks, without what follows from it (brand, silhouette) and what is hardly seen."""

DRAWN = "rendered:"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_AXES = ("lightness", "redness", "yellowness")


def factor_names(engine: Engine, wanted: Sequence[str], photos: HeldOut) -> tuple[str, ...]:
    """Those a person named; without any the true ones of a drawn catalogue, and none for photos from elsewhere."""
    if wanted:
        return tuple(wanted)
    owners = {owner for owned in engine.catalogue.products_of_photos(photos.ids).values() for owner in owned}
    sources = {file.source for file in engine.catalogue.sources(sorted(owners))}
    return RENDERED if sources and all(source.startswith(DRAWN) for source in sources) else ()


def factor_table(engine: Engine, names: Sequence[str], photos: HeldOut) -> FactorTable:
    """The columns, a value for each held-out photo. Raises UnknownNameError for an attribute that no product has."""
    owners = engine.catalogue.products_of_photos(photos.ids)
    firsts = [owners[photo_id][0] for photo_id in photos.ids]
    products = engine.catalogue.products(set(firsts))
    rows = [products[product_id].attributes for product_id in firsts]
    table: dict[str, NDArray[Any]] = {}
    for name in names:
        values = np.array([row.get(name, "") for row in rows])
        if not any(values):
            raise UnknownNameError("attribute", name, sorted({known for row in rows for known in row}))
        table |= _columns(name, values)
    return table


def _columns(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if not all(_HEX.fullmatch(value) for value in values if value):
        return {name: as_numbers(values)}
    known = values != ""
    rgb_N13 = np.array([list(bytes.fromhex(value[1:])) for value in values[known]], np.float32)[:, None] / 255
    lab_NC = np.full((len(values), 3), np.nan)
    lab_NC[known] = cv2.cvtColor(rgb_N13, cv2.COLOR_RGB2LAB)[:, 0]
    role = name.removesuffix("_hex")
    return {f"{role}_{axis}": lab_NC[:, place] for place, axis in enumerate(_AXES)}
