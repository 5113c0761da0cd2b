"""Reading a photo file, or the part of it in a box as a file of its own."""

import math
from collections.abc import Callable
from functools import partial

from lookscape.catalogue.source import read_file
from lookscape.catalogue.tables.boxes import Box
from lookscape.errors import PhotoError

LARGEST = 4096
"""Side of the part that is passed on, pixels: the largest that a catalogue can store."""


def reader(path: str, box: Box | None) -> Callable[[], bytes]:
    """How ingest's processes get a photo's bytes: the file's own, or the part in the box."""
    return partial(read_file, path) if box is None else part_of(partial(read_file, path), box)


def part_of(load: Callable[[], bytes], box: Box | None) -> Callable[[], bytes]:
    """The same with a box cut out."""
    return load if box is None else partial(read_part, load, box)


def named(path: str, box: Box | None) -> str:
    """A file's path, with its box if it has one: two products in one file are two photos."""
    return path if box is None else f"{path} {box.text}"


def read_part(load: Callable[[], bytes], box: Box) -> bytes:
    """The part as an uncompressed BMP, the same bytes for the same file and box.

    Raises PhotoError when the file is no photo or the box holds nothing of it, OSError when it cannot be read.
    """
    import cv2

    from lookscape.catalogue import imaging

    photo = imaging.decode(load())
    left, top, right, bottom = box.within(photo.width, photo.height)
    if left >= right or top >= bottom:
        raise PhotoError(f"its box {box.text} contains none of its {photo.width} x {photo.height} pixels")
    rows, columns = (size / whole for size, whole in zip(photo.pixels.shape, (photo.height, photo.width), strict=False))
    top, bottom = int(top * rows), max(math.ceil(bottom * rows), int(top * rows) + 1)
    left, right = int(left * columns), max(math.ceil(right * columns), int(left * columns) + 1)
    part = imaging.shrunk(photo.pixels[top:bottom, left:right], side=LARGEST)
    _, encoded = cv2.imencode(".bmp", cv2.cvtColor(part, cv2.COLOR_RGB2BGR))
    return bytes(encoded)
