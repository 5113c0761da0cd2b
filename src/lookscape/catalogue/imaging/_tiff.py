"""Which picture of a TIFF is the photo, and the kinds that Pillow cannot read or reads in wrong colours.

A TIFF is a chain of directories, each with directories below it (TIFF 6.0; Adobe's technical note of 1995 on SubIFDs):
a thumbnail may come first, masks may be among them. tifffile walks them; Pillow decodes the one that is the photo, and
where it cannot, tifffile does: planes of more than 8 bits (Pillow 13 gives wrong colours), floating point colours,
16-bit greys whose white is 0 (Pillow leaves them inverted), signed values, more than four inks, CMYK with transparency.
"""

import io
import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

from lookscape.catalogue.imaging import _raw
from lookscape.catalogue.imaging._arrays import image_of
from lookscape.catalogue.imaging._header import MAX_MEMORY, check_pixels
from lookscape.catalogue.imaging._undone import as_orientation
from lookscape.errors import PhotoError, TooLargeError

_MOST_PAGES = 256
_DEEPEST = 3
_REDUCED, _MASK, _ORIENTATION, _PROFILE = 1, 4, 274, 34675
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _INKS = 0, 1, 2, 5
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _INKS: 4}
_NAMES = {3: "palette", 4: "mask", 6: "YCbCr", 8: "CIELAB", 9: "ICCLAB", 10: "ITULAB", 32844: "LogL", 32845: "LogLuv"}
_SEPARATE = 2
_SIGNED, _FLOAT = 2, 3
# What unpacks to bytes, never to more than the picture has: none, LZW, deflate, PackBits, LZMA, Zstandard.
_PACKINGS = {1, 5, 8, 32773, 32946, 34925, 34926, 50000}
_NOT_FOR_PILLOW = {34927, 50001}
_ASSOCIATED, _UNASSOCIATED = 1, 2


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The page that is the photo, and what the first page says where the photo's own says nothing."""

    page: Any
    first: Any
    raw: str | None

    @property
    def orientation(self) -> int:
        """The EXIF value, 1 to 8."""
        return as_orientation(self._said(_ORIENTATION))

    @property
    def turns_itself(self) -> bool:
        """Whether the page has an orientation of its own, which Pillow heeds as it decodes."""
        return self.page.tags.get(_ORIENTATION) is not None

    @property
    def profile(self) -> bytes | None:
        """An ICC profile."""
        value = self._said(_PROFILE)
        return value if isinstance(value, bytes) and value else None

    def _said(self, code: int) -> Any:
        for page in (self.page, self.first):
            tag = page.tags.get(code)
            if tag is not None:
                return tag.value
        return None


def choose(data: bytes) -> Chosen | None:
    """The largest picture that is no mask, of equals the first; None where there is no directory that can be read.

    Raises PhotoError where the first is a thumbnail or a RAW's and one of the others cannot be read.
    """
    try:
        import tifffile

        logging.getLogger("tifffile").addHandler(logging.NullHandler())
        file = tifffile.TiffFile(io.BytesIO(data))
        first: Any = file.pages[0]
    except Exception:  # a damaged directory raises whatever the parser stumbles over; Pillow finds words for it
        return None
    pages, whole = _pages(file.pages)
    raw = _raw_kind(first, pages)
    if not whole and (raw or first.subifds or first.subfiletype & _REDUCED):
        raise PhotoError("truncated or damaged: the larger picture in the file cannot be found")
    pictures = [page for page in pages if page.imagewidth and page.imagelength] or [first]
    photos = [page for page in pictures if not page.subfiletype & _MASK and page.photometric != _MASK] or pictures
    best = max(photos, key=lambda page: page.imagewidth * page.imagelength)
    return Chosen(page=best, first=first, raw=raw)


def _pages(given: Any) -> tuple[list[Any], bool]:
    """The directories, and whether all could be read."""
    pages = []
    try:
        for page in islice(_walk(given), _MOST_PAGES):
            pages.append(page)
    except Exception:  # as above; what was read before the damage is kept
        return pages, False
    return pages, True


def with_first(data: bytes, offset: int) -> bytes:
    """The file with another directory in the first one's place: its header says where that lies."""
    order = "<" if data[:2] == b"II" else ">"
    if data[2:4] in {b"+\0", b"\0+"}:  # BigTIFF
        return data[:8] + struct.pack(order + "Q", offset) + data[16:]
    return data[:4] + struct.pack(order + "I", offset) + data[8:]


def is_for_pillow(page: Any) -> bool:
    """Whether Pillow reads this kind, and in its true colours."""
    bits, samples, ink = _bits(page), page.samplesperpixel, page.photometric
    if page.compression in _NOT_FOR_PILLOW or (page.sampleformat == _SIGNED and bits < 32):
        return False
    if samples == 2 and page.planarconfig == _SEPARATE:
        return False
    if bits <= 8:
        return not (ink == _INKS and samples > 4)
    if samples == 1:
        return ink == _BLACK_IS_ZERO and (bits == 16 or (bits == 32 and page.sampleformat != 1))
    return bits == 16 and page.sampleformat == 1 and page.planarconfig != _SEPARATE and ink in {_RGB, _INKS}


