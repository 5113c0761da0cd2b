"""Show one product: all its photos, files and attributes with where each came from."""

from datetime import datetime

from pydantic import Field

from lookscape.catalogue.records import Attribute, Photo, Product
from lookscape.engine import Engine
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which product."""

    product: str = _tool.positional("a product's id")


class PhotoInfo(_tool.Result):
    """One of its photos; width and height in pixels, upright."""

    photo_id: str
    width: int
    height: int
    format: str
    num_bytes: int
    image_url: str


class AttributeInfo(_tool.Result):
    """One value and its provenance; confidence from 0 to 1."""

    name: str
    value: str
    origin: str = Field(description="human, given, measured or predicted")
    confidence: float
    by: str
    at: datetime | None
    unknown: bool = Field(description="in place of a value: a person says that nobody can tell")


class Result(_tool.Result):
    """Everything known about the product."""

    product_id: str
    name: str
    photos: list[PhotoInfo]
    attributes: list[AttributeInfo]
    sources: list[str] = Field(description="paths as ingested")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the catalogue."""
    catalogue = engine.catalogue
    product: Product = catalogue.product(params.product)
    return Result(
        product_id=product.id,
        name=product.name,
        photos=[_photo(photo) for photo in catalogue.photos(product.photo_ids)],
        attributes=[_attribute(attribute) for attribute in catalogue.attributes(product.id)],
        sources=[file.path for file in catalogue.sources([product.id])],
    )


def _photo(photo: Photo) -> PhotoInfo:
    return PhotoInfo(
        photo_id=photo.id,
        width=photo.width,
        height=photo.height,
        format=photo.format,
        num_bytes=photo.num_bytes,
        image_url=f"/photos/{photo.id}.jpg",
    )


def _attribute(attribute: Attribute) -> AttributeInfo:
    return AttributeInfo(
        name=attribute.name,
        value=attribute.value,
        origin=attribute.origin.value,
        confidence=attribute.confidence,
        by=attribute.by,
        at=attribute.at,
        unknown=attribute.unknown,
    )
