"""COCO's JSON with its photos beside it: each box is a photo of its own (cocodataset.org/#format-data).

A category is a value of the attribute that its supercategory names, or of `category`; one called `colour=red` says
both. So do words among an annotation's `attributes`, as CVAT writes them. Boxes around the whole photo, as Lookscape
and classifiers write them, and annotations without a box say something of the whole. Images and annotations that name
their product, as those of `annotate export`, are of it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lookscape.catalogue.source import Account, Listing, SourceOptions
from lookscape.catalogue.sources._entries import Entry
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, entry_items
from lookscape.catalogue.tables.boxes import Box, from_corner
from lookscape.catalogue.tables.category_names import Pair, pairs_of_categories, words_of_annotation
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

ATTRIBUTE = "category"
_HEAD = 1 << 16

_Said = dict[Box | None, dict[str, tuple[str, ...]]]


def claims(spec: str) -> bool:
    """A JSON file that begins as COCO's do."""
    path = Path(spec)
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"samples"' not in head
    return begins and any(key in head for key in (b'"images"', b'"categories"', b'"annotations"'))


def read(location: str, options: SourceOptions) -> Listing:
    """List a document's photos, in its order. Raises UsageError when it is none."""
    path = Path(location).resolve()
    document = _document(path)
    account = Account()
    # Photos usually lie beside the folder `annotations`, not in it.
    folder = path.parent.parent if path.parent.name == "annotations" else path.parent
    finder = Finder(str(folder))
    where = os.fspath(path)
    items = entry_items(_entries(document, path.name), where, account, finder=finder)
    return Listing(key=f"coco:{display(where)}", kind="coco", items=items, account=account)


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} is not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("images"), list):
        raise UsageError(f"{path.name} is not a COCO document: it has no list of images")
    return found


def _listed(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _entries(document: Mapping[str, Any], name: str) -> Iterator[Entry]:
    named = pairs_of_categories(_listed(document, "categories"), "")
    categories = {number: (clean(above) or ATTRIBUTE, clean(value)) for number, (above, value) in named.items()}
    of_image: dict[Any, list[dict[str, Any]]] = {}
    for annotation in _listed(document, "annotations"):
        of_image.setdefault(annotation.get("image_id"), []).append(annotation)
    for image in _listed(document, "images"):
        yield from _of_image(image, of_image.pop(image.get("id"), []), categories, name)
    for image_id, lost in of_image.items():
        place = f"{name}, annotation {lost[0].get('id')}"
        yield Entry(place=place, problem=f"there is no image with id {image_id}")


def _of_image(
    image: Mapping[str, Any], annotations: list[dict[str, Any]], categories: Mapping[Any, Pair], name: str
) -> Iterator[Entry]:
    place, target = f"{name}, image {image.get('id')}", str(image.get("file_name") or "")
    if not target:
        yield Entry(place=place, problem="the image has no file_name")
        return
    products = {
        _word(one, "product_id"): _word(one, "product_name") for one in _listed(image, "products") or [dict(image)]
    }
    only = next(iter(products)) if len(products) == 1 else None
    said: dict[str | None, _Said] = {one: {} for one in products} if len(products) > 1 or only else {}
    for annotation in annotations:
        if annotation.get("category_id") not in categories:
            where = f"{name}, annotation {annotation.get('id')}"
            yield Entry(place=where, problem=f"there is no category with id {annotation.get('category_id')}")
            continue
        values = said.setdefault(_word(annotation, "product_id") or only, {})
        own = values.setdefault(_box(annotation.get("bbox"), image), {})
        for attribute, value in (categories[annotation["category_id"]], *_words(annotation)):
            if attribute and value:
                own[attribute] = tuple(dict.fromkeys((*own.get(attribute, ()), value)))
    for product_id, boxes in (said or {only: {}}).items():
        entry = partial(Entry, place=place, target=target, product_id=product_id, name=products.get(product_id))
        for box, values_of_box in (boxes or {None: {}}).items():
            yield entry(box=box, attributes=values_of_box)


def _words(annotation: Mapping[str, Any]) -> list[Pair]:
    told = annotation.get("attributes")
    found = words_of_annotation(told) if isinstance(told, dict) else []
    return [(clean(attribute), clean(value)) for attribute, value in found]


def _word(record: Mapping[str, Any], key: str) -> str | None:
    return clean(str(record.get(key) or "")) or None


def _box(given: Any, image: Mapping[str, Any]) -> Box | None:
    """The box; None for the whole photo and for what is no box."""
    if not isinstance(given, list) or len(given) != 4 or not all(isinstance(one, (int, float)) for one in given):
        return None
    left, top, width, height = given
    whole = (image.get("width"), image.get("height"))
    if (left, top) == (0, 0) and (width, height) == whole:
        return None
    return from_corner(left, top, width, height)
