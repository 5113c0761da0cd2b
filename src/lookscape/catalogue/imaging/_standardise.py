"""The way of a photo: read, flatten and shrink, colour, upright, square."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lookscape.catalogue.imaging import _hdr
from lookscape.catalogue.imaging._colour import flatten, is_srgb, to_srgb, white_level
from lookscape.catalogue.imaging._encode import encode_jpeg, encode_webp
from lookscape.catalogue.imaging._reader import decoding, fit, read
from lookscape.catalogue.imaging._square import ImageU8, Part, cut, pad_to_square, shrink, upright
from lookscape.catalogue.imaging._undone import Raw

# A photo more than twice as large as wanted is shrunk in bands of about this many pixels, so that its transparency
# and depth are never worked out at full size.
_BAND_PIXELS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class DecodedPhoto:
    """A whole photo, upright: RGB bytes in sRGB, and the format it came in.

    `pixels` is height x width x 3, but of a JPEG whose full size takes too much memory a half, quarter or eighth of it.
    """

    pixels: ImageU8
    width: int
    height: int
    format: str


@dataclass(frozen=True, kw_only=True)
class Standardised:
    """side x side x 3 RGB bytes in sRGB; width, height (upright) and format are those of the photo."""

    pixels: ImageU8
    width: int
    height: int
    format: str


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the catalogue stores: `blob` is a square RGB JPEG; width, height (upright) and format are the photo's."""

    width: int
    height: int
    format: str
    blob: bytes


def decode(data: bytes) -> DecodedPhoto:
    """The photo in `data` at full size, or as large as memory allows. Raises PhotoError or TooLargeError."""
    raw = read(data)
    return DecodedPhoto(
        pixels=_pixels(raw, max_side=max(raw.image.size)),
        width=raw.width,
        height=raw.height,
        format=raw.format,
    )


def standardise(data: bytes, *, max_side: int = 512, part: Part | None = None) -> Standardised:
    """The photo on a square of min(longer side, max_side) pixels, padded with its background colour, never enlarged.

    `part` is cut out first: left, top, right and bottom as fractions of the upright photo.
    Raises PhotoError or TooLargeError.
    """
    enough = max_side if part is None else math.ceil(max_side / max(part[2] - part[0], part[3] - part[1]))
    raw = read(data, max_side=enough)
    pixels = _pixels(raw, max_side=enough)
    if part is not None:
        pixels = cut(pixels, part)
        pixels = shrink(pixels, size=fit(pixels.shape[1], pixels.shape[0], side=max_side))
    return Standardised(pixels=pad_to_square(pixels), width=raw.width, height=raw.height, format=raw.format)


def prepare(data: bytes, *, max_side: int = 512) -> Prepared:
    """The blob to store for a photo. A file that is in standard shape already is its own blob, without a second loss.

    Raises PhotoError or TooLargeError.
    """
    raw = read(data, max_side=max_side)
    if _is_standard(raw, data, max_side=max_side):
        blob = data
    else:
        blob = encode_jpeg(pad_to_square(_pixels(raw, max_side=max_side)))
    return Prepared(width=raw.width, height=raw.height, format=raw.format, blob=blob)


def thumbnail(blob: bytes, *, side: int) -> bytes:
    """A WebP of a stored photo, at most `side` pixels. Raises PhotoError or TooLargeError."""
    return encode_webp(_pixels(read(blob, max_side=side), max_side=side))


def _is_standard(raw: Raw, data: bytes, *, max_side: int) -> bool:
    """A square sRGB JPEG of the right size that carries no metadata (where it was taken is nobody's business)."""
    return (
        raw.format == "JPEG"
        and raw.image.mode == "RGB"
        and raw.width == raw.height <= max_side
        and not raw.image.info.keys() & {"exif", "xmp", "comment"}
        and len(data) <= 3 * raw.width * raw.height
        and is_srgb(raw.profile)
    )


def _pixels(raw: Raw, *, max_side: int) -> ImageU8:
    """Upright RGB, the longer side at most `max_side`. Colour is converted last, when there is least of it."""
    stored = (raw.height, raw.width) if raw.orientation > 4 else (raw.width, raw.height)
    max_side = min(max_side, max(raw.image.size))
    with decoding(raw.format):
        flat = _flatten_in_bands(raw.image, factor=max(raw.image.size) // (2 * max_side))
        small = shrink(np.asarray(flat), size=fit(*stored, side=max_side))
        if flat.mode != "RGB" or not (raw.cicp or is_srgb(raw.profile)):
            foreign = Image.frombytes(flat.mode, small.shape[1::-1], small.tobytes())
            small = np.asarray(to_srgb(foreign, profile=None if raw.cicp else raw.profile))
        if raw.cicp and not _hdr.is_srgb(raw.cicp):
            small = _hdr.to_srgb(small, raw.cicp)
        return upright(small, orientation=raw.orientation)


def _flatten_in_bands(photo: Image.Image, *, factor: int) -> Image.Image:
    """Flattened, and averaged over boxes of `factor` x `factor` pixels if that is more than one."""
    white = white_level(photo)
    if factor < 2:
        return flatten(photo, white=white)
    width, height = photo.size
    rows = max(_BAND_PIXELS // width // factor, 1) * factor
    bands = []
    for top in range(0, height, rows):
        band = photo.crop((0, top, width, min(top + rows, height)))
        bands.append(flatten(band, white=white).reduce(factor))
    flat = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        flat.paste(band, (0, top))
        top += band.height
    return flat
