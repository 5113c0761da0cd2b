"""Is the file all there? Checks of the containers that the decoders leave out, so that half a photo is not one.

Pillow stops reading a PNG, GIF or WebP as soon as it has its pixels, and skips the checksums of PNG picture data.
"""

import struct
import zlib
from collections.abc import Callable

from lookscape.errors import PhotoError


def check_whole(data: bytes, *, photo_format: str) -> None:
    """Raise PhotoError when the container ends too early or its checksums do not fit."""
    check = _CHECKS.get(photo_format)
    if check is None:
        return
    try:
        check(data)
    except (IndexError, struct.error) as error:
        raise _truncated() from error


def _truncated() -> PhotoError:
    return PhotoError("truncated: the file ends before the picture does")


def _png(data: bytes) -> None:
    """Chunks are length, name, body, CRC-32 of name and body (PNG specification, 5.3)."""
    view, at = memoryview(data), 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        (checksum,) = struct.unpack_from(">I", data, end)
        # An upper-case first letter marks what a decoder cannot do without; damage elsewhere harms no pixel.
        if name[:1].isupper() and zlib.crc32(view[at + 4 : end]) != checksum:
            raise PhotoError(f"damaged PNG: wrong checksum at byte {at}")
        if name == b"IEND":
            return
        at = end + 4


def _gif(data: bytes) -> None:
    """Colour tables, then blocks up to the trailer 0x3B (GIF89a specification, appendix B)."""
    at = 13 + _colour_table(data[10])
    while (introducer := data[at]) != 0x3B:
        if introducer == 0x21:
            at += 2
        elif introducer == 0x2C:
            at += 11 + _colour_table(data[at + 9])
        else:
            raise PhotoError(f"damaged GIF: unknown block at byte {at}")
        while length := data[at]:
            at += 1 + length
        at += 1


def _colour_table(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _webp(data: bytes) -> None:
    """The RIFF header says how long the file is (RFC 9649, 2.4)."""
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data):
        raise _truncated()


def _jxl(data: bytes) -> None:
    """A container of boxes; a bare codestream does not say how long it is."""
    at = 0
    while data[:1] == b"\0" and data[at + 4 : at + 8] in _JXL_BOXES:
        (length,) = struct.unpack_from(">I", data, at)
        if length == 0:
            return
        if at + length > len(data):
            raise _truncated()
        at += max(length, 8)


def _boxes(data: bytes) -> None:
    """Top-level boxes are length and name; 0 means up to the end, 1 a 64-bit length (ISO 14496-12, 4.2).

    What phones put behind the picture in a form of their own is no damage.
    """
    at, have = 0, set[bytes]()
    while at < len(data):
        if have >= _PICTURE and data[at + 4 : at + 8] not in _PICTURE:
            return
        (length,) = struct.unpack_from(">I", data, at)
        have.add(data[at + 4 : at + 8])
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if length == 0:
            return
        if length < 8 or at + length > len(data):
            raise _truncated()
        at += length


_PICTURE = {b"meta", b"mdat"}
_JXL_BOXES = {b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp", b"jbrd"}
_CHECKS: dict[str, Callable[[bytes], None]] = {
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "AVIF": _boxes,
    "HEIF": _boxes,
    "JXL": _jxl,
}
