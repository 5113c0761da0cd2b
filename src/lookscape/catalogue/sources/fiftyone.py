"""A dataset that FiftyOne exported in its own form: samples.json beside its photos (docs.voxel51.com, FiftyOneDataset).

A classification is an attribute, each box of detections a photo of its own with their labels and further fields, an
outline the box around it; tags are the attribute `tag`. Boxes are left, top, width and height in shares of the photo.
Detections that FiftyOne took from a COCO file of ours, `colour=red` under the supercategory colour and of a product_id,
are that attribute of that product. Fields of other kinds (masks, key points, vectors) are left out and named.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
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

BOOKKEEPING = ("filepath", "metadata", "id", "media_type", "created_at", "last_modified_at")
_OF_A_BOX = ("label", "bounding_box", "points", "mask", "mask_path", "index", "confidence", "closed", "filled", "tags")
_LABELS = {"Classification": "", "Classifications": "classifications"}
_BOXES = {"Detection": "", "Detections": "detections", "Polyline": "", "Polylines": "polylines"}
"""Kinds of fields, and what the list in them is called."""

_OF_OURS = ("supercategory", "iscrowd", "product_id", "origin", "by", "at")
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
    items = entry_items(_entries(samples, account), where, account, finder=Finder(os.fspath(path.parent)))
    return Listing(key=f"fiftyone:{display(where)}", kind="fiftyone", items=items, account=account)


def _entries(samples: list[Any], account: Account) -> Iterator[Entry]:
    for number, sample in enumerate(samples, start=1):
        place = f"{SAMPLES}, sample {number}"
        target = str(sample.get("filepath") or "") if isinstance(sample, dict) else ""
        if not target:
            yield Entry(place=place, problem="the sample has no filepath")
            continue
        said, boxes = _said(sample, account)
        product_id = (said.pop("product_id", ("",)) or ("",))[0] or None
        name = (said.pop("name", ("",)) or ("",))[0] or None
        for (box, own_id), labels in (boxes or {(None, ""): {}}).items():
            one = own_id or product_id
            yield Entry(place=place, target=target, box=box, product_id=one, name=name, attributes=said | labels)


def _said(sample: Mapping[str, Any], account: Account) -> tuple[dict[str, Values], _Boxes]:
    """What a sample says of its photo, and its boxes with what they say, of each product that they name."""
    said: dict[str, Values] = {}
    boxes: _Boxes = {}
    for key, value in sample.items():
        name = clean(str(key))
        if not name or name.startswith("_") or name in BOOKKEEPING:
            continue
        kind = str(value.get("_cls") or "") if isinstance(value, dict) else ""
        if kind in _BOXES:
            _put_boxes(boxes, name, _all_of(value, _BOXES[kind]))
        elif kind in _LABELS:
            labels = (text for one in _all_of(value, _LABELS[kind]) for text in values_of(one.get("label")))
            _put(said, name, tuple(labels))
        elif kind:
            account.note(f"field {name!r} is a {kind}: left out")
        else:
            _put(said, "tag" if name == "tags" else name, _plain(value))
    return said, boxes


def _all_of(value: dict[str, Any], listed: str) -> list[dict[str, Any]]:
    """The labels in a field that holds several, or its one."""
    given = value.get(listed) or () if listed else (value,)
    return [one for one in given if isinstance(one, dict)]


def _plain(value: Any) -> Values:
    return (json.dumps(value, ensure_ascii=False),) if isinstance(value, dict) else values_of(value)


def _put(said: dict[str, Values], name: str, values: Values) -> None:
    if values:
        said[name] = tuple(dict.fromkeys((*said.get(name, ()), *values)))


def _put_boxes(boxes: _Boxes, name: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Of each detection, in the field `name`, its label and what else it says."""
    for one in found:
        label = str(one.get("label") or "")
        pair = pair_of(label)
        ours = pair is not None and pair[0] == one.get("supercategory")
        own = boxes.setdefault((_box(one), clean(str(one.get("product_id") or "")) if ours else ""), {})
        if pair and ours:
            _put(own, clean(pair[0]), values_of(pair[1]))
        else:
            _put(own, name, values_of(one.get("label")))
        passed = (*BOOKKEEPING, *_OF_A_BOX, *(_OF_OURS if ours else ()))
        for key, value in one.items():
            if not key.startswith("_") and key not in passed and not isinstance(value, (dict, list)):
                _put(own, clean(str(key)), values_of(value))


def _box(given: Mapping[str, Any]) -> Box | None:
    """The box of a detection or around an outline; None without one, and for the whole photo."""
    numbers = given.get("bounding_box")
    if isinstance(numbers, list) and len(numbers) == 4:
        left, top, width, height = (float(number) for number in numbers)
        whole = (left, top, width, height) == (0, 0, 1, 1)
        return None if whole else from_corner(left, top, width, height, shares=True)
    points = [float(number) for outline in given.get("points") or () for point in outline for number in point]
    if len(points) >= 6:
        left, top = min(points[::2]), min(points[1::2])
        return from_corner(left, top, max(points[::2]) - left, max(points[1::2]) - top, shares=True)
    return None
