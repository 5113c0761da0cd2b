"""Noticing flipped bits in a JPEG. The format has no checksum, and libjpeg mends damage with grey without a word.

A Huffman stream that lost its place decodes to the wrong number of blocks: the picture is complete with data left over,
or the data ends before it is. So the decoder is fed in two steps: without the last byte of the scan it must not be
able to finish, and with it (and nothing after that it could mistake for an end) it must.

libjpeg reads up to eight bytes ahead, so a slip of less is not seen; nor is a flip that keeps the number of blocks,
which is most single flips (a coefficient is wrong, the rest goes on as it was).
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import cv2
import numpy as np
from PIL import ImageFile

from lookscape.catalogue.imaging._quiet import messages
from lookscape.errors import PhotoError, TooLargeError

# What libjpeg must be able to read ahead (its 64-bit buffer) before it decodes the last block without an end marker.
_SPARE: Final = b"\0" * 8
_END: Final = b"\xff\xd9"

# Baseline and extended sequential, Huffman coded (ISO 10918-1, table B.1). The scans of a progressive file overlap in
# space, so the end of the last says nothing about the others.
_SEQUENTIAL: Final = (0xC0, 0xC1)
_STANDALONE: Final = (0x01, *range(0xD0, 0xD9))
_START_OF_SCAN: Final = 0xDA
_FRAMES: Final = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))

MAX_SCANS: Final = 100
"""A JPEG may hold any number of scans, each a pass over all its pixels: a small file can take hours to decode. Encoders
write about ten.
"""

MAX_COEFFICIENTS: Final = 1_000_000_000
"""Bytes that libjpeg may take to hold a picture of several scans until it has them all, at whatever scale."""

# What ends a run of coded bytes: FF, but not FF 00 (a coded FF), fill bytes, or a restart (B.1.1.2).
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a JPEG says of its picture.

    `bits` are those of a sample; `samples` counts those of all components, each at its own resolution.
    """

    samples: int
    bits: int
    num_components: int
    progressive: bool


Head = tuple[Frame | None, int | None]
"""The frame header and where the first scan's header starts."""


def load(photo: ImageFile.ImageFile, data: bytes, head: Head) -> None:
    """Decode a JPEG opened on `data`. Raises PhotoError when the picture does not end where its data ends."""
    end = _end_of_only_scan(data, head)
    if end is None:
        if _lacks_end(data, head) and _has_all_scans(data, head):
            photo.fp = io.BytesIO(data.rstrip(b"\xff") + _END)
        photo.load()
        return
    file = photo.fp = _Steps(data, end=end)
    photo.load()
    if file.tell() == file.last:
        raise PhotoError("damaged JPEG: data left over after the last row")


class _Steps(io.BytesIO):
    """A one-scan JPEG whose reads stop before its last byte and again at its end, where there is no end marker."""

    def __init__(self, data: bytes, *, end: int) -> None:
        super().__init__(data[:end] + _SPARE)
        self._end = end + len(_SPARE)
        self._marked = end < len(data)
        # Some encoders fill up before the end marker.
        filled = data[max(0, end - 64) : end].rstrip(b"\0\xff")
        self.last = max(0, end - 64) + len(filled) - 1 if filled else len(data[:end].rstrip(b"\0\xff")) - 1

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO, up to the next stop."""
        at = self.tell()
        if at == self._end:
            if self._marked:
                raise PhotoError("damaged JPEG: the data ends before the last row")
            raise PhotoError("truncated: the file ends before the picture does")
        room = (self.last if at < self.last else self._end) - at
        return super().read(room if size is None or size < 0 else min(size, room))


def check(data: bytes) -> Head:
    """What stands before the first scan.

    Raises PhotoError for too many scans and for kinds that are not read, TooLargeError when holding the scans of a
    large picture takes too much. Only the first picture counts, not what a phone has put behind it or in its metadata.
    """
    if data.count(b"\xff\xda") > MAX_SCANS and _num_scans(data) > MAX_SCANS:
        raise PhotoError(f"more than {MAX_SCANS} scans in one JPEG")
    frame, start = head = _before_scan(data)
    _check_kind(data, frame)
    if frame is None or start is None or (not frame.progressive and data[start + 4] == frame.num_components):
        return head
    if 2 * frame.samples > MAX_COEFFICIENTS:
        raise TooLargeError(
            f"a JPEG of several scans takes {2 * frame.samples // 1_000_000:,} MB to decode, over the limit of "
            f"{MAX_COEFFICIENTS // 1_000_000:,} MB; save it as baseline"
        )
    return head


def _check_kind(data: bytes, frame: Frame | None) -> None:
    if frame is not None and frame.bits != 8:
        raise PhotoError(f"a JPEG of {frame.bits} bits, which cannot be read here; save it with 8 bits")
    if frame is None and b"\xff\xf7" in data[:65536]:
        raise PhotoError("JPEG-LS, which cannot be read here; save it as JPEG")


def _num_scans(data: bytes) -> int:
    """Scans up to the end marker, at most one more than MAX_SCANS."""
    return sum(1 for _ in islice(_scans(data), MAX_SCANS + 1))


def _scans(data: bytes) -> Iterator[bytes]:
    """The header of every scan up to the end marker; bytes that belong nowhere are passed over, as libjpeg does."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        if marker == _END[1]:
            return
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if marker == _START_OF_SCAN:
            yield data[at : at + length]
        at += length


