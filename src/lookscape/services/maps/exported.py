"""A map's photos as Parquet for other programs: products, coordinates, images, and a column for each attribute."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.records import Product
from lookscape.catalogue.tables import ours
from lookscape.services.maps.file import AXES, Map
from lookscape.services.maps.typed import decimals_of, says_less, typed

if TYPE_CHECKING:
    from lookscape.engine import Engine


def as_parquet(
    engine: "Engine", found: Map, products: Sequence[Product | None], images: Sequence[bytes | None]
) -> bytes:
    """A column for each attribute, of lists of words where there are several values, else of its kind; unknown is null.

    A photo is a record of bytes and path, as Hugging Face datasets and Embedding Atlas have it. No two columns have one
    name, capitals aside, as DuckDB wants them. The schema says which of them are attributes as written.
    """
    from lookscape import parquet

    table: dict[str, Any] = {
        "photo_id": parquet.texts(found.ids),
        ours.PRODUCT: parquet.texts([product.id if product else None for product in products]),
        ours.NAME: parquet.texts([product.name if product else None for product in products]),
    }
    for axis in range(found.about.dimensions):
        table[AXES[axis]] = parquet.numbers(found.points_ND[:, axis])
    if images:
        paths = parquet.texts([f"{photo_id[:32]}.jpg" for photo_id in found.ids])
        table["image"] = parquet.records({"bytes": parquet.blobs(images), "path": paths})
    attribute_of, decimals = dict[str, str](), dict[str, int]()
    for attribute, kind in engine.catalogue.column_kinds(attribute_names(products)).items():
        values = [values_of(product, attribute) for product in products]
        column = _free(attribute, table)
        table[column] = _column(values, kind)
        fixed = None if _several(values) else decimals_of(_firsts(values), kind)
        if fixed is not None:
            decimals[column] = fixed
        elif not _several(values) and says_less(_firsts(values), kind):
            column = _free(f"{column} (as written)", table)
            table[column] = parquet.texts([one[0] if one else None for one in values])
        attribute_of[column] = attribute
    return parquet.encode(table, metadata=ours.schema_said(attribute_of, decimals))


def attribute_names(products: Sequence[Product | None]) -> list[str]:
    """Of all attributes of these products, sorted."""
    return sorted({attribute for product in products if product for attribute in product.values})


def values_of(product: Product | None, name: str) -> tuple[str, ...]:
    """Every value of an attribute; none of no product."""
    return product.values.get(name, ()) if product else ()


def _free(name: str, table: dict[str, Any]) -> str:
    taken = {column.lower() for column in table}
    while name.lower() in taken:
        name = f"attribute.{name}"
    return name


def _column(values: Sequence[tuple[str, ...]], kind: Reading) -> Any:
    from lookscape import parquet

    if _several(values):
        return parquet.text_lists([one or None for one in values])
    return typed(_firsts(values), kind)


def _several(values: Sequence[tuple[str, ...]]) -> bool:
    return any(len(one) > 1 for one in values)


def _firsts(values: Sequence[tuple[str, ...]]) -> list[str]:
    return [one[0] if one else "" for one in values]
