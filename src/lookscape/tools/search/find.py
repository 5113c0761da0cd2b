"""List products by words and attribute values, in the order they were ingested."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import Where, parse_filter
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which products, and which page of them."""

    text: str = Field(default="", description="only products whose name, id or given values hold these words")
    where: Where = ()
    limit: int = Field(default=60, ge=1, le=500, description="products to return")
    offset: int = Field(default=0, ge=0, description="products to skip")


class Item(_tool.Result):
    """One product of the list."""

    product_id: str
    name: str
    photo_id: str = Field(description="its first photo", json_schema_extra=_tool.MACHINES_ONLY)
    num_photos: int
    image_url: str = Field(description="URL of that photo", json_schema_extra=_tool.MACHINES_ONLY)
    attributes: dict[str, str] = Field(description="the first value of each")
    values: dict[str, list[str]] = Field(default={}, description="every value of each attribute")


class Result(_tool.Result):
    """One page of products."""

    products: list[Item]
    total: int = Field(description="products that pass, on all pages")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Query the catalogue."""
    page = engine.catalogue.find(parse_filter(params.where, params.text), offset=params.offset, limit=params.limit)
    items = [
        Item(
            product_id=product.id,
            name=product.name,
            photo_id=product.photo_ids[0],
            num_photos=len(product.photo_ids),
            image_url=f"/photos/{product.photo_ids[0]}.jpg",
            attributes=dict(product.attributes),
            values={name: list(values) for name, values in product.values.items()},
        )
        for product in page.products
    ]
    return Result(products=items, total=page.total)
