"""PNG without what a photo does not need: Pillow refuses files whose texts or profile unpack to more than a megabyte,
and those whose lesser chunks are malformed, though no pixel depends on them.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lookscape.catalogue.imaging._undone import Cicp

MAX_PROFILE = 4_000_000
"""Bytes of an ICC profile, unpacked. Those of printers have one to three million; a larger one counts as none."""

# Pillow looks for an orientation in eXIf and in texts; all texts together may unpack to so much.
_MAX_TEXT = 1_000_000
_MAX_TEXTS = 8_000_000
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}


@dataclass(frozen=True, kw_only=True)
class Stripped:
    """The same picture as a PNG of few chunks, its ICC profile and its chunk cICP."""

    data: bytes
    profile: bytes | None
    cicp: Cicp | None


def stripped(data: bytes) -> Stripped:
    """Leave out what no pixel and no orientation depends on. `data` is whole: see `_whole`."""
    kept, profile, cicp, texts = [data[:8]], None, None, 0
    for name, start, end in _chunks(data):
        body = data[start + 8 : end - 4]
        if name == b"iCCP":
            profile = profile or _profile(body)
        elif name == b"cICP" and len(body) == 4:
            cicp = Cicp(primaries=body[0], transfer=body[1])
        elif name in _TEXTS:
            size = _text_size(name, body, most=min(_MAX_TEXT, _MAX_TEXTS - texts))
            texts += size or 0
            if size:
                kept.append(data[start:end])
        elif name == b"tRNS":
            kept.append(_clear(body, depth=data[24], colour=data[25]))
        elif name[:1].isupper() or (name == b"eXIf" and _is_sound(name, body, data[end - 4 : end])):
            kept.append(data[start:end])
    return Stripped(data=b"".join(kept), profile=profile, cicp=cicp)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of every chunk up to IEND (PNG specification, 5.3)."""
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, at, at + 12 + length
        if name == b"IEND":
            return
        at += 12 + length


def _is_sound(name: bytes, body: bytes, checksum: bytes) -> bool:
    return zlib.crc32(name + body).to_bytes(4, "big") == checksum and len(body) <= _MAX_TEXT


def _clear(body: bytes, *, depth: int, colour: int) -> bytes:
    """The chunk tRNS; Pillow compares a grey of 2 or 4 bits with pixels that it has scaled to 8."""
    if colour == 0 and depth in {2, 4} and len(body) == 2:
        body = ((int.from_bytes(body, "big") & (2**depth - 1)) * 255 // (2**depth - 1)).to_bytes(2, "big")
    return struct.pack(">I", len(body)) + b"tRNS" + body + struct.pack(">I", zlib.crc32(b"tRNS" + body))


def _profile(body: bytes) -> bytes | None:
    """Name, a zero, method 0, packed profile (11.3.2.3)."""
    return _unpacked(body[body.find(b"\0") + 2 :], most=MAX_PROFILE)


def _text_size(name: bytes, body: bytes, *, most: int) -> int | None:
    """Bytes of a text once unpacked; None for more than `most` and for what cannot be unpacked."""
    packed = body
    key = body.find(b"\0")
    if name == b"iTXt" and body[key + 1 : key + 2] == b"\1":
        packed = body[body.find(b"\0", body.find(b"\0", key + 3) + 1) + 1 :]
    elif name == b"zTXt":
        if body[key + 1 : key + 2] != b"\0":
            return None
        packed = body[key + 2 :]
    else:
        return len(body) if len(body) < most else None
    unpacked = _unpacked(packed, most=most) if most > 0 else None
    return None if unpacked is None else len(unpacked) + 1


def _unpacked(packed: bytes, *, most: int) -> bytes | None:
    try:
        engine = zlib.decompressobj()
        found = engine.decompress(packed, most)
    except zlib.error:
        return None
    return found if engine.eof else None
