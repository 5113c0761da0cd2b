"""Which of a product's values are shown: the live ones of the most trusted origin, name by name.

Pages, facets and filters read only these, so a person's correction takes effect everywhere at once.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, update

from lookscape.catalogue._sql import chunks
from lookscape.catalogue.records import Origin
from lookscape.catalogue.schema import attributes, products


def rank(table: FromClause = attributes) -> ColumnElement[int]:
    """0 for the most trusted origin: human before given before measured before predicted."""
    return case({origin.value: number for number, origin in enumerate(Origin)}, value=table.c.origin)


def settle(connection: Connection, product_ids: Iterable[str]) -> None:
    """Decide anew for these products. Values of products that are gone are kept, but not shown."""
    other = attributes.alias("other")
    better = exists().where(
        other.c.product_id == attributes.c.product_id,
        other.c.name == attributes.c.name,
        other.c.live,
        rank(other) < rank(),
    )
    there = exists().where(products.c.id == attributes.c.product_id)
    for ids in chunks(dict.fromkeys(product_ids)):
        mine = attributes.c.product_id.in_(ids)
        connection.execute(update(attributes).where(mine).values(shown=and_(attributes.c.live, there, ~better)))
