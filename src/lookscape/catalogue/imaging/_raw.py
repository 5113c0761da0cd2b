"""Camera RAW: told from TIFF and video by its bytes, and read by the large preview that the camera put into it.

Makers' files have a magic of their own, or are TIFF containers whose first directory is a thumbnail of a few hundred
pixels and whose photo, in a sub-directory, is a mosaic of a colour filter (TIFF/EP, ISO 12234-2; DNG 1.7.1). The mosaic
is not developed here: the camera's own preview shows what the photographer saw. It takes the extra `lookscape[raw]`.
"""

import io
from dataclasses import dataclass
from typing import Any

from lookscape.errors import PhotoError

LEAST_SIDE = 1000
"""A preview whose longer side has fewer pixels is a thumbnail, unless the sensor has hardly more."""

_MAGIC = (
    (0, b"FUJIFILMCCD-RAW", "Fujifilm RAF"),
    (0, b"IIU\0", "Panasonic RW2"),
    (0, b"IIRO", "Olympus ORF"),
    (0, b"IIRS", "Olympus ORF"),
    (0, b"MMOR", "Olympus ORF"),
    (0, b"FOVb", "Sigma X3F"),
    (0, b"\0MRM", "Minolta MRW"),
    (6, b"HEAPCCDR", "Canon CRW"),
    (4, b"ftypcrx ", "Canon CR3"),
)
_IN_TIFF = ((8, b"CR\x02", "Canon CR2"), (8, b"IIII", "Phase One IIQ"), (8, b"MMMM", "Phase One IIQ"))

# TIFF values that only a RAW has: photometric interpretations (colour filter array, linear raw), makers' compressions.
MOSAICS = {32803, 34892}
COMPRESSIONS = {32767, 32769, 32770, 34713, 65000, 65535}
DNG_VERSION = 50706

_MAKERS = (
    ("nikon", "Nikon NEF"),
    ("sony", "Sony ARW"),
    ("pentax", "Pentax PEF"),
    ("ricoh", "Pentax PEF"),
    ("hasselblad", "Hasselblad 3FR"),
    ("samsung", "Samsung SRW"),
    ("canon", "Canon RAW"),
    ("phase one", "Phase One IIQ"),
    ("leica", "Leica RWL"),
    ("kodak", "Kodak RAW"),
    ("epson", "Epson ERF"),
)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a camera put into its RAW: a JPEG, or H x W x 3 bytes. `orientation` is the RAW's own, an EXIF value."""

    jpeg: bytes | None = None
    pixels: Any = None
    orientation: int = 1


def raw_kind(data: bytes) -> str | None:
    """Whose RAW this is by its first bytes; None for other files, and for those only their directories give away."""
    for at, magic, name in _MAGIC:
        if data[at : at + len(magic)] == magic:
            return name
    if data[:4] in {b"II*\0", b"MM\0*"}:
        for at, magic, name in _IN_TIFF:
            if data[at : at + len(magic)] == magic:
                return name
    return None


def raw_kind_of_maker(maker: str) -> str:
    """The name of a RAW in a TIFF container, by its tag Make."""
    return next((name for start, name in _MAKERS if maker.lower().startswith(start)), "camera RAW")


def preview(data: bytes, *, kind: str) -> Preview:
    """The largest preview in a RAW. Raises PhotoError without rawpy, without a preview, and for a mere thumbnail."""
    try:
        import rawpy
    except ImportError:
        raise PhotoError(
            f"{_article(kind)} whose preview is read only with lookscape[raw]; install that, or put its JPEG beside it"
        ) from None
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            thumb, sensor, flip = raw.extract_thumb(), (raw.sizes.width, raw.sizes.height), raw.sizes.flip
    except (rawpy.LibRawError, NotImplementedError, OSError, ValueError) as error:
        raise PhotoError(f"{_article(kind)} without a preview that can be read") from error
    orientation = {3: 3, 5: 8, 6: 6}.get(flip, 1)
    if thumb.format == rawpy.ThumbFormat.JPEG:
        found = Preview(jpeg=bytes(thumb.data), orientation=orientation)
    else:
        found = Preview(pixels=thumb.data, orientation=orientation)
    _check_size(found, kind=kind, sensor=sensor)
    return found


def _check_size(found: Preview, *, kind: str, sensor: tuple[int, int]) -> None:
    """A thumbnail is refused, and a strip of a preview in several, which LibRaw 0.22 gives for the whole."""
    from PIL import JpegImagePlugin

    if found.jpeg is not None:
        width, height = JpegImagePlugin.JpegImageFile(io.BytesIO(found.jpeg)).size
    else:
        height, width = found.pixels.shape[:2]
    if max(width, height) < min(LEAST_SIDE, max(sensor) // 2):
        raise PhotoError(f"{_article(kind)} whose only preview is a thumbnail of {width} x {height} pixels")
    if 2 * min(width, height) * max(sensor) < max(width, height) * min(sensor):
        raise PhotoError(f"{_article(kind)} without a preview that can be read: there is only a strip of it")


def _article(kind: str) -> str:
    return "a camera RAW" if kind == "camera RAW" else f"a camera RAW ({kind})"
