"""Noticing flipped bits in a JPEG. The format has no checksum, and libjpeg mends damage with grey without a word.

A Huffman stream that lost its place decodes to the wrong number of blocks: the picture is complete too early, with data
left over, or the data ends too early. So the decoder is fed in steps and the last row of pixels, which starts as noise
no photo has, is looked at in between: it must still be noise before the last bytes went in, and a picture after.

libjpeg reads up to eight bytes ahead, so a slip of less is not seen; nor is a flip that keeps the number of blocks.
"""

import io
import random
from typing import Final

from PIL import Image, ImageFile

from lookscape.errors import PhotoError

# Bytes libjpeg must be able to read ahead (its 64-bit buffer) before it decodes the last block without an end marker.
_SPARE: Final = b"\0" * 8
_END: Final = b"\xff\xd9"
_NOISE: Final = random.Random(0).randbytes(4096)  # noqa: S311 - no secret, only unlike any photo

# Baseline and extended sequential, Huffman coded (ISO 10918-1, table B.1). The scans of a progressive file overlap in
# space, so no row tells where it stopped.
_SEQUENTIAL = (0xC0, 0xC1)
_STANDALONE = (0x01, *range(0xD0, 0xD9))


def watch(photo: ImageFile.ImageFile, data: bytes) -> None:
    """Make `photo.load()` raise PhotoError when the picture does not end where its data ends.

    `photo` is a JPEG opened on `data`, not loaded, draft mode already set. Other than one-scan files are left alone.
    """
    end = _end_of_only_scan(data)
    if end is not None and photo.format == "JPEG":
        photo.fp = _WatchedFile(data, end=end, photo=photo)


class _WatchedFile(io.BytesIO):
    """The file a photo is decoded from, handed out up to the next place where its last row is worth a look."""

    def __init__(self, data: bytes, *, end: int, photo: ImageFile.ImageFile) -> None:
        super().__init__(b"".join((data[:end], _SPARE, _END)))
        last = end - 1
        # Some encoders fill up before the end marker.
        while data[last] in {0x00, 0xFF}:
            last -= 1
        self._last, self._spare_end = last, end + len(_SPARE)
        width, height = photo.size
        self._row = (0, height - 1, width, height)
        num_bytes = width * len(photo.getbands())
        self._noise = (_NOISE * (num_bytes // len(_NOISE) + 1))[:num_bytes]
        self._canvas = Image.new(photo.mode, photo.size)
        self._canvas.paste(Image.frombytes(photo.mode, (width, 1), self._noise), self._row)
        photo.im = self._canvas.im

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO, but no read goes over a place to look at."""
        at = self.tell()
        if at == self._last and self._is_drawn():
            raise PhotoError("damaged JPEG: data left over after the last row")
        if at == self._spare_end and not self._is_drawn():
            raise PhotoError("damaged JPEG: the data ends before the last row")
        room = next((stop - at for stop in (self._last, self._spare_end) if stop > at), len(_END))
        return super().read(room if size is None or size < 0 else min(size, room))

    def _is_drawn(self) -> bool:
        return self._canvas.crop(self._row).tobytes() != self._noise


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
