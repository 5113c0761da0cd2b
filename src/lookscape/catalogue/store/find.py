"""Reading products: pages, facets and lookups. Every function takes an open connection."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from lookscape.catalogue.records import (
    Attribute,
    Counts,
    Facet,
    FacetValue,
    Filter,
    Origin,
    Page,
    Photo,
    Product,
    Rejection,
)
from lookscape.catalogue.store.aside import aside, visible
from lookscape.catalogue.store.schema import acts, attributes, files, photos, products
from lookscape.catalogue.store.shown import rank
from lookscape.catalogue.store.sql import chunks, utc
from lookscape.errors import UsageError

MAX_TEXT = 1000
MAX_CHOICES = 1000
"""What a filter may hold; databases refuse statements that grow without end."""


def page(connection: Connection, wanted: Filter, *, offset: int, limit: int) -> Page:
    """Products that pass the filter, in the order they were ingested. Raises UsageError when it is too long."""
    condition = _condition(connection, wanted)
    total = connection.scalar(select(func.count()).select_from(products).where(condition)) or 0
    query = select(products.c.id).where(condition).order_by(products.c.position).offset(offset).limit(limit)
    ids = list(connection.scalars(query))
    found = by_id(connection, ids)
    return Page(products=tuple(found[product_id] for product_id in ids), total=total, offset=offset)


def matching(connection: Connection, wanted: Filter) -> set[str]:
    """Ids of the products that pass the filter."""
    return set(connection.scalars(select(products.c.id).where(_condition(connection, wanted))))


def ids(connection: Connection, wanted: Filter) -> list[str]:
    """Ids of the products that pass the filter, in the order they were ingested."""
    return list(
        connection.scalars(select(products.c.id).where(_condition(connection, wanted)).order_by(products.c.position))
    )


def by_id(connection: Connection, product_ids: Iterable[str]) -> dict[str, Product]:
    """The products among these ids that exist, with photos and what is shown of each attribute."""
    found: dict[str, Product] = {}
    for ids in chunks(dict.fromkeys(product_ids)):
        values = _values(connection, ids)
        pictures = _photo_ids(connection, ids)
        for row in connection.execute(select(products.c.id, products.c.name).where(products.c.id.in_(ids))):
            found[row.id] = Product(
                id=row.id,
                name=row.name,
                photo_ids=pictures.get(row.id, ()),
                values=values.get(row.id, {}),
            )
    return found


def products_of_photos(connection: Connection, photo_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The products each photo belongs to, nearly always one; none for photos put aside."""
    found: dict[str, dict[str, None]] = {}
    for ids in chunks(dict.fromkeys(photo_ids)):
        mine = (files.c.photo_id.in_(ids), visible(files.c.photo_id))
        query = select(files.c.photo_id, files.c.product_id).where(*mine).order_by(files.c.position)
        for photo_id, product_id in connection.execute(query):
            found.setdefault(photo_id, {})[product_id] = None
    return {photo_id: tuple(owners) for photo_id, owners in found.items()}


def facets(connection: Connection, wanted: Filter, *, max_values: int) -> list[Facet]:
    """Every attribute's most frequent values among the products that pass the filter, by name."""
    count = func.count().label("count")
    query = (
        select(attributes.c.name, attributes.c.value, count)
        .where(attributes.c.shown, _of_passing(connection, wanted))
        .group_by(attributes.c.name, attributes.c.value)
        .order_by(attributes.c.name, count.desc(), attributes.c.value)
    )
    grouped: dict[str, list[FacetValue]] = {}
    for name, value, number in connection.execute(query):
        grouped.setdefault(name, []).append(FacetValue(value=value, count=number))
    return [
        Facet(name=name, values=tuple(values[:max_values]), num_values=len(values)) for name, values in grouped.items()
    ]


