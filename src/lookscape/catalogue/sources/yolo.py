"""A folder in YOLO's layout: photos in `images`, a text file for each in `labels`, names in data.yaml or classes.txt.

A line is a class and a box, centre and size in shares of the photo, or the corners of an outline
(docs.ultralytics.com/datasets/detect). Each box is a photo of its own with the attribute `category`; a photo without
lines is taken whole. The part that it stands in (train, val, test) is the attribute `split`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from lookscape.catalogue.source import Account, Listing, SourceOptions
from lookscape.catalogue.sources._entries import Entry
from lookscape.catalogue.sources._finder import Finder
from lookscape.catalogue.sources._items import display, entry_items
from lookscape.catalogue.sources._layouts import YOLO_NAMES, is_yolo
from lookscape.catalogue.sources._walking import walk
from lookscape.catalogue.tables.boxes import Box
from lookscape.catalogue.tables.photo_names import SUFFIXES
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

SPLITS = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation", "test": "test"}


def claims(spec: str) -> bool:
    """A folder in that layout."""
    return is_yolo(Path(spec))


def read(location: str, options: SourceOptions) -> Listing:
    """List the photos in the order of their paths. Raises UsageError when there are none or no names of classes."""
    root = Path(os.path.realpath(location))
    if not is_yolo(root):
        raise UsageError(
            f"{location!r} is no folder in YOLO's layout: images, labels and one of {', '.join(YOLO_NAMES)}"
        )
    names, account = _names(root), Account()
    items = entry_items(_entries(root, names, account), os.fspath(root), account, finder=Finder(os.fspath(root)))
    return Listing(key=f"yolo:{display(os.fspath(root))}", kind="yolo", items=items, account=account)


def _names(root: Path) -> dict[int, str]:
    """Of the classes, by their numbers."""
    for name in YOLO_NAMES:
        path = root / name
        if not path.is_file():
            continue
        text = path.read_text("utf-8", errors="replace")
        if path.suffix == ".txt":
            return dict(enumerate(clean(line) for line in text.splitlines() if line.strip()))
        return _yaml_names(text, name)
    return {}


def _yaml_names(text: str, name: str) -> dict[int, str]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"{name} is not YAML: {' '.join(str(error).split())}") from error
    names = found.get("names") if isinstance(found, dict) else None
    if isinstance(names, list):
        return {place: clean(str(one)) for place, one in enumerate(names)}
    if isinstance(names, dict):
        return {int(place): clean(str(one)) for place, one in names.items() if str(place).isdecimal()}
    raise UsageError(f"{name} has no list of names")


def _entries(root: Path, names: dict[int, str], account: Account) -> Iterator[Entry]:
    for found in sorted(walk(os.fspath(root)), key=lambda one: Path(one.path)):
        inside = Path(found.path).relative_to(root)
        if "images" not in inside.parts[:-1]:
            continue
        if found.left:
            account.skipped[found.left.kind] += 1
            continue
        if inside.suffix.lower().lstrip(".") not in SUFFIXES:
            continue
        split = next((SPLITS[part] for part in inside.parts[:-1] if part in SPLITS), None)
        said: dict[str, tuple[str, ...]] = {"split": (split,)} if split else {}
        labels = root / _labels_of(inside)
        labelled = False
        for entry in _of_labels(labels, str(labels.relative_to(root)), str(inside), names, said):
            labelled = True
            yield entry
        if not labelled:
            yield Entry(place=str(inside), target=str(inside), attributes=said)


def _labels_of(photo: Path) -> Path:
    """The last folder `images` becomes `labels`, the ending .txt."""
    parts = list(photo.parts)
    place = len(parts) - 1 - parts[::-1].index("images")
    parts[place] = "labels"
    return Path(*parts).with_suffix(".txt")


def _of_labels(
    labels: Path, where: str, target: str, names: dict[int, str], said: dict[str, tuple[str, ...]]
) -> Iterator[Entry]:
    if not labels.is_file():
        return
    boxes: dict[Box, dict[str, None]] = {}
    for number, line in enumerate(labels.read_text("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        found = _box(line.split())
        if found is None:
            yield Entry(
                place=f"{where}, line {number}", problem=f"{line[:60]!r} is no class with a box or outline in shares"
            )
            continue
        code, box = found
        boxes.setdefault(box, {})[names.get(code, str(code))] = None
    for box, categories in boxes.items():
        yield Entry(place=where, target=target, box=box, attributes={**said, "category": tuple(categories)})


def _box(cells: list[str]) -> tuple[int, Box] | None:
    """The class and its box."""
    try:
        code, numbers = int(cells[0]), [float(cell) for cell in cells[1:]]
    except ValueError:
        return None
    if not all(-0.01 <= number <= 1.01 for number in numbers):
        return None
    if len(numbers) in (4, 5):  # the fifth is a model's confidence
        across, down, width, height = numbers[:4]
        left, top, right, bottom = across - width / 2, down - height / 2, across + width / 2, down + height / 2
    elif len(numbers) >= 6 and len(numbers) % 2 == 0:
        left, right = min(numbers[::2]), max(numbers[::2])
        top, bottom = min(numbers[1::2]), max(numbers[1::2])
    else:
        return None
    return code, Box(
        left=round(left, 9), top=round(top, 9), right=round(right, 9), bottom=round(bottom, 9), shares=True
    )
