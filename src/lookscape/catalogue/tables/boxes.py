"""Boxes in a table: the parts of a photo file that show the product. They are cut out as the file is read.

    bbox                      x, y, width, height, a list, a list of lists or text (COCO, cocodataset.org/#format-data)
    objects                   {"bbox": [[x, y, width, height], ...], "category": [...]} (Hugging Face imagefolder)
    x_1, y_1, x_2, y_2        left, top, right, bottom (DeepFashion: Liu et al., CVPR 2016)
    xmin, ymin, xmax, ymax    the same (Pascal VOC)
    bounding_box              left, top, width, height as shares of the photo, 0 to 1 (FiftyOne)

In pixels of the upright photo, or in shares of its sides. The photo in the catalogue is the part, so that one file may
show several products; the file stays as it is, and its path in the catalogue names the box. A row without numbers has
no box.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COCO = "bbox"
SHARES = "bounding_box"
OBJECTS = "objects"
CORNERS = (("x_1", "y_1", "x_2", "y_2"), ("xmin", "ymin", "xmax", "ymax"))

_NUMBER = re.compile(r"[^\s,;\[\]()]+")
Values = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Box:
    """Left, top, right and bottom; right and bottom lie outside. Not yet compared with any photo.

    In whole pixels, or, with `shares`, in shares of the photo's width and height.
    """

    left: float
    top: float
    right: float
    bottom: float
    shares: bool = False

    @property
    def text(self) -> str:
        """As it stands behind the file's path."""
        numbers = (self.left, self.top, self.right, self.bottom)
        return f"[{', '.join(f'{number:.6g}' for number in numbers)}]"

    def within(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the part of a photo in it, whole pixels: every one that is touched."""
        across, down = (width, height) if self.shares else (1, 1)
        left, top = math.floor(self.left * across), math.floor(self.top * down)
        right, bottom = math.ceil(self.right * across), math.ceil(self.bottom * down)
        return max(0, left), max(0, top), min(width, right), min(height, bottom)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A box and what is said of what it shows; no box is the whole photo."""

    box: Box | None = None
    cells: Mapping[str, Values] = field(default_factory=dict)


WHOLE = Part()


def take_parts(cells: MutableMapping[str, Values]) -> tuple[Part, ...]:
    """Take the boxes' columns out of a row, in whatever case; columns that are no numbers stay attributes."""
    names = {name.lower(): name for name in cells}
    for take in (_of_coco, _of_shares, _of_objects, _of_corners):
        if parts := take(cells, names):
            return parts
    return (WHOLE,)


def from_corner(left: float, top: float, width: float, height: float, *, shares: bool = False) -> Box:
    """The box from its corner and size; every pixel that is touched."""
    return _box(left, top, left + width, top + height, shares=shares)


def _of_coco(cells: MutableMapping[str, Values], names: Mapping[str, str]) -> tuple[Part, ...]:
    return _of_corner(cells, names.get(COCO), shares=False)


def _of_shares(cells: MutableMapping[str, Values], names: Mapping[str, str]) -> tuple[Part, ...]:
    return _of_corner(cells, names.get(SHARES), shares=True)


def _of_corner(cells: MutableMapping[str, Values], name: str | None, *, shares: bool) -> tuple[Part, ...]:
    """A column of corner and size: four values, one text of four, or several texts of four."""
    if name is None:
        return ()
    found = [numbers for text in _texts(cells[name]) if (numbers := _numbers(*_NUMBER.findall(text)))]
    if not found or (shares and any(max(numbers) > 1 for numbers in found)):
        return ()
    del cells[name]
    return tuple(Part(box=from_corner(*numbers, shares=shares)) for numbers in found)


def _texts(values: Values) -> Iterator[str]:
    if len(values) == 4 and all(len(_NUMBER.findall(value)) == 1 for value in values):
        yield " ".join(values)
        return
    for value in values:
        nested = _json(value)
        if isinstance(nested, list) and nested and all(isinstance(item, list) for item in nested):
            yield from (" ".join(map(str, item)) for item in nested)
        else:
            yield value


def _of_objects(cells: MutableMapping[str, Values], names: Mapping[str, str]) -> tuple[Part, ...]:
    """An object of lists, one entry for each box."""
    if OBJECTS not in names or len(cells[names[OBJECTS]]) != 1:
        return ()
    objects = _json(cells[names[OBJECTS]][0])
    boxes = objects.get(COCO) if isinstance(objects, dict) else None
    if not isinstance(boxes, list) or not boxes:
        return ()
    parts = []
    for place, box in enumerate(boxes):
        numbers = _numbers(*map(str, box)) if isinstance(box, list) else []
        if not numbers:
            return ()
        said = {
            str(key): (str(values[place]),)
            for key, values in objects.items()
            if key != COCO and isinstance(values, list) and len(values) == len(boxes) and values[place] is not None
        }
        parts.append(Part(box=from_corner(*numbers), cells=said))
    del cells[names[OBJECTS]]
    return tuple(parts)


def _of_corners(cells: MutableMapping[str, Values], names: Mapping[str, str]) -> tuple[Part, ...]:
    for columns in CORNERS:
        if all(column in names and len(cells[names[column]]) == 1 for column in columns):
            numbers = _numbers(*(cells[names[column]][0] for column in columns))
            if numbers:
                for column in columns:
                    del cells[names[column]]
                return (Part(box=_box(*numbers)),)
    return ()


def _box(left: float, top: float, right: float, bottom: float, *, shares: bool = False) -> Box:
    if shares:
        return Box(left=left, top=top, right=right, bottom=bottom, shares=True)
    return Box(left=math.floor(left), top=math.floor(top), right=math.ceil(right), bottom=math.ceil(bottom))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _numbers(*texts: str) -> Sequence[float]:
    """Four finite numbers, or nothing."""
    try:
        found = [float(text) for text in texts]
    except ValueError:
        return []
    return found if len(found) == 4 and all(map(math.isfinite, found)) else []