def _end_of_only_scan(data: bytes, head: Head) -> int | None:
    """Where the coded data of a sequential one-scan JPEG ends, with or without an end marker; None for other kinds."""
    frame, start = head
    if frame is None or start is None or frame.progressive or data[start + 4] != frame.num_components:
        return None
    body = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
    end = data.find(_END, body)
    if end < 0:
        return len(data) if data[body:].strip(b"\0\xff") else None
    return end if end > body else None


def _lacks_end(data: bytes, head: Head) -> bool:
    """Whether no end marker follows the first scan."""
    _, start = head
    return start is not None and data.find(_END, start) < 0


def _has_all_scans(data: bytes, head: Head) -> bool:
    """Whether a JPEG of several scans without an end marker has them all, and the last one whole.

    libjpeg fills what is missing with zeros and only writes a warning, which Pillow drops. OpenCV passes it on.
    """
    frame, _ = head
    if frame is None or _missing(data, frame):
        return False
    with messages() as said:
        cv2.imdecode(np.frombuffer(data.rstrip(b"\xff") + _END, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    return not said


def _missing(data: bytes, frame: Frame) -> bool:
    """Whether some of the 64 coefficients of a component have not come to their last bit (B.2.3, table B.3)."""
    have: set[tuple[int, int]] = set()
    for scan in islice(_scans(data), MAX_SCANS):
        count = scan[2] if len(scan) > 2 else 0
        if len(scan) < 6 + 2 * count:
            return True
        first, last, bits = scan[3 + 2 * count : 6 + 2 * count]
        if not bits & 15:
            have |= {(scan[3 + 2 * at], place) for at in range(count) for place in range(first, last + 1)}
    return len(have) < 64 * frame.num_components


def _before_scan(data: bytes) -> Head:
    """The frame header and where the first scan's header starts; None for a kind that is neither, or not there."""
    at, frame = 2, None
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            frame = _frame(data[at : at + 2 + length])
        if marker == _START_OF_SCAN:
            return frame, at if at + 4 < len(data) else None
        at += 2 + length
    return frame, None


def _frame(segment: bytes) -> Frame | None:
    """Precision, height, width and the sampling factors of every component (B.2.2)."""
    if len(segment) < 10 or len(segment) < 10 + 3 * segment[9]:
        return None
    height, width = int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[7:9], "big")
    factors = [(segment[at] >> 4, segment[at] & 15) for at in range(11, 10 + 3 * segment[9], 3)]
    across = max((horizontal for horizontal, _ in factors), default=1) or 1
    down = max((vertical for _, vertical in factors), default=1) or 1
    samples = sum(width * horizontal // across * (height * vertical // down) for horizontal, vertical in factors)
    return Frame(samples=samples, bits=segment[4], num_components=segment[9], progressive=segment[1] not in _SEQUENTIAL)
