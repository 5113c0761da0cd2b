"""Boxes in a table: the part of a photo file that shows the product. It is cut out as the file is read.

    bbox                      x, y, width, height, a list or text (COCO, https://cocodataset.org/#format-data)
    x_1, y_1, x_2, y_2        left, top, right, bottom (DeepFashion: Liu et al., CVPR 2016)
    xmin, ymin, xmax, ymax    the same (Pascal VOC)

All in pixels of the upright photo. The photo in the catalogue is the part, so that one file may show several products;
the file stays as it is, and its path in the catalogue names the box. A row without numbers has no box.
"""

import math
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import partial

from lookscape.catalogue.source import read_file
from lookscape.errors import PhotoError

COCO = "bbox"
CORNERS = (("x_1", "y_1", "x_2", "y_2"), ("xmin", "ymin", "xmax", "ymax"))

LARGEST = 4096
"""Side of the part that is passed on, pixels: the largest that a catalogue can store."""

_NUMBER = re.compile(r"[^\s,;\[\]()]+")


@dataclass(frozen=True, kw_only=True)
class Box:
    """Left, top, right and bottom in whole pixels; right and bottom lie outside. Not yet compared with any photo."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def text(self) -> str:
        """As it stands behind the file's path."""
        return f"[{self.left}, {self.top}, {self.right}, {self.bottom}]"


def take_box(values: MutableMapping[str, str]) -> Box | None:
    """Take the box's columns out of a row, in whatever case; columns that are no numbers stay attributes."""
    names = {name.lower(): name for name in values}
    if COCO in names and (numbers := _numbers(*_NUMBER.findall(values[names[COCO]]))):
        del values[names[COCO]]
        left, top, width, height = numbers
        return _around(left, top, left + width, top + height)
    for columns in CORNERS:
        if all(column in names for column in columns):
            numbers = _numbers(*(values[names[column]] for column in columns))
            if numbers:
                for column in columns:
                    del values[names[column]]
                return _around(*numbers)
    return None


def reader(path: str, box: Box | None) -> Callable[[], bytes]:
    """How ingest's processes get a photo's bytes: the file's own, or the part in the box as a file of its own."""
    return partial(read_file, path) if box is None else partial(read_part, path, box)


def named(path: str, box: Box | None) -> str:
    """A file's path, with its box if it has one: two products in one file are two photos."""
    return path if box is None else f"{path} {box.text}"


def read_part(path: str, box: Box) -> bytes:
    """The part as an uncompressed BMP, the same bytes for the same file and box.

    Raises PhotoError when the file is no photo or the box holds nothing of it, OSError when it cannot be read.
    """
    import cv2

    from lookscape.catalogue import imaging

    photo = imaging.decode(read_file(path))
    left, top = max(0, box.left), max(0, box.top)
    right, bottom = min(photo.width, box.right), min(photo.height, box.bottom)
    if left >= right or top >= bottom:
        raise PhotoError(f"its box {box.text} contains none of its {photo.width} x {photo.height} pixels")
    rows, columns = (size / whole for size, whole in zip(photo.pixels.shape, (photo.height, photo.width), strict=False))
    top, bottom = int(top * rows), max(math.ceil(bottom * rows), int(top * rows) + 1)
    left, right = int(left * columns), max(math.ceil(right * columns), int(left * columns) + 1)
    part = imaging.shrunk(photo.pixels[top:bottom, left:right], side=LARGEST)
    _, encoded = cv2.imencode(".bmp", cv2.cvtColor(part, cv2.COLOR_RGB2BGR))
    return bytes(encoded)


def _around(left: float, top: float, right: float, bottom: float) -> Box:
    """Every pixel that is touched."""
    return Box(left=math.floor(left), top=math.floor(top), right=math.ceil(right), bottom=math.ceil(bottom))


def _numbers(*texts: str) -> list[float]:
    """Four finite numbers, or nothing."""
    try:
        found = [float(text) for text in texts]
    except ValueError:
        return []
    return found if len(found) == 4 and all(map(math.isfinite, found)) else []
