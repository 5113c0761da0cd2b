"""A dataset that FiftyOne exported in its own form: samples.json beside its photos (docs.voxel51.com, FiftyOneDataset).

A classification is an attribute, each box of detections a photo of its own with their labels; tags are the attribute
`tag`. Boxes are left, top, width and height in shares of the photo. Detections that FiftyOne took from a COCO file of
ours, `colour=red` under the supercategory colour and with a product_id, are that attribute of that product.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lookscape.catalogue.source import Account, Listing, SourceOptions
from lookscape.catalogue.sources._entries import Entry
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, entry_items
from lookscape.catalogue.sources._layouts import SAMPLES, is_fiftyone
from lookscape.catalogue.tables.boxes import Box, from_corner
from lookscape.catalogue.tables.category_names import pair_of
from lookscape.catalogue.tables.json_lines import values_of
from lookscape.catalogue.tables.table import Values
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

_Boxes = dict[tuple[Box | None, str], dict[str, Values]]


def claims(spec: str) -> bool:
    """The samples of such a dataset, or its folder."""
    path = Path(spec)
    return (path.name == SAMPLES and path.is_file()) or is_fiftyone(path)


def read(location: str, options: SourceOptions) -> Listing:
    """List the samples, in their order; `location` is the file or its folder. Raises UsageError when it is none."""
    path = Path(location).resolve()
    path = path / SAMPLES if path.is_dir() else path
    try:
        document = json.loads(path.read_bytes(), parse_float=str, parse_int=str)
    except OSError as error:
        raise UsageError(f"{location!r} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} is not JSON: {error}") from error
    samples = document.get("samples") if isinstance(document, dict) else None
    if not isinstance(samples, list):
        raise UsageError(f"{path.name} is no export of FiftyOne: it has no list of samples")
    account, where = Account(), os.fspath(path)
    items = entry_items(_entries(samples), where, account, finder=Finder(os.fspath(path.parent)))
    return Listing(key=f"fiftyone:{display(where)}", kind="fiftyone", items=items, account=account)


def _entries(samples: list[Any]) -> Iterator[Entry]:
    for number, sample in enumerate(samples, start=1):
        place = f"{SAMPLES}, sample {number}"
        target = str(sample.get("filepath") or "") if isinstance(sample, dict) else ""
        if not target:
            yield Entry(place=place, problem="the sample has no filepath")
            continue
        said, boxes = _said(sample)
        product_id = (said.pop("product_id", ("",)) or ("",))[0] or None
        name = (said.pop("name", ("",)) or ("",))[0] or None
        for (box, own_id), labels in (boxes or {(None, ""): {}}).items():
            one = own_id or product_id
            yield Entry(place=place, target=target, box=box, product_id=one, name=name, attributes=said | labels)


def _said(sample: Mapping[str, Any]) -> tuple[dict[str, Values], _Boxes]:
    """What a sample says of its photo, and its boxes with what they say, of each product that they name."""
    said: dict[str, Values] = {}
    boxes: _Boxes = {}
    for key, value in sample.items():
        name = clean(str(key))
        if name.startswith("_") or name in (
            "filepath",
            "metadata",
            "id",
            "media_type",
            "created_at",
            "last_modified_at",
        ):
            continue
        kind = value.get("_cls") if isinstance(value, dict) else None
        if kind == "Classification":
            _put(said, name, values_of(value.get("label")))
        elif kind == "Classifications":
            for one in value.get("classifications") or ():
                _put(said, name, values_of(one.get("label")))
        elif kind == "Detections":
            _put_detections(boxes, name, value)
        elif kind is None and not isinstance(value, dict):
            _put(said, "tag" if name == "tags" else name, values_of(value))
    return said, boxes


def _put(said: dict[str, Values], name: str, values: Values) -> None:
    if values:
        said[name] = tuple(dict.fromkeys((*said.get(name, ()), *values)))


def _put_detections(boxes: _Boxes, name: str, given: Mapping[str, Any]) -> None:
    for one in given.get("detections") or ():
        if isinstance(one, dict):
            own = boxes.setdefault((_box(one), clean(str(one.get("product_id") or ""))), {})
            _put(own, *_label(name, one))


def _box(given: Mapping[str, Any]) -> Box | None:
    """The box; None for the whole photo."""
    numbers = given.get("bounding_box")
    if not isinstance(numbers, list) or len(numbers) != 4:
        return None
    left, top, width, height = (float(number) for number in numbers)
    if (left, top, width, height) == (0, 0, 1, 1):
        return None
    return from_corner(left, top, width, height, shares=True)


def _label(name: str, given: Mapping[str, Any]) -> tuple[str, Values]:
    """The attribute and value of a detection in the field `name`."""
    label = given.get("label")
    pair = pair_of(str(label or ""))
    if pair and pair[0] == given.get("supercategory"):
        return clean(pair[0]), values_of(pair[1])
    return name, values_of(label)
