"""COCO's object detection JSON (cocodataset.org/#format-data): images, annotations, categories.

A value is a category, the attribute its supercategory, and an annotation says that the product's first photo, whole,
shows it. What COCO has no word for stands in further fields, which other programs pass over: `product_id` and
`unknown` of an image, `attributes` (origin, confidence, by, at) of an annotation.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lookscape.catalogue.records import Attribute, Origin
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._json import dump, listed, parse
from lookscape.version import __version__

SUFFIX = ".json"


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """One document; ids count from 1 in the order of the products, categories by attribute and value."""
    pairs = sorted({(item.name, item.value) for product in products for item in product.attributes if not item.unknown})
    category = {pair: number for number, pair in enumerate(pairs, 1)}
    annotations: list[dict[str, Any]] = []
    for number, product in enumerate(products, 1):
        for item in product.attributes:
            if not item.unknown:
                said = _said(item) if provenance else {}
                box = _whole(product)
                ids = {"id": len(annotations) + 1, "image_id": number, "category_id": category[item.name, item.value]}
                annotations.append(ids | box | said)
    return dump(
        {
            "info": {"description": f"Lookscape {__version__}", "version": "1.0", "latest_act": latest},
            "licenses": [],
            "images": [_image(number, product, url) for number, product in enumerate(products, 1)],
            "annotations": annotations,
            "categories": [
                {"id": number, "name": value, "supercategory": name} for (name, value), number in category.items()
            ],
        }
    )


def _image(number: int, product: Labelled, url: str) -> dict[str, Any]:
    unknown = sorted({item.name for item in product.attributes if item.unknown})
    image = {
        "id": number,
        "width": product.photo.width,
        "height": product.photo.height,
        "file_name": product.path,
        "coco_url": f"{url}/photos/{product.photo.id}.jpg",
        "product_id": product.product_id,
    }
    return image | ({"unknown": unknown} if unknown else {})


def _whole(product: Labelled) -> dict[str, Any]:
    width, height = product.photo.width, product.photo.height
    return {"bbox": [0, 0, width, height], "area": width * height, "segmentation": [], "iscrowd": 0}


def _said(item: Attribute) -> dict[str, Any]:
    at = item.at.isoformat(timespec="seconds") if item.at else None
    return {"attributes": {"origin": item.origin.value, "confidence": item.confidence, "by": item.by, "at": at}}


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every image that something is said of; `name` is the attribute of categories without a supercategory."""
    document = parse(data, dict, what="a COCO document: it has no images, annotations and categories")
    if not {"images", "categories"} <= set(document):
        raise UsageError("this is not a COCO document: it has no images and categories")
    categories = {item.get("id"): _category(item, name) for item in listed(document, "categories")}
    labels: dict[Any, list[dict[str, Any]]] = {}
    images = {item.get("id"): item for item in listed(document, "images")}
    for annotation in listed(document, "annotations"):
        labels.setdefault(annotation.get("image_id"), []).append(annotation)
    for number, image in images.items():
        yield _row(image, labels.get(number, []), categories)
    for number, annotations in labels.items():
        if number not in images:
            place = f"annotation {annotations[0].get('id')}"
            yield Row(place=place, problem=f"there is no image with id {number}")


def _category(item: dict[str, Any], name: str) -> tuple[str, str]:
    above = str(item.get("supercategory") or "").strip()
    return (above if above.lower() not in ("", "none") else name, str(item.get("name") or "").strip())


def _row(image: dict[str, Any], annotations: list[dict[str, Any]], categories: dict[Any, tuple[str, str]]) -> Row:
    place = f"image {image.get('id')}"
    unknown = image.get("unknown")
    values: dict[str, tuple[str, ...]] = {str(name): () for name in (unknown if isinstance(unknown, list) else [])}
    for annotation in annotations:
        said = annotation.get("attributes")
        if isinstance(said, dict) and said.get("origin", Origin.HUMAN.value) != Origin.HUMAN.value:
            continue
        pair = categories.get(annotation.get("category_id"))
        if pair is None:
            return Row(place=place, problem=f"there is no category with id {annotation.get('category_id')}")
        if not pair[0]:
            return Row(
                place=place, problem=f"category {pair[1]!r} has no supercategory; say which attribute with --name"
            )
        values[pair[0]] = tuple(dict.fromkeys([*values.get(pair[0], ()), pair[1]]))
    product_id, file_name = str(image.get("product_id") or ""), str(image.get("file_name") or "")
    return Row(place=place, product_id=product_id, file_name=file_name, values=values)
