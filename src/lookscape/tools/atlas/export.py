"""Export a map with its photos and their attributes, for Embedding Atlas and TensorBoard's projector.

FOLDER gets `atlas.parquet` (photo_id, product_id, name, projection_x and _y, image, a column for each attribute, a list
where a product has several values; open it with: embedding-atlas atlas.parquet --x projection_x --y projection_y
--image image), and for the projector `vectors.tsv`, `metadata.tsv`, `sprite.png` and `projector_config.pbtxt`
(tensorboard --logdir FOLDER), where a bar stands between several values. Only as many photos go to the projector as one
sprite holds.

In the Parquet file attributes that `info` lists as numbers or dates are columns of such, with a column
`NAME (as written)` beside one that leaves something out, as a currency or closing zeros; codes and all other values are
as written, and `lookscape ingest` reads the file back as a table of photos. Every value in `metadata.tsv` is as written
too, but for tabs and line breaks.
"""

import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from lookscape.catalogue.records import Product
from lookscape.catalogue.tables.ours import join_values
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.maps import columns
from lookscape.services.maps import file as maps_file
from lookscape.services.maps.exported import as_parquet, attribute_names, values_of
from lookscape.services.maps.file import Map
from lookscape.tools import _tool

if TYPE_CHECKING:
    from PIL.Image import Image

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
    image_side: int = Field(
        default=128, ge=0, le=1024, description="side of the photos in the Parquet file, pixels; 0 leaves them out"
    )


class Result(_tool.Result):
    """What was written."""

    name: str
    files: list[str]
    photos: int = Field(description="photos in the Parquet file")
    projected: int = Field(description="photos in the projector's files")
    side: int = Field(description="side of a photo in the sprite, pixels")
    left_out: list[str] = Field(default=[], description="what the catalogue has and the files have not, in sentences")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write them. Raises UnknownNameError, or UsageError when the folder cannot be made."""
    name = maps_file.find_name(engine, params.name)
    found = _in_order(engine, maps_file.open_map(engine, name))
    folder = Path(params.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{params.folder!r} cannot be a folder: {error.strerror}") from error
    products = _products(engine, found)
    side = next((side for side in SIDES if (SPRITE // side) ** 2 >= len(found.ids)), SIDES[-1])
    shown = min(len(found.ids), (SPRITE // side) ** 2)
    sprite, images = _pictures(engine, found.ids, shown=shown, sides=(side, params.image_side), progress=progress)
    files = {
        "atlas.parquet": as_parquet(engine, found, products, images),
        "vectors.tsv": _tsv(found.points_ND[:shown].tolist()),
        "metadata.tsv": _metadata(found, products[:shown]),
        "sprite.png": sprite,
        "projector_config.pbtxt": _config(name, side=side).encode(),
    }
    for file, content in files.items():
        write_atomically(folder / file, content)
    written = [str(folder / file) for file in files]
    left_out = _left_out(engine, found, products, shown=shown, side=params.image_side)
    return Result(name=name, files=written, photos=len(found.ids), projected=shown, side=side, left_out=left_out)


def _in_order(engine: Engine, found: Map) -> Map:
    """The map with its photos in the order of the products and of each one's photos."""
    ids = engine.catalogue.ids()
    products = engine.catalogue.products(ids)
    places = {photo_id: place for place, photo_id in enumerate(found.ids)}
    photos = (photo_id for product_id in ids for photo_id in products[product_id].photo_ids)
    order = dict.fromkeys(places[photo_id] for photo_id in photos if photo_id in places)
    return found.only([*order, *(place for place in range(len(found.ids)) if place not in order)])


def _products(engine: Engine, found: Map) -> list[Product | None]:
    owner = columns.first_products(engine, found.ids)
    known = engine.catalogue.products(set(owner.values()))
    return [known.get(owner.get(photo_id, "")) for photo_id in found.ids]


