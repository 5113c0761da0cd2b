"""Opening and decoding foreign bytes, so that nothing but PhotoError and TooLargeError comes out."""

import io
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from PIL import ExifTags, Image, ImageFile, JpegImagePlugin, TiffImagePlugin, UnidentifiedImageError

from lookscape.catalogue.imaging import _heif, _jpeg, _jxl, _png, _raw, _tiff, _webp
from lookscape.catalogue.imaging._arrays import image_of
from lookscape.catalogue.imaging._hdr import is_high_range
from lookscape.catalogue.imaging._header import (
    MAX_PIXELS,
    check_before_opening,
    check_pixels,
    is_animated_webp,
    pixel_limit,
    sniff,
    webp_size,
)
from lookscape.catalogue.imaging._quiet import no_messages, no_pillow_warnings
from lookscape.catalogue.imaging._undone import Raw, as_orientation
from lookscape.catalogue.imaging._whole import check_whole
from lookscape.errors import LookscapeError, PhotoError, TooLargeError

_TILE_WIDTH, _TILE_LENGTH = 322, 323
_HEAD = 64
_HEADERS = {"JPEG", "PNG", "GIF", "WEBP", "AVIF"}


def read(data: bytes, *, max_side: int | None = None) -> Raw:
    """Decode the photo in `data`, the first or primary picture, the largest of a TIFF.

    A JPEG is read at half, quarter or eighth size if that still fills `max_side`, or if more takes too much memory;
    other kinds may be shrunk to no less than `max_side`. Raises PhotoError or TooLargeError.
    """
    photo_format = sniff(data)
    with decoding(photo_format):
        check_before_opening(data, photo_format=photo_format)
        check_whole(data, photo_format=photo_format)
        return _READERS.get(photo_format, _plain)(data, photo_format, max_side)


def size_of(path: str) -> tuple[int, int] | None:
    """Width and height as the header of a JPEG, PNG, GIF, WebP or AVIF says them; None for what has none or no such.

    Raises OSError when the file cannot be read.
    """
    with open(path, "rb") as file:
        try:
            photo_format = sniff(file.read(_HEAD))
            file.seek(0)
            with decoding(photo_format):
                return Image.open(file, formats=(photo_format,)).size if photo_format in _HEADERS else None
        except LookscapeError:
            return None


