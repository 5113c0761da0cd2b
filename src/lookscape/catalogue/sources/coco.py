"""COCO's JSON with its photos beside it: each box is a photo of its own (cocodataset.org/#format-data).

A category is a value of the attribute that its supercategory names, or of `category`; one called `colour=red` says
both. An annotation's `attributes`, as CVAT writes them, are attributes. An outline without a box is the box around it.
Boxes around the whole photo, as Lookscape and classifiers write them, and annotations without a box say something of
the whole. Images and annotations that name their product, as those of `annotate export`, are of it. Regions of a crowd
show no one product: they are left out and counted.
"""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lookscape.catalogue.source import Account, Listing, SourceOptions
from lookscape.catalogue.sources._entries import Entry
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, entry_items
from lookscape.catalogue.tables.boxes import Box, from_corner
from lookscape.catalogue.tables.category_names import Pair, pairs_of_categories
from lookscape.catalogue.tables.json_lines import values_of
from lookscape.catalogue.tables.table import Values
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

ATTRIBUTE = "category"
_HEAD = 1 << 16
_Said = dict[Box | None, dict[str, Values]]
_SIGNS = tuple(
    re.compile(rb'"%s"\s*:\s*\[\s*\{[^{}]*"%s"' % names)
    for names in ((b"images", b"file_name"), (b"annotations", b"image_id"), (b"categories", b"supercategory"))
)
"""What no other JSON holds: lists of objects with these names."""


def claims(spec: str) -> bool:
    """A JSON file that begins as COCO's do."""
    path = Path(spec)
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"samples"' not in head
    return begins and any(pattern.search(head) for pattern in _SIGNS)


def read(location: str, options: SourceOptions) -> Listing:
    """List a document's photos, in its order. Raises UsageError when it is none."""
    path = Path(location).resolve()
    document = _document(path)
    account = Account()
    # Photos usually lie beside the folder `annotations`, not in it.
    folder = path.parent.parent if path.parent.name == "annotations" else path.parent
    finder = Finder(str(folder))
    where = os.fspath(path)
    items = entry_items(_entries(document, path.name, account), where, account, finder=finder)
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


def _entries(document: Mapping[str, Any], name: str, account: Account) -> Iterator[Entry]:
    named = pairs_of_categories(_listed(document, "categories"), "")
    categories = {number: (clean(above) or ATTRIBUTE, clean(value)) for number, (above, value) in named.items()}
    of_image: dict[Any, list[dict[str, Any]]] = {}
    for annotation in _listed(document, "annotations"):
        if annotation.get("iscrowd") in (1, True):
            account.skipped["regions of a crowd"] += 1
            continue
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
        problem = _problem(annotation, categories)
        if problem:
            yield Entry(place=f"{name}, annotation {annotation.get('id')}", problem=problem)
            continue
        own = said.setdefault(_word(annotation, "product_id") or only, {}).setdefault(_box(annotation, image), {})
        for attribute, value in _values(annotation, categories):
            own[attribute] = tuple(dict.fromkeys((*own.get(attribute, ()), value)))
    for product_id, boxes in (said or {only: {}}).items():
        entry = partial(Entry, place=place, target=target, product_id=product_id, name=products.get(product_id))
        for box, values in (boxes or {None: {}}).items():
            yield entry(box=box, attributes=values)


def _word(record: Mapping[str, Any], key: str) -> str | None:
    return clean(str(record.get(key) or "")) or None


def _problem(annotation: Mapping[str, Any], categories: Mapping[Any, Pair]) -> str:
    """Why an annotation cannot be used."""
    if annotation.get("category_id") not in categories:
        return f"there is no category with id {annotation.get('category_id')}"
    given = annotation.get("bbox")
    return f"bbox {given} is no box" if given and _numbers(given, 4) is None else ""


def _values(annotation: Mapping[str, Any], categories: Mapping[Any, Pair]) -> Iterator[Pair]:
    """Attributes and values, the category's first."""
    attribute, value = categories[annotation["category_id"]]
    if value:
        yield attribute, value
    further = annotation.get("attributes")
    if not isinstance(further, dict) or "origin" in further:  # where a value is from, as we write it
        return
    for name, values in further.items():
        yield from ((clean(str(name)), clean(text)) for text in values_of(values) if clean(str(name)) and clean(text))


def _box(annotation: Mapping[str, Any], image: Mapping[str, Any]) -> Box | None:
    """The box, or the one around an outline; None for the whole photo and for what has none."""
    found = _numbers(annotation.get("bbox"), 4) or _around(annotation.get("segmentation"))
    if found is None:
        return None
    left, top, width, height = found
    whole = (image.get("width"), image.get("height"))
    if (left, top) == (0, 0) and (width, height) == whole:
        return None
    return from_corner(left, top, width, height)


def _around(segmentation: Any) -> list[float] | None:
    """The box around polygons; None for a mask, whose box its annotation has."""
    if not isinstance(segmentation, list) or not segmentation:
        return None
    points: list[float] = []
    for polygon in segmentation:
        points += _numbers(polygon, None) or []
    if len(points) < 6:
        return None
    left, top = min(points[::2]), min(points[1::2])
    return [left, top, max(points[::2]) - left, max(points[1::2]) - top]


def _numbers(given: Any, count: int | None) -> list[float] | None:
    """So many finite numbers, also where they are written as text."""
    if not isinstance(given, list) or (count is not None and len(given) != count):
        return None
    try:
        found = [float(one) for one in given]
    except (TypeError, ValueError):
        return None
    return found if all(map(math.isfinite, found)) else None
