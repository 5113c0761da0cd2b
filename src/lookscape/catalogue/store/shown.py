"""Which of a product's values are shown: the live ones of the most trusted origin, name by name.

Pages, facets and filters read only these, so a person's correction takes effect everywhere at once. A person's
"unknown" hides what others say without being a value itself.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, not_, true, update

from lookscape.catalogue.records import Origin
from lookscape.catalogue.store.schema import attributes, products
from lookscape.catalogue.store.sql import chunks


def rank(table: FromClause = attributes) -> ColumnElement[int]:
    """0 for the most trusted origin: human before given before measured before predicted."""
    return case({origin.value: number for number, origin in enumerate(Origin)}, value=table.c.origin)


def settle(connection: Connection, product_ids: Iterable[str], names: Collection[str] | None = None) -> None:
    """Decide anew for these products, for some names only when told which. Products that are gone show nothing.

    Only rows that change are written: an index on `shown` makes every write dear.
    """
    other = attributes.alias("other")
    better = exists().where(
        other.c.product_id == attributes.c.product_id,
        other.c.name == attributes.c.name,
        other.c.live,
        rank(other) < rank(),
    )
    there = exists().where(products.c.id == attributes.c.product_id)
    shown = and_(attributes.c.live, not_(attributes.c.unknown), there, ~better)
    named = true() if names is None else attributes.c.name.in_(sorted(names))
    for ids in chunks(dict.fromkeys(product_ids), 400):
        mine = and_(attributes.c.product_id.in_(ids), named)
        connection.execute(update(attributes).where(mine, shown, ~attributes.c.shown).values(shown=True))
        connection.execute(update(attributes).where(mine, attributes.c.shown, ~shown).values(shown=False))
