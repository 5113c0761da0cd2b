"""What is asked of the whole catalogue at once, for pictures of all of it: one scan, not a look-up for each id."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from lookscape.catalogue.records import Origin
from lookscape.catalogue.store.aside import visible
from lookscape.catalogue.store.schema import acts, attributes, files


def first_products(connection: Connection) -> dict[str, str]:
    """Photo -> the first product it belongs to; none for photos put aside."""
    mine = (files.c.photo_id.is_not(None), visible(files.c.photo_id))
    found: dict[str, str] = {}
    for photo_id, product_id in connection.execute(
        select(files.c.photo_id, files.c.product_id).where(*mine).order_by(files.c.position)
    ):
        found.setdefault(photo_id, product_id)
    return found


def all_values_of(connection: Connection, name: str) -> dict[str, tuple[str, ...]]:
    """Product -> all its shown values of one attribute, in the order in which they came."""
    mine = (attributes.c.name == name, attributes.c.shown)
    found: dict[str, tuple[str, ...]] = {}
    for product_id, value in connection.execute(
        select(attributes.c.product_id, attributes.c.value).where(*mine).order_by(attributes.c.id)
    ):
        found[product_id] = (*found.get(product_id, ()), value)
    return found


def predicted_by(connection: Connection, by: Collection[str]) -> dict[str, frozenset[str]]:
    """Attribute -> the products whose value of it is shown as one of these predicted it."""
    mine = (attributes.c.origin == Origin.PREDICTED.value, attributes.c.shown, acts.c.by.in_(sorted(by)))
    query = select(attributes.c.name, attributes.c.product_id).join(acts, acts.c.id == attributes.c.act_id).where(*mine)
    found: dict[str, set[str]] = {}
    for name, product_id in connection.execute(query):
        found.setdefault(name, set()).add(product_id)
    return {name: frozenset(ids) for name, ids in found.items()}
