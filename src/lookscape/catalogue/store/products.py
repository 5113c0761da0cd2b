"""Products and their given attributes are derived from the files that name them.

Rebuilding a product from its files, whole, in the same transaction as the files' change keeps the two from drifting.
A product's face is its first photo that is not put aside; one with none to be seen is not listed until one is back.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from lookscape.catalogue.records import Origin
from lookscape.catalogue.store.aside import visible
from lookscape.catalogue.store.schema import attributes, files, products
from lookscape.catalogue.store.shown import settle
from lookscape.catalogue.store.sql import chunks, insert_rows


def rebuild(connection: Connection, product_ids: Iterable[str]) -> None:
    """Make the rows of these products agree with their files; products with nothing to be seen go."""
    for ids in chunks(sorted(set(product_ids))):
        _rebuild(connection, ids)


def rebuild_of_photos(connection: Connection, photo_ids: Iterable[str]) -> None:
    """Make the rows of these photos' products agree with what is to be seen of them."""
    for ids in chunks(sorted(set(photo_ids))):
        mine = (files.c.photo_id.in_(ids), files.c.product_id.is_not(None))
        rebuild(connection, connection.scalars(select(files.c.product_id).where(*mine).distinct()).all())


def _rebuild(connection: Connection, ids: Sequence[str]) -> None:
    path = func.coalesce(files.c.file, files.c.path).label("path")
    columns = (files.c.product_id, files.c.photo_id, files.c.position, files.c.name, path, files.c.row)
    query = (
        select(*columns, visible(files.c.photo_id).label("visible"))
        .where(files.c.product_id.in_(ids), files.c.photo_id.is_not(None))
        .order_by(files.c.product_id, files.c.position)
    )
    product_rows: list[dict[str, Any]] = []
    attribute_rows: list[dict[str, Any]] = []
    for product_id, group in groupby(connection.execute(query), key=lambda row: row.product_id):
        members = list(group)
        if not any(member.visible for member in members):
            continue
        values = _given(members)
        product_rows.append(_product(product_id, members, values))
        attribute_rows.extend(_attribute(product_id, name, value) for name, value in values)
    connection.execute(delete(products).where(products.c.id.in_(ids)))
    mine, given = attributes.c.product_id.in_(ids), attributes.c.origin == Origin.GIVEN.value
    connection.execute(delete(attributes).where(mine, given))
    others = select(attributes.c.product_id).where(mine, ~given).distinct()
    if product_rows:
        connection.execute(insert(products), product_rows)
    insert_rows(connection, attributes, attribute_rows)
    settle(connection, connection.scalars(others).all())


def _given(members: Sequence[Any]) -> list[tuple[str, str]]:
    """Every (name, value) its files give, in the files' order and once each."""
    pairs: dict[tuple[str, str], None] = {}
    for member in members:
        for name, said in json.loads(member.row).items():
            pairs.update(dict.fromkeys((name, value) for value in ([said] if isinstance(said, str) else said)))
    return list(pairs)


def _product(product_id: str, members: Sequence[Any], values: list[tuple[str, str]]) -> dict[str, Any]:
    name = next((member.name for member in members if member.name), "") or _stem(members[0].path)
    words = dict.fromkeys([name, product_id, *(value for _, value in values)])
    return {
        "id": product_id,
        "position": members[0].position,
        "name": name,
        "text": " ".join(words).lower(),
        "face": next(member.photo_id for member in members if member.visible),
        "num_photos": len({member.photo_id for member in members if member.visible}),
    }


def _stem(path: str) -> str:
    """A name for a product that nobody named: its first file's name without folders and ending."""
    last = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[0] or last


def _attribute(product_id: str, name: str, value: str) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "name": name,
        "value": value,
        "origin": Origin.GIVEN.value,
        "confidence": 1.0,
        "live": True,
        "shown": True,
    }
