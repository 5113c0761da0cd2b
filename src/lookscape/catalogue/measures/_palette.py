"""Names of colours: the nearest of a fixed palette by CIEDE2000.

The eleven basic terms of Berlin and Kay, "Basic Color Terms" (1969), and five that shops cannot do without. A name has
as many examples as it takes to cover what people call by it.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.measures._ciede2000 import ciede2000

PALETTE: Mapping[str, tuple[str, ...]] = {
    "black": ("000000", "1c1c1e", "2e2d30"),
    "white": ("ffffff", "f1f0ec", "dededc", "e9e6e0"),
    "grey": ("505256", "737577", "939597", "b2b3b3", "c4c4c4", "5d646c"),
    "red": ("c2202c", "e02434", "a8262a", "9c3a2b", "ff0000"),
    "orange": ("f07c28", "e4572e", "f2a46f", "ff9d3c"),
    "yellow": ("f7e02e", "efd94c", "d9a92c", "f6ec8f", "c8e23a", "ffff00"),
    "green": ("2e8b45", "3f7d47", "20493a", "7cc254", "a3b294", "12a06c", "b7e0b8"),
    "blue": ("2450b4", "3f8fd8", "b4d3e4", "6f8fb4", "1f66e0", "5c9fe8", "0000ff"),
    "purple": ("58409a", "a07cc0", "7b3f9c", "4b2a63", "c9b3de"),
    "pink": ("e9bdb8", "f2a0b8", "d9748a", "ec4f9a", "b92d7c", "f4cdd6"),
    "brown": ("553728", "6f4a30", "96552c", "9a8672", "3d2a22", "8a5d3b"),
    "navy": ("1f2a44", "25365e", "141d3c", "000080"),
    "beige": ("cfb793", "d9c8a9", "e6dfd0", "ede4cc", "c79a5f", "bfae98"),
    "burgundy": ("5f1d24", "701f36", "4a1a22"),
    "olive": ("66683e", "4b4d30", "83824f", "808000"),
    "teal": ("1f8a8c", "14605f", "3fb8b8", "7fd0cb"),
}


def colour_names(lab: ArrayLike) -> list[str]:
    """The name of each of N CIELAB colours, (N, 3)."""
    names, examples = _examples()
    return [names[place] for place in ciede2000(np.asarray(lab)[:, None], examples).argmin(axis=1)]


@cache
def _examples() -> tuple[list[str], NDArray[np.float32]]:
    flat = [(name, bytes.fromhex(code)) for name, codes in PALETTE.items() for code in codes]
    pixels = np.frombuffer(b"".join(rgb for _, rgb in flat), np.uint8).reshape(1, -1, 3)
    return [name for name, _ in flat], to_lab(pixels)[0]
