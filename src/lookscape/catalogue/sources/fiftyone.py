"""A dataset that FiftyOne exported in its own form: samples.json beside its photos (docs.voxel51.com, FiftyOneDataset).

A classification is an attribute, each detection's box a photo of its own with its label; tags are the attribute `tag`.
Boxes are left, top, width and height in shares of the photo.
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
from lookscape.catalogue.tables.boxes import Box, from_corner
from lookscape.catalogue.tables.json_lines import values_of
from lookscape.catalogue.tables.table import Values
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

SAMPLES = "samples.json"


def claims(spec: str) -> bool:
    """The samples of such a dataset."""
    path = Path(spec)
    return path.name == SAMPLES and path.is_file()


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
        for box, labels in boxes or [(None, {})]:
            attributes = {**said, **labels}
            yield Entry(place=place, target=target, box=box, product_id=product_id, name=name, attributes=attributes)


def _said(sample: Mapping[str, Any]) -> tuple[dict[str, Values], list[tuple[Box | None, dict[str, Values]]]]:
    """What a sample says of its photo, and its boxes with what they say."""
    said: dict[str, Values] = {}
    boxes: list[tuple[Box | None, dict[str, Values]]] = []
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
            boxes += [_detection(name, one) for one in value.get("detections") or () if isinstance(one, dict)]
        elif kind is None and not isinstance(value, dict):
            _put(said, "tag" if name == "tags" else name, values_of(value))
    return said, boxes


def _put(said: dict[str, Values], name: str, values: Values) -> None:
    if values:
        said[name] = tuple(dict.fromkeys((*said.get(name, ()), *values)))


def _detection(name: str, given: Mapping[str, Any]) -> tuple[Box | None, dict[str, Values]]:
    numbers = given.get("bounding_box")
    box = None
    if isinstance(numbers, list) and len(numbers) == 4:
        left, top, width, height = (float(number) for number in numbers)
        box = from_corner(left, top, width, height, shares=True)
    return box, {name: values_of(given.get("label"))}
