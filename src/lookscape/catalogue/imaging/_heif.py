"""HEIF and HEIC by libheif: the primary picture, never one of its thumbnails, depth or gain maps.

libheif turns the picture as the container says; EXIF repeats that and must not be heeded (ISO 23008-12, 6.5.10).
"""

import io
from typing import Any

import numpy as np

from lookscape.catalogue.imaging._arrays import image_of
from lookscape.catalogue.imaging._header import check_pixels
from lookscape.catalogue.imaging._undone import Cicp, Raw
from lookscape.errors import PhotoError

_CHANNELS = {"L": (1, 1), "I": (1, 1), "LA": (1, 2), "La": (1, 2), "RGB": (3, 3), "RGBA": (3, 4), "RGBa": (3, 4)}


def read(data: bytes, *, max_side: int | None) -> Raw:
    """The primary picture in 8 bits. Raises PhotoError or TooLargeError."""
    photo = _primary(_library().open_heif(io.BytesIO(data), convert_hdr_to_8bit=True))
    width, height = photo.size
    check_pixels(width, height, photo_format="HEIF")
    # libheif's wrapper makes 8 bits of deep colours, not of deep greys.
    deep = photo.mode.endswith(";16")
    colours, channels = _CHANNELS[photo.mode.removesuffix(";16")]
    rows = np.frombuffer(photo.data, np.uint16 if deep else np.uint8).reshape(photo.size[1], -1)
    width, height = photo.size
    image = image_of(
        rows[:, : width * channels].reshape(height, width, channels),
        colours=colours,
        white=65535.0 if deep else 255.0,
        max_side=max_side,
        premultiplied=photo.mode.endswith("a"),
    )
    profile, cicp = photo.info.get("icc_profile") or None, cicp_of(photo.info)
    return Raw(image=image, width=width, height=height, format="HEIF", profile=profile, cicp=cicp)


def avif_cicp(data: bytes) -> Cicp | None:
    """The colour of an AVIF's primary picture, which Pillow does not tell; None where it is not said."""
    if b"nclx" not in data[:65536]:
        return None
    try:
        return cicp_of(_primary(_library().open_heif(io.BytesIO(data))).info)
    except Exception:  # what libheif does not read has no colour that could be heeded
        return None


def cicp_of(info: dict[str, Any]) -> Cicp | None:
    """The code points of a container's box `colr` of type nclx."""
    nclx = info.get("nclx_profile")
    if not nclx:
        return None
    return Cicp(primaries=int(nclx["color_primaries"]), transfer=int(nclx["transfer_characteristics"]))


def _primary(file: Any) -> Any:
    return file[file.primary_index]


def _library() -> Any:
    try:
        import pillow_heif
    except ImportError:
        raise PhotoError("a HEIF photo, which is read only where pillow-heif is installed") from None
    pillow_heif.options.DECODE_THREADS = 1
    return pillow_heif
