"""JPEG XL by libjxl. Its size is read here first, for the library decodes the whole picture as it opens it.

A picture that was made from a JPEG without loss is turned into that JPEG again and read as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lookscape.catalogue.imaging._arrays import image_of
from lookscape.catalogue.imaging._colour import is_linear_srgb
from lookscape.catalogue.imaging._header import check_pixels
from lookscape.catalogue.imaging._undone import Raw, orientation_of
from lookscape.errors import PhotoError

# Width over height (ISO 18181-1, table of the field ratio in SizeHeader).
_RATIOS = ((1, 1), (1, 1), (6, 5), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_DEPTHS = {1: "u1", 2: "<u2", 4: "<f4"}
_WHITES = {"u1": 255.0, "u2": 65535.0, "f2": 1.0, "f4": 1.0}
_TIFF_HEADS = (b"II*\0", b"MM\0*")


@dataclass(frozen=True, kw_only=True)
class Header:
    """Width and height as stored, the orientation as in EXIF, 1 to 8, and whether the picture moves."""

    width: int
    height: int
    orientation: int
    moves: bool


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A JPEG that the picture was made from, or the picture."""

    jpeg: bytes | None = None
    raw: Raw | None = None


def decode(data: bytes, *, max_side: int | None) -> Decoded:
    """The first frame. Raises PhotoError or TooLargeError."""
    head = header(data)
    check_pixels(head.width, head.height, photo_format="JXL")
    decoder = _decoder()
    try:
        is_jpeg, info, pixels, profile, boxes = decoder(data)
    except Exception as error:  # its words are for those who build it
        raise PhotoError("damaged JPEG XL: the picture data cannot be decoded") from error
    if is_jpeg:
        return Decoded(jpeg=bytes(pixels))
    colours = 1 if info.num_channels < 3 else 3
    # Deep pictures are often light itself, whose shadows are lost in the bytes that the decoder makes of colours.
    linear = colours == 3 and is_linear_srgb(bytes(profile))
    values = _first_frame(data) if head.moves or linear else _values(info, pixels)
    white = _WHITES[values.dtype.str[1:]]
    image = image_of(values, colours=colours, white=white, max_side=max_side, linear=linear)
    # The decoder has turned the picture as its header says, and the header outranks EXIF (ISO 18181-2). Writers that
    # leave the header alone mean EXIF.
    orientation = _exif_orientation(boxes) if head.orientation == 1 else 1
    raw = Raw(image=image, width=info.width, height=info.height, format="JXL")
    raw = raw if linear else replace(raw, profile=bytes(profile) or None)
    return Decoded(raw=raw.turned(orientation))


def header(data: bytes) -> Header:
    """What a codestream begins with: SizeHeader and the first fields of ImageMetadata (ISO 18181-1, 9.2 and D.2)."""
    bits = _Bits(_codestream(data))
    width, height = _size(bits)
    plain = bits.take(1)
    if plain or not bits.take(1):
        return Header(width=width, height=height, orientation=1, moves=False)
    orientation = 1 + bits.take(3)
    if bits.take(1):  # the size it is meant to be shown at
        _size(bits)
    has_preview = bits.take(1)
    return Header(width=width, height=height, orientation=orientation, moves=not has_preview and bool(bits.take(1)))


def _values(info: Any, pixels: bytes) -> Any:
    """H x W x C of what the decoder gives."""
    channels = info.num_channels + info.has_alpha_channel
    depth = "<f2" if info.mode.endswith("F;16") else _DEPTHS[len(pixels) // (info.width * info.height * channels)]
    return np.frombuffer(pixels, depth).reshape(info.height, info.width, channels)


def _first_frame(data: bytes) -> Any:
    """H x W x C in full depth; of a picture that moves pillow-jxl-plugin 1.3.8 gives the last frame."""
    import imagecodecs

    values = imagecodecs.jpegxl_decode(data, index=0, numthreads=1)
    return values.reshape(*values.shape[:2], -1)


def _size(bits: "_Bits") -> tuple[int, int]:
    """Width and height (SizeHeader)."""
    small = bits.take(1)
    height = 8 * (bits.take(5) + 1) if small else bits.size()
    ratio = bits.take(3)
    if ratio:
        return height * _RATIOS[ratio][0] // _RATIOS[ratio][1], height
    return 8 * (bits.take(5) + 1) if small else bits.size(), height


class _Bits:
    """Bits from the lowest up."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data[:32], "little")
        self._left = 8 * min(len(data), 32)

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise PhotoError("damaged JPEG XL: the header cannot be read")
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        return value

    def size(self) -> int:
        return 1 + self.take((9, 13, 18, 30)[self.take(2)])


def _codestream(data: bytes) -> bytes:
    """The first bytes of the codestream behind its magic, bare or in a container of boxes."""
    if data[:2] == b"\xff\x0a":
        return data[2:64]
    for name, body in boxes_of(data):
        if name in {b"jxlc", b"jxlp"}:
            stream = data[body + (4 if name == b"jxlp" else 0) :][:64]
            if stream[:2] == b"\xff\x0a":
                return stream[2:]
            break
    raise PhotoError("damaged JPEG XL: the header cannot be read")


def boxes_of(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Name and start of every top-level box (ISO 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        length, start = int.from_bytes(data[at : at + 4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        yield data[at + 4 : at + 8], start
        if length < start - at:
            return
        at += length


def _exif_orientation(boxes: Any) -> int:
    for box in boxes:
        if box.box_type == b"Exif":
            record = bytes(box.data)
            if record[:4] not in _TIFF_HEADS:  # four bytes say where the record starts; some writers leave them out
                record = record[4 + int.from_bytes(record[:4], "big") :]
            return orientation_of(b"Exif\0\0" + record)
    return 1


def _decoder() -> Any:
    try:
        from pillow_jxl import Decoder
    except ImportError:
        raise PhotoError("a JPEG XL photo, which is read only where pillow-jxl-plugin is installed") from None
    return Decoder(num_threads=0)