def fit(width: int, height: int, *, side: int) -> tuple[int, int]:
    """The size with its longer side at most `side`, same shape, never larger than it was."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _plain(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    """By Pillow alone: GIF, BMP, and what the others leave to it."""
    photo = Image.open(io.BytesIO(data), formats=(photo_format,))
    check_pixels(*photo.size, photo_format=photo_format)
    photo.load()
    return _raw_of(photo, photo_format)


def _read_jpeg(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    """At the scale that is needed, and no larger than memory allows."""
    head = _jpeg.check(data)
    # Image.open would look for further pictures, and refuse by the size in the file.
    photo = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    size = photo.size
    wanted = fit(*size, side=max_side or max(size))
    while wanted[0] * wanted[1] > MAX_PIXELS:
        wanted = (max(1, wanted[0] // 2), max(1, wanted[1] // 2))
    photo.draft(None, wanted)
    check_pixels(*photo.size, photo_format=photo_format)
    _jpeg.load(photo, data, head)
    return _raw_of(photo, photo_format, size=size)


def _read_png(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    stripped = _png.stripped(data)
    raw = _plain(stripped.data, photo_format, max_side)
    return replace(raw, profile=stripped.profile, cicp=stripped.cicp)


def _read_webp(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    """Those that move, and small ones, by Pillow; it would take too much memory for large ones."""
    width, height = webp_size(data)
    if is_animated_webp(data) or width * height <= pixel_limit("ANIMATED WEBP"):
        return _plain(data, photo_format, max_side)
    return _webp.read(data, max_side=max_side)


def _read_avif(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    raw = _plain(data, photo_format, max_side)
    cicp = _heif.avif_cicp(data)
    return replace(raw, cicp=cicp) if cicp and (is_high_range(cicp) or not raw.profile) else raw


def _read_heif(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    raw = _heif.read(data, max_side=max_side)
    return replace(raw, cicp=None) if raw.profile and raw.cicp and not is_high_range(raw.cicp) else raw


def _read_jxl(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    found = _jxl.decode(data, max_side=max_side)
    if found.raw is not None:
        return found.raw
    return replace(_read_jpeg(found.jpeg or b"", "JPEG", max_side), format=photo_format)


def _read_tiff(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    """The largest page, by whoever reads its kind."""
    chosen = _tiff.choose(data)
    if chosen is None:
        return _tiff_by_pillow(data, photo_format, max_side)
    if chosen.raw:
        return _preview(data, chosen.raw, max_side)
    page = chosen.page
    if _tiff.is_for_pillow(page):
        own = data if page.offset == chosen.first.offset else _tiff.with_first(data, page.offset)
        try:
            raw = replace(_tiff_by_pillow(own, photo_format, max_side), profile=chosen.profile)
            return raw if chosen.turns_itself else raw.turned(chosen.orientation)
        except UnidentifiedImageError:  # a kind that Pillow does not know
            pass
    image = _tiff.image(page, data, max_side=max_side)
    raw = Raw(image=image, width=page.imagewidth, height=page.imagelength, format=photo_format, profile=chosen.profile)
    return raw.turned(chosen.orientation)


def _tiff_by_pillow(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    photo = Image.open(io.BytesIO(data), formats=(photo_format,))
    check_pixels(*photo.size, photo_format=photo_format)
    _check_tile(photo)
    photo.load()
    return _raw_of(photo, photo_format)


def _read_raw(data: bytes, photo_format: str, max_side: int | None) -> Raw:
    return _preview(data, _raw.raw_kind(data) or "camera RAW", max_side)


def _preview(data: bytes, kind: str, max_side: int | None) -> Raw:
    found = _raw.preview(data, kind=kind)
    if found.jpeg is not None:
        raw = replace(_read_jpeg(found.jpeg, "JPEG", max_side), format="RAW")
        return raw.turned(found.orientation) if raw.orientation == 1 else raw
    height, width = found.pixels.shape[:2]
    image = image_of(found.pixels.reshape(height, width, -1), colours=3, max_side=max_side)
    return Raw(image=image, width=width, height=height, format="RAW").turned(found.orientation)


_READERS: dict[str, Callable[[bytes, str, int | None], Raw]] = {
    "JPEG": _read_jpeg,
    "PNG": _read_png,
    "WEBP": _read_webp,
    "AVIF": _read_avif,
    "HEIF": _read_heif,
    "JXL": _read_jxl,
    "TIFF": _read_tiff,
    "RAW": _read_raw,
}


def _raw_of(photo: ImageFile.ImageFile, photo_format: str, *, size: tuple[int, int] | None = None) -> Raw:
    """A decoded photo with its orientation and profile; `size` is that in the file."""
    width, height = size or photo.size
    profile = photo.info.get("icc_profile") or None
    raw = Raw(image=photo, width=width, height=height, format=photo_format, profile=profile)
    return raw.turned(_orientation(photo, photo_format))


def _check_tile(photo: ImageFile.ImageFile) -> None:
    """A small TIFF may announce tiles far larger than itself, and libtiff takes the memory for a whole one."""
    if isinstance(photo, TiffImagePlugin.TiffImageFile):
        width, height = photo.tag_v2.get(_TILE_WIDTH, 0), photo.tag_v2.get(_TILE_LENGTH, 0)
        check_pixels(width, height, photo_format="TIFF")


def _orientation(photo: ImageFile.ImageFile, photo_format: str) -> int:
    """The EXIF orientation, 1 when there is none or it cannot be read: bad metadata spoils no photo."""
    if photo_format == "JPEG" and not photo.info.keys() & {"exif", "xmp"}:
        return 1
    try:
        return as_orientation(photo.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # damaged metadata raises whatever the parser stumbles over
        return 1


@contextmanager
def decoding(photo_format: str) -> Iterator[None]:
    """Around every use of decoders on foreign bytes: damage becomes a PhotoError, warnings are silent."""
    try:
        with no_pillow_warnings(), no_messages() if photo_format in {"TIFF", "RAW"} else nullcontext():
            yield
    except LookscapeError:
        raise
    except Image.DecompressionBombError as error:
        raise TooLargeError(_megapixels(str(error))) from error
    except (UnidentifiedImageError, SyntaxError) as error:
        raise PhotoError(f"damaged {photo_format}: the header cannot be read") from error
    except ArithmeticError as error:
        raise PhotoError(f"damaged {photo_format}: the picture data cannot be decoded") from error
    except (EOFError, struct.error) as error:
        raise PhotoError("truncated: the file ends before the picture does") from error
    except Exception as error:  # damaged bytes raise whatever the decoder stumbles over
        raise PhotoError(_in_words(str(error), photo_format=photo_format)) from error


def _megapixels(message: str) -> str:
    """Pillow's own limit is higher than ours, but it looks first; its message gives the number of pixels."""
    found = re.search(r"\d+", message)
    size = f"{int(found.group()) // 1_000_000:,} megapixels" if found else "this"
    return f"{size} is over the limit of {MAX_PIXELS // 1_000_000} megapixels"


def _in_words(message: str, *, photo_format: str) -> str:
    """Pillow's message for damage, as a reason a person can read."""
    text = message.lower()
    if "truncated" in text or "not large enough" in text:
        return "truncated: the file ends before the picture does"
    if "decoder error" in text or "data stream" in text or not text:
        return f"damaged {photo_format}: the picture data cannot be decoded"
    return f"damaged {photo_format}: {' '.join(message.split())[:100]}"
