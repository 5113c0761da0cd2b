"""Opening and decoding with Pillow, so that nothing but PhotoError and TooLargeError comes out."""

import io
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageFile, JpegImagePlugin, TiffImagePlugin, UnidentifiedImageError

from lookscape.catalogue.imaging import _jpeg
from lookscape.catalogue.imaging._header import MAX_PIXELS, check_before_opening, check_pixels, sniff
from lookscape.catalogue.imaging._quiet import no_messages, no_pillow_warnings
from lookscape.catalogue.imaging._whole import check_whole
from lookscape.errors import LookscapeError, PhotoError, TooLargeError

_TILE_WIDTH, _TILE_LENGTH = 322, 323


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Pixels as the file has them: any Pillow mode, not yet upright, a JPEG perhaps at a half, quarter or eighth.

    `width` and `height` are the photo's own, once upright; `orientation` is the EXIF value, 1 to 8.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    orientation: int
    profile: bytes | None


def read(data: bytes, *, max_side: int | None = None) -> Raw:
    """Decode the first picture in `data`; a JPEG at half, quarter or eighth size if that still fills `max_side`.

    Raises PhotoError or TooLargeError.
    """
    photo_format = sniff(data)
    with decoding(photo_format):
        check_before_opening(data, photo_format=photo_format)
        check_whole(data, photo_format=photo_format)
        photo = Image.open(io.BytesIO(data), formats=(photo_format,))
        width, height = photo.size
        check_pixels(width, height, photo_format=photo_format)
        _check_tile(photo)
        if max_side is not None:
            photo.draft(None, fit(width, height, side=max_side))
        _load(photo, data)
        orientation = _orientation(photo)
        if orientation > 4:
            width, height = height, width
        profile = photo.info.get("icc_profile") or None
        return Raw(
            image=photo, width=width, height=height, format=photo_format, orientation=orientation, profile=profile
        )


def fit(width: int, height: int, *, side: int) -> tuple[int, int]:
    """The size with its longer side at most `side`, same shape, never larger than it was."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _check_tile(photo: ImageFile.ImageFile) -> None:
    """A small TIFF may announce tiles far larger than itself, and libtiff takes the memory for a whole one."""
    if isinstance(photo, TiffImagePlugin.TiffImageFile):
        width, height = photo.tag_v2.get(_TILE_WIDTH, 0), photo.tag_v2.get(_TILE_LENGTH, 0)
        check_pixels(width, height, photo_format="TIFF")


def _load(photo: ImageFile.ImageFile, data: bytes) -> None:
    if isinstance(photo, JpegImagePlugin.JpegImageFile):
        _jpeg.load(photo, data)
    else:
        photo.load()


def _orientation(photo: ImageFile.ImageFile) -> int:
    """The EXIF orientation, 1 when there is none or it cannot be read: bad metadata spoils no photo."""
    if photo.format == "JPEG" and not photo.info.keys() & {"exif", "xmp"}:
        return 1
    try:
        value = photo.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # damaged metadata raises whatever the parser stumbles over
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


@contextmanager
def decoding(photo_format: str) -> Iterator[None]:
    """Around every use of Pillow on foreign bytes: damage becomes a PhotoError, warnings are silent."""
    try:
        with no_pillow_warnings(), no_messages() if photo_format == "TIFF" else nullcontext():
            yield
    except LookscapeError:
        raise
    except Image.DecompressionBombError as error:
        raise TooLargeError(_megapixels(str(error))) from error
    except UnidentifiedImageError as error:
        raise PhotoError(f"damaged {photo_format}: the header cannot be read") from error
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
    if "max_text" in text:
        return f"a text or profile in the {photo_format} unpacks to more than a megabyte"
    if "decoder error" in text or "data stream" in text or not text:
        return f"damaged {photo_format}: the picture data cannot be decoded"
    return f"damaged {photo_format}: {' '.join(message.split())[:100]}"
