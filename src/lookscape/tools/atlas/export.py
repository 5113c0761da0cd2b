"""Export a map with its photos and their attributes, for Embedding Atlas and TensorBoard's projector.

FOLDER gets `atlas.parquet` (photo_id, product_id, name, projection_x and _y, image, a column for each attribute, a list
where a product has several values; open it with: embedding-atlas atlas.parquet --x projection_x --y projection_y
--image image), and for the projector `vectors.tsv`, `metadata.tsv`, `sprite.png` and `projector_config.pbtxt`
(tensorboard --logdir FOLDER), where a bar stands between several values. Only as many photos go to the projector as one
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
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.records import Product
from lookscape.catalogue.tables.cells import join_values
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.maps import columns
from lookscape.services.maps import file as maps_file
from lookscape.services.maps.file import Map
from lookscape.services.maps.typed import says_less, typed
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
    found = maps_file.open_map(engine, name)
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
        "atlas.parquet": _parquet(engine, found, products, images),
        "vectors.tsv": _tsv(found.points_ND[:shown].tolist()),
        "metadata.tsv": _metadata(found, products[:shown]),
        "sprite.png": sprite,
        "projector_config.pbtxt": _config(name, side=side).encode(),
    }
    for file, content in files.items():
        write_atomically(folder / file, content)
    written = [str(folder / file) for file in files]
    left_out = _left_out(engine, found, products, shown=shown)
    return Result(name=name, files=written, photos=len(found.ids), projected=shown, side=side, left_out=left_out)


def _products(engine: Engine, found: Map) -> list[Product | None]:
    owner = columns.first_products(engine, found.ids)
    known = engine.catalogue.products(set(owner.values()))
    return [known.get(owner.get(photo_id, "")) for photo_id in found.ids]


def _left_out(engine: Engine, found: Map, products: Sequence[Product | None], *, shown: int) -> list[str]:
    owners = engine.catalogue.products_of_photos(found.ids)
    shared = sum(len(ids) - 1 for ids in owners.values() if ids)
    many = sorted(set(_names(products)) - set(_projected(products)))
    sentences = ["where values are from, with confidence, name and date"]
    if shared:
        sentences.append(f"products after the first of a photo that several share ({shared:,})")
    if many:
        sentences.append(f"of the projector's table, attributes of more than {MOST_VALUES:,} values: {', '.join(many)}")
    if shown < len(found.ids):
        sentences.append(
            f"of the projector's files, photos that its sprite has no room for ({len(found.ids) - shown:,})"
        )
    return sentences


def _parquet(engine: Engine, found: Map, products: Sequence[Product | None], images: Sequence[bytes | None]) -> bytes:
    """A column for each attribute, of lists of words where there are several values, else of its kind; unknown is null.

    A photo is a record of bytes and path, as Hugging Face datasets and Embedding Atlas have it.
    """
    from lookscape import parquet

    table: dict[str, Any] = {
        "photo_id": parquet.texts(found.ids),
        "product_id": parquet.texts([product.id if product else None for product in products]),
        "name": parquet.texts([product.name if product else None for product in products]),
    }
    for axis in range(found.about.dimensions):
        table[maps_file.AXES[axis]] = parquet.numbers(found.points_ND[:, axis])
    if images:
        paths = parquet.texts([f"{photo_id[:32]}.jpg" for photo_id in found.ids])
        table["image"] = parquet.records({"bytes": parquet.blobs(images), "path": paths})
    for attribute, kind in engine.catalogue.column_kinds(_names(products)).items():
        name = attribute
        while name in table:
            name = f"attribute.{name}"
        table |= _columns(name, [_values(product, attribute) for product in products], kind)
    return parquet.encode(table)


def _columns(name: str, values: Sequence[tuple[str, ...]], kind: Reading) -> dict[str, Any]:
    from lookscape import parquet

    if any(len(one) > 1 for one in values):
        return {name: parquet.text_lists([one or None for one in values])}
    texts = [one[0] if one else "" for one in values]
    found = {name: typed(texts, kind)}
    if says_less(texts, kind):
        found[f"{name} (as written)"] = parquet.texts([text or None for text in texts])
    return found


def _metadata(found: Map, products: Sequence[Product | None]) -> bytes:
    names = _projected(products)
    rows: list[list[str]] = [["photo_id", "product_id", "name", *names]]
    for photo_id, product in zip(found.ids, products, strict=False):
        told = [product.id, product.name] if product else ["", ""]
        rows.append([photo_id, *told, *(join_values(_values(product, name)) for name in names)])
    return _tsv(rows)


def _projected(products: Sequence[Product | None]) -> list[str]:
    """The attributes of the projector's table."""
    names = _names(products)
    return [name for name in names if len({_values(product, name) for product in products}) <= MOST_VALUES]


def _values(product: Product | None, name: str) -> tuple[str, ...]:
    return product.values.get(name, ()) if product else ()


def _names(products: Sequence[Product | None]) -> list[str]:
    return sorted({attribute for product in products if product for attribute in product.values})


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
