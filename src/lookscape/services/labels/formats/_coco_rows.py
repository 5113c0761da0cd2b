"""An image of a COCO document and its annotations, as rows: one for each product that they name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lookscape.catalogue.records import Origin
from lookscape.catalogue.tables.category_names import Pair, words_of_annotation
from lookscape.services.labels.formats import Row
from lookscape.services.labels.formats._json import listed

Json = Mapping[str, Any]


def rows_of_image(image: Json, annotations: Sequence[Json], categories: Mapping[Any, Pair]) -> Iterator[Row]:
    """What people said of an image's products; of the image itself where no product is named."""
    place, file_name = f"image {image.get('id')}", str(image.get("file_name") or "")
    products = listed(image, "products") or [dict(image)]
    only = str(products[0].get("product_id") or "") if len(products) == 1 else ""
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    for product in products:
        unknown = product.get("unknown")
        names = unknown if isinstance(unknown, list) else []
        values[str(product.get("product_id") or "")] = {str(name): () for name in names}
    for annotation in annotations:
        said = annotation.get("attributes")
        told = said if isinstance(said, dict) else {}
        # FiftyOne writes what stands in `attributes` beside them.
        if told.get("origin", annotation.get("origin", Origin.HUMAN.value)) not in (Origin.HUMAN.value, None):
            continue
        pair = categories.get(annotation.get("category_id"))
        if problem := _problem(annotation, pair):
            yield Row(place=place, problem=problem)
            return
        own = values.setdefault(str(annotation.get("product_id") or only), {})
        for name, value in [pair, *words_of_annotation(told)] if pair else []:
            own[name] = tuple(dict.fromkeys([*own.get(name, ()), value]))
    for product_id, own in values.items():
        yield Row(place=place, product_id=product_id, file_name=file_name, values=own)


def _problem(annotation: Json, pair: Pair | None) -> str:
    if pair is None:
        return f"there is no category with id {annotation.get('category_id')}"
    if not pair[0]:
        return f"category {pair[1]!r} has no supercategory; say which attribute with --name"
    return ""
