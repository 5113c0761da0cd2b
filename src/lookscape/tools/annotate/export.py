"""Write products' attributes to a file, such as csv or coco, with the origin of each value.

All products unless some are selected; every attribute unless --attributes is given, with every value. The file is
written completely or not at all, and `annotate import` reads it back. What it leaves out is said.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pydantic import Field

from lookscape.catalogue.records import Attribute, Origin, SourceFile
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.labels.formats import FormatName, Labelled, format_named
from lookscape.services.labels.relative import with_relative_paths
from lookscape.services.labels.selection import SelectionParams, select
from lookscape.tools import _tool

LOCAL = True
BATCH = 500
NAMED = 3
"""Attributes that a sentence names."""

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
    photo_folder: str = Field(
        default="", description="the folder of the photos, where a form's relative file names begin"
    )
    left_out: list[str] = Field(default=[], description="what the catalogue has and the file has not, in sentences")


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
    folder, products = with_relative_paths(engine, products)
    form = format_named(params.format)
    left_out = _left_out(products, params)
    if not (params.attributes or getattr(form, "MEASURED_NUMBERS", True)):
        products, words = _without_measured_numbers(products)
        left_out += words
    left_out += form.left_out(products, provenance=params.provenance) if hasattr(form, "left_out") else []
    data = form.write(products, provenance=params.provenance, url=params.url.rstrip("/"), latest=latest)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise UsageError(f"{params.to!r} cannot be written: {error.strerror}") from error
    num_values = sum(not item.unknown for product in products for item in product.attributes)
    return Result(
        path=str(path), products=len(products), values=num_values, latest=latest, photo_folder=folder, left_out=left_out
    )


def _left_out(products: Sequence[Labelled], params: Params) -> list[str]:
    """What no format has a place for, or what was not asked for."""
    found = []
    if photos := sum(product.num_photos - 1 for product in products):
        found.append(f"photos after the first of a product ({photos:,})")
    if not params.provenance:
        found.append("where values are from, with confidence, name and date")
    return found


def _without_measured_numbers(products: Sequence[Labelled]) -> tuple[list[Labelled], list[str]]:
    """The products without attributes of which every measured value is a number, and a sentence with their names."""
    measured: dict[str, bool] = {}
    for item in (item for product in products for item in product.attributes if item.origin is Origin.MEASURED):
        measured[item.name] = measured.get(item.name, True) and _is_number(item.value)
    numbers = {name for name, are_numbers in measured.items() if are_numbers}
    if not numbers:
        return list(products), []
    kept = [
        replace(product, attributes=[item for item in product.attributes if not _is_in(item, numbers)])
        for product in products
    ]
    named = f"{', '.join(sorted(numbers)[:NAMED])}{' ...' if len(numbers) > NAMED else ''}"
    return kept, [f"measured numbers ({named}): ask for them by name with --attributes"]


def _is_in(item: Attribute, numbers: set[str]) -> bool:
    return item.origin is Origin.MEASURED and item.name in numbers


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _labelled(engine: Engine, ids: Sequence[str], names: Sequence[str]) -> list[Labelled]:
    catalogue = engine.catalogue
    products = catalogue.products(ids)
    photos = {photo.id: photo for photo in catalogue.photos([found.photo_ids[0] for found in products.values()])}
    files: dict[tuple[str, str], SourceFile] = {}
    for file in catalogue.sources(ids):
        files.setdefault((str(file.product_id), str(file.photo_id)), file)
    values: dict[str, list[Attribute]] = {}
    for item in catalogue.shown(ids, names):
        values.setdefault(item.product_id, []).append(item)
    return [
        Labelled(
            product_id=product.id,
            name=product.name,
            photo=photos[product.photo_ids[0]],
            path=files[product.id, product.photo_ids[0]].file,
            num_photos=len(product.photo_ids),
            attributes=values.get(product.id, []),
        )
        for product_id in ids
        if (product := products.get(product_id)) is not None
    ]
