"""Show some products by their ids, in the order asked for: photo, name and attributes."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.tools import _tool
from lookscape.tools.search.find import Item


class Params(_tool.Params):
    """Which products."""

    products: tuple[str, ...] = Field(description="ids of products", max_length=500)


class Result(_tool.Result):
    """Those of them that are there."""

    products: list[Item]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the catalogue; ids that are not there are left out."""
    found = engine.catalogue.products(params.products)
    return Result(
        products=[
            Item(
                product_id=product.id,
                name=product.name,
                photo_id=product.photo_ids[0],
                num_photos=len(product.photo_ids),
                image_url=f"/photos/{product.photo_ids[0]}.jpg",
                attributes=dict(product.attributes),
                values={name: list(values) for name, values in product.values.items()},
            )
            for product_id in dict.fromkeys(params.products)
            if (product := found.get(product_id)) is not None
        ]
    )
