"""What is asked of the whole catalogue at once, for pictures of all of it: one scan, not a look-up for each id."""

from sqlalchemy import Connection, select

from lookscape.catalogue._aside import visible
from lookscape.catalogue.schema import attributes, files


def first_products(connection: Connection) -> dict[str, str]:
    """Photo -> the first product it belongs to; none for photos put aside."""
    mine = (files.c.photo_id.is_not(None), visible(files.c.photo_id))
    found: dict[str, str] = {}
    for photo_id, product_id in connection.execute(
        select(files.c.photo_id, files.c.product_id).where(*mine).order_by(files.c.position)
    ):
        found.setdefault(photo_id, product_id)
    return found


def values_of(connection: Connection, name: str) -> dict[str, str]:
    """Product -> the value of one attribute, the first given where it has several."""
    mine = (attributes.c.name == name, attributes.c.shown)
    found: dict[str, str] = {}
    for product_id, value in connection.execute(
        select(attributes.c.product_id, attributes.c.value).where(*mine).order_by(attributes.c.id)
    ):
        found.setdefault(product_id, value)
    return found
