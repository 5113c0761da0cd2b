"""The true factors of the judged products, as the scores of disentanglement take them.

A drawn catalogue knows them; of any other a person may say which attributes are true factors. A colour given as
"#rrggbb" becomes three quantities: its lightness, its redness and its yellowness (CIELAB). ROLE_tone, where a product
has a colour ROLE_hex, is how light that colour is: dark, medium or light.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.representation.metrics.disentanglement.factors import FactorTable, as_numbers
from lookscape.services.board.photos import HeldOut
from lookscape.services.labels.guesses import without_guesses

RENDERED = ("silhouette", "sole_thickness", "upper_tone", "panel_tone", "sole_tone")
"""What decides how a drawn product looks and is visible, can be read at 64 px and has an order, as a latent has.

The table "ordered" of benchmarks/disentanglement.py, whose docstring gives the rules and what they leave out.
"""

DRAWN = "rendered:"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_AXES = ("lightness", "redness", "yellowness")
_TONE, _COLOUR = "_tone", "_hex"
_DARK, _LIGHT = 35.0, 70.0
"""CIELAB L* below which a colour is dark, and from which it is light."""


def factor_names(engine: Engine, wanted: Sequence[str], photos: HeldOut) -> tuple[str, ...]:
    """Those a person named; without any the true ones of a drawn catalogue, and none for photos from elsewhere."""
    if wanted:
        return tuple(wanted)
    owners = {owner for owned in engine.catalogue.products_of_photos(photos.ids).values() for owner in owned}
    sources = {file.source for file in engine.catalogue.sources(sorted(owners))}
    return RENDERED if sources and all(source.startswith(DRAWN) for source in sources) else ()


def factor_table(engine: Engine, names: Sequence[str], photos: HeldOut) -> FactorTable:
    """The columns, a value for each held-out photo: of several the first by provenance.

    Raises UnknownNameError for an attribute that no product has.
    """
    owners = engine.catalogue.products_of_photos(photos.ids)
    firsts = [owners[photo_id][0] for photo_id in photos.ids]
    known = without_guesses(engine, engine.catalogue.products(set(firsts)).values())
    products = {product.id: product for product in known}
    rows = [products[product_id].attributes for product_id in firsts]
    table: dict[str, NDArray[Any]] = {}
    for name in names:
        attribute = _colour_of(name) if _is_tone(name, rows) else name
        values = np.array([row.get(attribute, "") for row in rows])
        if not any(values):
            raise UnknownNameError("attribute", name, sorted({known for row in rows for known in row}))
        kind = engine.catalogue.column_kinds([name]).get(name)
        table |= {name: tones(values)} if attribute != name else _columns(name, values, kind)
    return table


def tones(hexes_N: NDArray[Any]) -> NDArray[np.str_]:
    """Colours given as "#rrggbb" as "dark", "medium" or "light"; what is no colour stays unknown, ""."""
    light_N = _lab(hexes_N)[:, 0]
    named_N = np.where(light_N < _DARK, "dark", np.where(light_N < _LIGHT, "medium", "light"))
    return np.where(np.isfinite(light_N), named_N, "")


def _is_tone(name: str, rows: Sequence[Mapping[str, str]]) -> bool:
    return (
        name.endswith(_TONE) and not any(name in row for row in rows) and any(_colour_of(name) in row for row in rows)
    )


def _colour_of(name: str) -> str:
    return name.removesuffix(_TONE) + _COLOUR


def _columns(name: str, values: NDArray[Any], kind: Reading | None) -> dict[str, NDArray[Any]]:
    if not all(_HEX.fullmatch(value) for value in values if value):
        return {name: as_numbers(values, kind)}
    lab_NC, role = _lab(values), name.removesuffix(_COLOUR)
    return {f"{role}_{axis}": lab_NC[:, place] for place, axis in enumerate(_AXES)}


def _lab(hexes_N: NDArray[Any]) -> NDArray[np.float64]:
    """N x (L*, a*, b*), NaN for what is no colour."""
    lab_NC = np.full((len(hexes_N), 3), np.nan)
    known_N = np.array([bool(_HEX.fullmatch(value)) for value in hexes_N])
    if known_N.any():
        rgb_N13 = np.array([list(bytes.fromhex(value[1:])) for value in hexes_N[known_N]], np.float32)[:, None] / 255
        lab_NC[known_N] = cv2.cvtColor(rgb_N13, cv2.COLOR_RGB2LAB)[:, 0]
    return lab_NC