def attributes_of(connection: Connection, product_id: str) -> list[Attribute]:
    """Every live attribute of a product with its provenance, the most trusted first within a name."""
    query = (
        select(attributes, acts.c.by, acts.c.at)
        .outerjoin(acts, acts.c.id == attributes.c.act_id)
        .where(attributes.c.product_id == product_id, attributes.c.live)
        .order_by(attributes.c.name, rank(), attributes.c.id)
    )
    return [_attribute(row) for row in connection.execute(query)]


def shown_of(connection: Connection, product_ids: Iterable[str] | None, names: Collection[str] = ()) -> list[Attribute]:
    """What is shown of these products and people's "unknown", in the products' order and by name; some names only.

    Of all products without ids, found by the names: quick where few products have them.
    """
    held = or_(attributes.c.shown, and_(attributes.c.live, attributes.c.unknown))
    query = select(attributes, acts.c.by, acts.c.at).outerjoin(acts, acts.c.id == attributes.c.act_id).where(held)
    if names:
        query = query.where(attributes.c.name.in_(sorted(names)))
    order = (attributes.c.name, attributes.c.id)
    if product_ids is None:
        of_all = query.join(products, products.c.id == attributes.c.product_id).order_by(products.c.position, *order)
        return [_attribute(row) for row in connection.execute(of_all)]
    found: list[Attribute] = []
    for part in chunks(dict.fromkeys(product_ids)):
        rows: dict[str, list[Attribute]] = {}
        for row in connection.execute(query.where(attributes.c.product_id.in_(part)).order_by(*order)):
            rows.setdefault(row.product_id, []).append(_attribute(row))
        found += [item for product_id in part for item in rows.get(product_id, [])]
    return found


def products_of_paths(connection: Connection) -> list[tuple[str, str]]:
    """Every accepted file's path with its product, in the order of ingest; with each, if it shows several."""
    path = func.coalesce(files.c.file, files.c.path).label("path")
    query = select(path, files.c.product_id).where(files.c.product_id.is_not(None)).order_by(files.c.position)
    return [(row.path, row.product_id) for row in connection.execute(query)]


def photo(connection: Connection, photo_id: str) -> Photo | None:
    """One photo, or None."""
    row = connection.execute(select(photos).where(photos.c.id == photo_id)).first()
    return Photo(**row._mapping) if row else None


def photos_of(connection: Connection, photo_ids: Sequence[str]) -> list[Photo]:
    """These photos, in this order, leaving out those that do not exist."""
    found: dict[str, Photo] = {}
    for ids in chunks(photo_ids):
        rows = connection.execute(select(photos).where(photos.c.id.in_(ids)))
        found.update((row.id, Photo(**row._mapping)) for row in rows)
    return [found[photo_id] for photo_id in photo_ids if photo_id in found]


def photo_ids(connection: Connection) -> list[str]:
    """Every photo that is not put aside, in the order of its first file."""
    first = func.min(files.c.position)
    query = select(files.c.photo_id).where(files.c.photo_id.is_not(None), visible(files.c.photo_id))
    return list(connection.scalars(query.group_by(files.c.photo_id).order_by(first)))


def counts(connection: Connection) -> Counts:
    """How many of everything."""
    file = func.coalesce(files.c.file, files.c.path).label("file")
    total = connection.scalar(select(func.count()).select_from(select(files.c.source, file).distinct().subquery())) or 0
    accepted = select(files.c.source, file, files.c.photo_id).where(files.c.photo_id.is_not(None)).distinct().subquery()
    query = select(func.count(), func.count(accepted.c.photo_id.distinct())).select_from(accepted)
    held, distinct = connection.execute(query).one()
    rejected = connection.scalar(select(func.count()).select_from(files).where(files.c.photo_id.is_(None))) or 0
    number = connection.scalar(select(func.count()).select_from(products)) or 0
    hidden = select(func.count(files.c.photo_id.distinct())).where(files.c.photo_id.in_(aside()))
    num_aside = connection.scalar(hidden) or 0
    return Counts(
        files=total,
        photos=distinct - num_aside,
        aside=num_aside,
        products=number,
        duplicates=held - distinct,
        rejected=rejected,
    )


