"""Write products' attributes to a file, such as csv or coco, with the origin of each value.

All products unless some are selected; every attribute unless --attributes is given. The file is written completely or
not at all, and `annotate import` reads it back.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from pydantic import Field

from lookscape.catalogue.records import Attribute
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.labels.formats import FormatName, Labelled, format_named
from lookscape.services.labels.selection import SelectionParams, select
from lookscape.tools import _tool

LOCAL = True
BATCH = 500
DEFAULT_URL = "http://127.0.0.1:8765"


class Params(SelectionParams):
    """Which products and attributes, in what form, to which file."""

    format: FormatName = Field(default="csv", description="how to write it")
    to: str = Field(description="the file to write", min_length=1)
    attributes: tuple[str, ...] = Field(default=(), description="only these attributes")
    provenance: bool = Field(default=True, description="include where each value is from")
    url: str = Field(default=DEFAULT_URL, description="address of the studio, for links to photos")


class Result(_tool.Result):
    """What was written."""

    path: str
    products: int = Field(description="products written")
    values: int = Field(description="values written")
    latest: int = Field(
        description="newest act: give it as `seen` when you import the file after others have made changes"
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write it. Raises UsageError when the file cannot be written."""
    path = Path(params.to)
    newest = engine.catalogue.history(limit=1)
    latest = newest[0].id if newest else 0
    ids = select(engine, params, usually_all=True).product_ids
    products: list[Labelled] = []
    rest = iter(ids)
    while part := list(islice(rest, BATCH)):
        progress(len(products), len(ids), "reading")
        products += _labelled(engine, part, params.attributes)
    url = params.url.rstrip("/")
    data = format_named(params.format).write(products, provenance=params.provenance, url=url, latest=latest)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise UsageError(f"{params.to!r} cannot be written: {error.strerror}") from error
    num_values = sum(not item.unknown for product in products for item in product.attributes)
    return Result(path=str(path), products=len(products), values=num_values, latest=latest)


def _labelled(engine: Engine, ids: Sequence[str], names: Sequence[str]) -> list[Labelled]:
    catalogue = engine.catalogue
    products = catalogue.products(ids)
    photos = {photo.id: photo for photo in catalogue.photos([found.photo_ids[0] for found in products.values()])}
    paths: dict[str, str] = {}
    for file in catalogue.sources(ids):
        paths.setdefault(str(file.product_id), file.file)
    values: dict[str, list[Attribute]] = {}
    for item in catalogue.shown(ids, names):
        values.setdefault(item.product_id, []).append(item)
    return [
        Labelled(
            product_id=product.id,
            name=product.name,
            photo=photos[product.photo_ids[0]],
            path=paths[product.id],
            attributes=values.get(product.id, []),
        )
        for product_id in ids
        if (product := products.get(product_id)) is not None
    ]
