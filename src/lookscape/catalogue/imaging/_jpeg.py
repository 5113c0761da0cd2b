"""Noticing flipped bits in a JPEG. The format has no checksum, and libjpeg mends damage with grey without a word.

A Huffman stream that lost its place decodes to the wrong number of blocks: the picture is complete with data left over,
or the data ends before it is. So the decoder is fed in two steps: without the last byte of the scan it must not be
able to finish, and with it (and nothing after that it could mistake for an end) it must.

libjpeg reads up to eight bytes ahead, so a slip of less is not seen; nor is a flip that keeps the number of blocks,
which is most single flips (a coefficient is wrong, the rest goes on as it was).
"""

import io
from typing import Final

from PIL import ImageFile

from lookscape.errors import PhotoError

# What libjpeg must be able to read ahead (its 64-bit buffer) before it decodes the last block without an end marker.
_SPARE: Final = b"\0" * 8
_END: Final = b"\xff\xd9"

# Baseline and extended sequential, Huffman coded (ISO 10918-1, table B.1). The scans of a progressive file overlap in
# space, so the end of the last says nothing about the others.
_SEQUENTIAL: Final = (0xC0, 0xC1)
_STANDALONE: Final = (0x01, *range(0xD0, 0xD9))


def load(photo: ImageFile.ImageFile, data: bytes) -> None:
    """Decode a JPEG opened on `data`. Raises PhotoError when the picture does not end where its data ends."""
    end = _end_of_only_scan(data) if photo.format == "JPEG" else None
    if end is None:
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
        self.last = end - 1
        # Some encoders fill up before the end marker.
        while data[self.last] in {0x00, 0xFF}:
            self.last -= 1

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO, up to the next stop."""
        at = self.tell()
        if at == self._end:
            raise PhotoError("damaged JPEG: the data ends before the last row")
        room = (self.last if at < self.last else self._end) - at
        return super().read(room if size is None or size < 0 else min(size, room))


def _end_of_only_scan(data: bytes) -> int | None:
    """Where the end marker of a sequential one-scan JPEG stands; None for other kinds and for files without one."""
    at, num_components = 2, 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _SEQUENTIAL and at + 9 < len(data):
            num_components = data[at + 9]
        if marker == 0xDA:
            one_scan = num_components and at + 4 < len(data) and data[at + 4] == num_components
            end = data.find(_END, at + 2 + length)
            return end if one_scan and end > at + 2 + length else None
        at += 2 + length
    return None