def image(page: Any, data: bytes, *, max_side: int | None) -> Image.Image:
    """The page's pixels by tifffile, as bytes. Raises PhotoError or TooLargeError."""
    colours, samples = _COLOURS.get(page.photometric), page.samplesperpixel
    if colours is None or samples < colours or page.imagedepth > 1:
        raise PhotoError(f"{_kind(page)}, which cannot be read here; save it as RGB of 8 or 16 bits")
    if page.compression not in _PACKINGS:
        packing = getattr(page.compression, "name", page.compression)
        raise PhotoError(f"{_kind(page)} packed as {packing}, which cannot be read here; save it with LZW or deflate")
    for width, height in ((page.imagewidth, page.imagelength), (page.tilewidth, page.tilelength)):
        check_pixels(width, height, photo_format="TIFF")
    if page.imagewidth * page.imagelength * samples * _bits(page) // 8 > MAX_MEMORY:
        raise TooLargeError(
            f"{page.imagewidth} x {page.imagelength} pixels of {samples} x {_bits(page)} bits take more than the limit "
            f"of {MAX_MEMORY // 1_000_000} MB"
        )
    _check_whole(page, data)
    try:
        values = page.asarray(maxworkers=1)
    except (ValueError, KeyError, NotImplementedError, RuntimeError) as error:
        raise PhotoError(f"{_kind(page)} that is damaged or packed in a way that cannot be read here") from error
    pixels = _rows(values, page)
    extra = tuple(page.extrasamples or ())
    alpha = next((place for place, kind in enumerate(extra) if kind in {_ASSOCIATED, _UNASSOCIATED}), None)
    if alpha is None:
        pixels = pixels[:, :, :colours]
    elif alpha:
        pixels = np.concatenate([pixels[:, :, :colours], pixels[:, :, [colours + alpha]]], axis=2)
    return image_of(
        pixels,
        colours=colours,
        white=_white(pixels, page),
        max_side=max_side,
        premultiplied=alpha is not None and extra[alpha] == _ASSOCIATED,
        inverted=page.photometric == _WHITE_IS_ZERO,
    )


def _walk(pages: Any, depth: int = 0) -> Iterator[Any]:
    for page in pages:
        yield page
        if depth < _DEEPEST and page.subifds:
            yield from _walk(page.pages, depth + 1)


def _raw_kind(first: Any, pages: list[Any]) -> str | None:
    """Whose camera RAW this is, None for a TIFF."""
    if _raw.DNG_VERSION in first.tags:
        return "DNG"
    if any(page.photometric in _raw.MOSAICS or page.compression in _raw.COMPRESSIONS for page in pages):
        return _raw.raw_kind_of_maker(str(first.tags.valueof(271) or ""))
    return None


def _bits(page: Any) -> int:
    """Of the deepest sample."""
    bits = page.bitspersample
    return int(bits if isinstance(bits, int) else max(bits))


def _check_whole(page: Any, data: bytes) -> None:
    """Tifffile fills what is missing with zeros."""
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        if not offset or not count or offset + count > len(data):
            raise PhotoError("truncated: the file ends before the picture does")


def _rows(values: Any, page: Any) -> Any:
    """H x W x C, of pixels side by side or of planes."""
    height, width, samples = page.imagelength, page.imagewidth, page.samplesperpixel
    if page.planarconfig == _SEPARATE and samples > 1:
        return values.reshape(samples, height, width).transpose(1, 2, 0)
    return values.reshape(height, width, samples)


def _white(pixels: Any, page: Any) -> float:
    """The value of white: all bits of up to 16; of 32 and of floats the least usual one that holds the largest."""
    bits = _bits(page)
    if page.sampleformat != _FLOAT:
        bits -= page.sampleformat == _SIGNED
        if bits <= 16:
            return float(2**bits - 1)
    usual = (1.0, 255.0, 65535.0) if page.sampleformat == _FLOAT else (255.0, 65535.0, 2.0**bits - 1)
    brightest = max(float(np.max(row, where=np.isfinite(row), initial=0)) for row in pixels[:, :, :4])
    return next((level for level in usual if brightest <= level), brightest)


def _kind(page: Any) -> str:
    name = {_RGB: "RGB", _INKS: "CMYK"}.get(page.photometric, _NAMES.get(page.photometric, "grey"))
    form = "floating point " if page.sampleformat == _FLOAT else ""
    article = "an" if not form and name in {"RGB", "ICCLAB", "ITULAB"} else "a"
    return f"{article} {form}{name} TIFF of {page.samplesperpixel} x {_bits(page)} bits"