def rejections(connection: Connection) -> list[Rejection]:
    """Every file that could not be used, in the order of ingest."""
    query = select(files.c.path, files.c.reason).where(files.c.reason.is_not(None)).order_by(files.c.position)
    return [Rejection(path=path, reason=reason) for path, reason in connection.execute(query)]


def _condition(connection: Connection, wanted: Filter) -> ColumnElement[bool]:
    if len(wanted.text) > MAX_TEXT or sum(map(len, wanted.where.values())) > MAX_CHOICES:
        raise UsageError(f"a filter takes at most {MAX_TEXT} characters of text and {MAX_CHOICES} values")
    clauses = [products.c.text.contains(word, autoescape=True) for word in wanted.text.lower().split()]
    for name, allowed in _by_name(connection, wanted.where).items():
        named = (attributes.c.shown, attributes.c.name == name, attributes.c.value.in_(allowed))
        clauses.append(products.c.id.in_(select(attributes.c.product_id).where(*named)))
    return and_(true(), *clauses)


def _by_name(connection: Connection, where: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The clauses by attribute; `EU=size=3`, which was taken for EU, is 3 of EU=size where there is such a one."""
    if not any("=" in value for allowed in where.values() for value in allowed):
        return where
    query = select(attributes.c.name).where(attributes.c.shown, attributes.c.name.contains("=")).distinct()
    known = sorted(connection.scalars(query), key=len, reverse=True)
    found: dict[str, tuple[str, ...]] = {}
    for name, allowed in where.items():
        for value in allowed:
            clause = f"{name}={value}"
            real = next((one for one in known if clause.startswith(f"{one}=")), name)
            found[real] = (*found.get(real, ()), clause.removeprefix(f"{real}=").strip())
    return found


def _of_passing(connection: Connection, wanted: Filter) -> ColumnElement[bool]:
    """Is an attribute's product among those that pass?

    When few pass, the index on product_id leads to their values; when many do, reading all values in the order in which
    they are counted is quicker, and the expression around product_id keeps the index out of it.
    """
    if wanted.is_empty:
        return true()
    condition = _condition(connection, wanted)
    number = func.count().label("number")
    passing = connection.scalar(select(number).select_from(products).where(condition)) or 0
    total = connection.scalar(select(number).select_from(products)) or 0
    product_id = attributes.c.product_id if passing * 8 < total else func.coalesce(attributes.c.product_id, "")
    return product_id.in_(select(products.c.id).where(condition))


def _values(connection: Connection, ids: Sequence[str]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    query = (
        select(attributes.c.product_id, attributes.c.name, attributes.c.value)
        .where(attributes.c.product_id.in_(ids), attributes.c.shown)
        .order_by(attributes.c.product_id, attributes.c.id)
    )
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for product_id, name, value in connection.execute(query):
        values = found.setdefault(product_id, {})
        values[name] = (*values.get(name, ()), value)
    return {product_id: dict(sorted(values.items())) for product_id, values in found.items()}


def _photo_ids(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = (
        select(files.c.product_id, files.c.photo_id)
        .where(files.c.product_id.in_(ids), files.c.photo_id.is_not(None), visible(files.c.photo_id))
        .order_by(files.c.position)
    )
    found: dict[str, dict[str, None]] = {}
    for product_id, photo_id in connection.execute(query):
        found.setdefault(product_id, {})[photo_id] = None
    return {product_id: tuple(photo_ids) for product_id, photo_ids in found.items()}


def _attribute(row: Row[Any]) -> Attribute:
    return Attribute(
        product_id=row.product_id,
        name=row.name,
        value=row.value,
        origin=Origin(row.origin),
        confidence=row.confidence,
        by=row.by or "",
        at=utc(row.at),
        act_id=row.act_id,
        unknown=row.unknown,
    )