def _left_out(engine: Engine, found: Map, products: Sequence[Product | None], *, shown: int, side: int) -> list[str]:
    owners = engine.catalogue.products_of_photos(found.ids)
    shared = sum(len(ids) - 1 for ids in owners.values() if ids)
    elsewhere = len(set(engine.catalogue.photo_ids()) - set(found.ids))
    unknown = sum(item.unknown for item in engine.catalogue.shown({product.id for product in products if product}))
    sentences = ["where values are from, with confidence, name and date"]
    sentences.append(f"the photos' own files: an image is a square copy of {side} pixels" if side else "the photos")
    counted = {
        "photos that are not on the map": elsewhere,
        "products after the first of a photo that several share": shared,
        "that a person could not tell a value": unknown,
    }
    sentences += [f"{words} ({count:,})" for words, count in counted.items() if count]
    return sentences + _left_out_of_projector(found, products, shown=shown)


def _left_out_of_projector(found: Map, products: Sequence[Product | None], *, shown: int) -> list[str]:
    sentences = []
    many = sorted(set(attribute_names(products)) - set(_projected(products)))
    if many:
        sentences.append(f"of the projector's table, attributes of more than {MOST_VALUES:,} values: {', '.join(many)}")
    if shown < len(found.ids):
        sentences.append(
            f"of the projector's files, photos that its sprite has no room for ({len(found.ids) - shown:,})"
        )
    return sentences


def _metadata(found: Map, products: Sequence[Product | None]) -> bytes:
    names = _projected(products)
    rows: list[list[str]] = [["photo_id", "product_id", "name", *names]]
    for photo_id, product in zip(found.ids, products, strict=False):
        told = [product.id, product.name] if product else ["", ""]
        rows.append([photo_id, *told, *(join_values(values_of(product, name)) for name in names)])
    return _tsv(rows)


def _projected(products: Sequence[Product | None]) -> list[str]:
    """The attributes of the projector's table."""
    names = attribute_names(products)
    return [name for name in names if len({values_of(product, name) for product in products}) <= MOST_VALUES]


def _tsv(rows: Sequence[Sequence[object]]) -> bytes:
    """Tabs and line breaks within a value become spaces."""
    return "".join("\t".join(_BREAKS.sub(" ", str(value)) for value in row) + "\n" for row in rows).encode()


def _pictures(
    engine: Engine, photo_ids: Sequence[str], *, shown: int, sides: tuple[int, int], progress: _tool.Progress
) -> tuple[bytes, list[bytes | None]]:
    """The sprite, row by row in a square, grey where a photo cannot be read; and each photo as a JPEG, or none at all.

    sides: of a photo in the sprite, and of a JPEG, pixels. The first `shown` photos are in the sprite.
    """
    from PIL import Image

    from lookscape.errors import NotFoundError, PhotoError
    from lookscape.representation.spaces.preprocess import decode, square

    side, image_side = sides
    wide = math.ceil(math.sqrt(shown))
    sheet = np.full((math.ceil(shown / wide) * side, wide * side, 3), 128, np.uint8)
    images: list[bytes | None] = [None] * len(photo_ids) if image_side else []
    for place, photo_id in enumerate(photo_ids[: len(images) or shown]):
        if place % 256 == 0:
            progress(place, len(photo_ids), "drawing the photos")
        try:
            photo = decode(engine.catalogue.read_photo(photo_id), side=max(sides))
        except (PhotoError, NotFoundError):
            continue
        if place < shown:
            top, left = place // wide * side, place % wide * side
            sheet[top : top + side, left : left + side] = square(photo, side=side)
        if images:
            images[place] = _encoded(Image.fromarray(square(photo, side=image_side)), "JPEG")
    return _encoded(Image.fromarray(sheet), "PNG"), images


def _encoded(picture: "Image", kind: str) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def _config(name: str, *, side: int) -> str:
    return (
        f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n'
        f'  sprite {{\n    image_path: "sprite.png"\n    single_image_dim: {side}\n    single_image_dim: {side}\n'
        "  }\n}\n"
    )
