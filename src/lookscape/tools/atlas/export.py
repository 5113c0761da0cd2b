"""Export a map with its photos' attributes, for Embedding Atlas and TensorBoard's projector.

FOLDER gets `atlas.parquet` (photo_id, product_id, name, projection_x and _y, a column for each attribute; open it with:
embedding-atlas atlas.parquet --x projection_x --y projection_y), and for the projector `vectors.tsv`, `metadata.tsv`,
`sprite.png` and `projector_config.pbtxt` (tensorboard --logdir FOLDER). Only as many photos go to the projector as one
sprite holds.

In the Parquet file attributes that `info` lists as numbers or dates are columns of such, with a column
`NAME (as written)` beside one that leaves something out, as a currency; codes and all other values are as written. So
is every value in `metadata.tsv`, but for tabs and line breaks.
"""

import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.maps import columns
from lookscape.services.maps import file as maps_file
from lookscape.services.maps.file import Map
from lookscape.services.maps.typed import says_less, typed
from lookscape.tools import _tool

SLOW = True
LOCAL = True

SPRITE = 8192
"""Pixels of the largest sprite that the projector loads."""

SIDES = (64, 48, 32, 24, 16)
MOST_VALUES = 1000
"""An attribute with more different values goes to Parquet alone: the projector colours by what is in its table."""

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")


class Params(_tool.Params):
    """Which map, and where to."""

    folder: str = _tool.positional("a folder to write to; made when it is not there")
    name: str | None = Field(default=None, description="the map; default: `map`, or the first")


class Result(_tool.Result):
    """What was written."""

    name: str
    files: list[str]
    photos: int = Field(description="photos in the Parquet file")
    projected: int = Field(description="photos in the projector's files")
    side: int = Field(description="side of a photo in the sprite, pixels")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write them. Raises UnknownNameError, or UsageError when the folder cannot be made."""
    name = maps_file.find_name(engine, params.name)
    found = maps_file.open_map(engine, name)
    folder = Path(params.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{params.folder!r} cannot be a folder: {error.strerror}") from error
    products = _products(engine, found)
    side = next((side for side in SIDES if (SPRITE // side) ** 2 >= len(found.ids)), SIDES[-1])
    shown = min(len(found.ids), (SPRITE // side) ** 2)
    files = {
        "atlas.parquet": _parquet(engine, found, products),
        "vectors.tsv": _tsv(found.points_ND[:shown].tolist()),
        "metadata.tsv": _metadata(found, products[:shown]),
        "sprite.png": _sprite(engine, found.ids[:shown], side=side, progress=progress),
        "projector_config.pbtxt": _config(name, side=side).encode(),
    }
    for file, content in files.items():
        write_atomically(folder / file, content)
    written = [str(folder / file) for file in files]
    return Result(name=name, files=written, photos=len(found.ids), projected=shown, side=side)


def _products(engine: Engine, found: Map) -> list[Product | None]:
    owner = columns.first_products(engine, found.ids)
    known = engine.catalogue.products(set(owner.values()))
    return [known.get(owner.get(photo_id, "")) for photo_id in found.ids]


def _parquet(engine: Engine, found: Map, products: Sequence[Product | None]) -> bytes:
    """A column for each attribute, of its kind; unknown is null."""
    from lookscape import parquet

    table: dict[str, Any] = {
        "photo_id": parquet.texts(found.ids),
        "product_id": parquet.texts([product.id if product else None for product in products]),
        "name": parquet.texts([product.name if product else None for product in products]),
    }
    for axis in range(found.about.dimensions):
        table[maps_file.AXES[axis]] = parquet.numbers(found.points_ND[:, axis])
    kinds = engine.catalogue.column_kinds(_names(products))
    for attribute, kind in kinds.items():
        values = [product.attributes.get(attribute, "") if product else "" for product in products]
        name = attribute if attribute not in table else f"attribute.{attribute}"
        table[name] = typed(values, kind)
        if says_less(values, kind):
            table[f"{name} (as written)"] = parquet.texts([value or None for value in values])
    return parquet.encode(table)


def _metadata(found: Map, products: Sequence[Product | None]) -> bytes:
    names = [
        attribute
        for attribute in _names(products)
        if len({product.attributes.get(attribute) for product in products if product}) <= MOST_VALUES
    ]
    rows: list[list[str]] = [["photo_id", "product_id", "name", *names]]
    for photo_id, product in zip(found.ids, products, strict=False):
        told = [product.id, product.name] if product else ["", ""]
        rows.append([photo_id, *told, *(product.attributes.get(name, "") if product else "" for name in names)])
    return _tsv(rows)


def _names(products: Sequence[Product | None]) -> list[str]:
    return sorted({attribute for product in products if product for attribute in product.attributes})


def _tsv(rows: Sequence[Sequence[object]]) -> bytes:
    """Tabs and line breaks within a value become spaces."""
    return "".join("\t".join(_BREAKS.sub(" ", str(value)) for value in row) + "\n" for row in rows).encode()


def _sprite(engine: Engine, photo_ids: Sequence[str], *, side: int, progress: _tool.Progress) -> bytes:
    """Photos row by row in a square; grey where one cannot be read."""
    from PIL import Image

    from lookscape.errors import NotFoundError, PhotoError
    from lookscape.representation.spaces.preprocess import decode, square

    wide = math.ceil(math.sqrt(len(photo_ids)))
    sheet = np.full((math.ceil(len(photo_ids) / wide) * side, wide * side, 3), 128, np.uint8)
    for place, photo_id in enumerate(photo_ids):
        if place % 256 == 0:
            progress(place, len(photo_ids), "drawing the sprite")
        try:
            photo = square(decode(engine.catalogue.read_photo(photo_id), side=side), side=side)
        except (PhotoError, NotFoundError):
            continue
        top, left = place // wide * side, place % wide * side
        sheet[top : top + side, left : left + side] = photo
    content = io.BytesIO()
    Image.fromarray(sheet).save(content, "PNG")
    return content.getvalue()


def _config(name: str, *, side: int) -> str:
    return (
        f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n'
        f'  sprite {{\n    image_path: "sprite.png"\n    single_image_dim: {side}\n    single_image_dim: {side}\n'
        "  }\n}\n"
    )
