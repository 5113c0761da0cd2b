"""A WebP that does not move, by OpenCV: it takes a third of the memory that Pillow's animation decoder takes."""

import struct
from collections.abc import Iterator

import cv2
import numpy as np

from lookscape.catalogue.imaging._arrays import image_of, rgb_of
from lookscape.catalogue.imaging._undone import Raw, orientation_of
from lookscape.errors import PhotoError


def read(data: bytes, *, max_side: int | None) -> Raw:
    """The picture, its transparency on white. Raises PhotoError."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise PhotoError("damaged WEBP: the picture data cannot be decoded")
    chunks = dict(_chunks(data))
    height, width = found.shape[:2]
    image = image_of(rgb_of(np.asarray(found, np.uint8)), colours=3, max_side=max_side)
    raw = Raw(image=image, width=width, height=height, format="WEBP", profile=chunks.get(b"ICCP") or None)
    return raw.turned(orientation_of(chunks.get(b"EXIF", b"")))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and bodies of the small ones: name, length, body, padded to an even length (RFC 9649, 2.3)."""
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name in {b"EXIF", b"ICCP"}:
            yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
