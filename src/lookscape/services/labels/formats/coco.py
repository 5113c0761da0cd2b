"""COCO's object detection JSON (cocodataset.org/#format-data): images, annotations, categories.

A category is an attribute and a value, `colour=red`, so that no two have one name and programs that keep the name
alone lose nothing; the attribute is its supercategory too. An annotation says that the product's first photo, whole,
shows it. File names are relative to the folder of the photos, as readers want them. A photo of several products is
one image. What COCO has no word for stands in further fields, which other programs pass over: `product_id`,
`product_name` and `unknown` of an image (a list `products` of these where it shows several), `product_id`, `score`
(the confidence) and `attributes` (origin, by, at) of an annotation. Numbers that were measured are left out unless
they are asked for by name. Reading takes categories with and without the attribute in their name, and words among an
annotation's `attributes`, as CVAT writes them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lookscape.catalogue.records import Attribute
from lookscape.catalogue.tables.category_names import category_name, pairs_of_categories
from lookscape.errors import UsageError
from lookscape.services.labels.formats import Labelled, Row
from lookscape.services.labels.formats._coco_rows import rows_of_image
from lookscape.services.labels.formats._json import dump, listed, parse
from lookscape.version import __version__

SUFFIX = ".json"
MEASURED_NUMBERS = False


def write(products: Sequence[Labelled], *, provenance: bool, url: str, latest: int) -> bytes:
    """One document; ids count from 1 in the order of the products, categories by attribute and value."""
    pairs = sorted({(item.name, item.value) for product in products for item in product.attributes if not item.unknown})
    category = {pair: number for number, pair in enumerate(pairs, 1)}
    images = _images(products)
    annotations: list[dict[str, Any]] = []
    for number, shown in enumerate(images, 1):
        for product in shown:
            for item in product.attributes:
                if not item.unknown:
                    ids = {"id": len(annotations) + 1, "image_id": number, "product_id": product.product_id}
                    kind = {"category_id": category[item.name, item.value]}
                    annotations.append(ids | kind | _whole(product) | (_said(item) if provenance else {}))
    return dump(
        {
            "info": {"description": f"Lookscape {__version__}", "version": "1.0", "latest_act": latest},
            "licenses": [],
            "images": [_image(number, shown, url) for number, shown in enumerate(images, 1)],
            "annotations": annotations,
            "categories": [
                {"id": number, "name": category_name(*pair), "supercategory": pair[0]}
                for pair, number in category.items()
            ],
        }
    )


def left_out(products: Sequence[Labelled], *, provenance: bool) -> list[str]:
    """What the document does not say, in sentences."""
    order = [product.product_id for shown in _images(products) for product in shown]
    if order != [product.product_id for product in products]:
        return ["the order of the products: those of one photo stand together"]
    return []


def _images(products: Sequence[Labelled]) -> list[list[Labelled]]:
    """The products of each file, in their order: readers refuse a file that is named twice."""
    files: dict[str, list[Labelled]] = {}
    for product in products:
        files.setdefault(product.path, []).append(product)
    return list(files.values())


def _image(number: int, shown: Sequence[Labelled], url: str) -> dict[str, Any]:
    photo = shown[0].photo
    image = {
        "id": number,
        "width": photo.width,
        "height": photo.height,
        "file_name": shown[0].relative or shown[0].path,
        "coco_url": f"{url}/photos/{photo.id}.jpg",
    }
    told = [_product(product) for product in shown]
    return image | (told[0] if len(told) == 1 else {"products": told})


def _product(product: Labelled) -> dict[str, Any]:
    unknown = sorted({item.name for item in product.attributes if item.unknown})
    told = {"product_id": product.product_id, "product_name": product.name}
    return told | ({"unknown": unknown} if unknown else {})


def _whole(product: Labelled) -> dict[str, Any]:
    """The whole photo, as a box and as an outline: an empty one ends the reading in pycocotools and others."""
    width, height = product.photo.width, product.photo.height
    outline = [0, 0, width, 0, width, height, 0, height]
    return {"bbox": [0, 0, width, height], "area": width * height, "segmentation": [outline], "iscrowd": 0}


def _said(item: Attribute) -> dict[str, Any]:
    """Where a value is from. FiftyOne refuses a confidence among the attributes, and takes the score for it."""
    at = item.at.isoformat() if item.at else None
    return {"score": item.confidence, "attributes": {"origin": item.origin.value, "by": item.by, "at": at}}


def read(data: bytes, *, name: str) -> Iterator[Row]:
    """Every image that something is said of; `name` is the attribute of categories without a supercategory."""
    document = parse(data, dict, what="a COCO document: it has no images, annotations and categories")
    if not {"images", "categories"} <= set(document):
        raise UsageError("this is not a COCO document: it has no images and categories")
    categories = pairs_of_categories(listed(document, "categories"), name)
    labels: dict[Any, list[dict[str, Any]]] = {}
    images = {item.get("id"): item for item in listed(document, "images")}
    for annotation in listed(document, "annotations"):
        labels.setdefault(annotation.get("image_id"), []).append(annotation)
    for number, image in images.items():
        yield from rows_of_image(image, labels.get(number, []), categories)
    for number, annotations in labels.items():
        if number not in images:
            place = f"annotation {annotations[0].get('id')}"
            yield Row(place=place, problem=f"there is no image with id {number}")
