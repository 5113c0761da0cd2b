"""Every way a file can hold colour, made sRGB: modes, depths, transparency, and ICC profiles."""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from lookscape.catalogue.imaging._arrays import coded

# Pillow's names for pixels of more than 8 bits: 16-bit grey in either byte order, 32-bit integers, floats.
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")

# Two levels of 255 are below what an eye sees; a profile that moves no colour by more is sRGB, whatever its name.
_UNSEEN = 2


def white_level(photo: Image.Image) -> float:
    """The value that is white in a deep photo: 65535 for 16 bits, else the least of 1, 255, 65535 that holds its
    largest value, or that value itself.
    """
    if photo.mode.startswith("I;16"):
        return 65535.0
    if photo.mode not in _DEEP:
        return 255.0
    brightest = max((_brightest(photo, top) for top in range(0, photo.height, 256)), default=0.0)
    levels = (1.0, 255.0, 65535.0) if photo.mode == "F" else (255.0, 65535.0)
    return next((level for level in levels if brightest <= level), brightest)


def flatten(photo: Image.Image, *, white: float) -> Image.Image:
    """The photo in one of the 8-bit modes L, RGB, CMYK or LAB; transparency on white."""
    if photo.mode in _DEEP:
        stored = np.asarray(photo)
        values = np.clip(np.nan_to_num(stored.astype(np.float32), nan=0.0), 0.0, white)
        clear = photo.info.get("transparency")  # of a PNG: the one value that is not there
        if isinstance(clear, int):
            values[stored == clear] = white
        return Image.fromarray((values * (255.0 / white) + 0.5).astype(np.uint8))
    if photo.has_transparency_data:
        clear = photo.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    if photo.mode in {"L", "RGB", "CMYK", "LAB"}:
        return photo
    return photo.convert("L" if photo.mode == "1" else "RGB")


def to_srgb(flat: Image.Image, *, profile: bytes | None) -> Image.Image:
    """RGB in the sRGB colour space. A profile that cannot be read or does not fit counts as none, as in browsers."""
    transform = _transform(profile, flat.mode) if profile or flat.mode == "LAB" else None
    if transform is not None:
        converted = ImageCms.applyTransform(flat, transform)
        assert converted is not None
        return converted
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def is_srgb(profile: bytes | None) -> bool:
    """Whether RGB pixels under this profile can be taken as they are."""
    return profile is None or _transform(profile, "RGB") is None


@lru_cache(maxsize=64)
def is_linear_srgb(profile: bytes) -> bool:
    """Whether RGB pixels under this profile are light in sRGB's primaries: only their coding is to be done."""
    transform = _transform(profile, "RGB")
    if transform is None:
        return False
    before = _lattice("RGB")
    after = ImageCms.applyTransform(before, transform)
    assert after is not None
    expected = coded(np.asarray(before) / 255) * 255
    return float(np.abs(np.asarray(after) - expected).max()) <= _UNSEEN


@lru_cache(maxsize=64)
def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From `mode` under `profile` to sRGB; None where that would change nothing, or cannot be done."""
    try:
        lab = ImageCms.createProfile("LAB") if mode == "LAB" else None
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(lab or io.BytesIO(profile or b"")),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if _changes_nothing(transform, mode) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode not in {"L", "RGB"}:
        return False
    before = _lattice(mode)
    after = ImageCms.applyTransform(before, transform)
    assert after is not None
    difference = _signed(before.convert("RGB")) - _signed(after)
    return int(np.abs(difference).max()) <= _UNSEEN


def _lattice(mode: str) -> Image.Image:
    """Every grey, or 16 x 16 x 16 colours over the whole cube."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), -1).reshape(64, 64, 3))


def _signed(image: Image.Image) -> NDArray[np.int16]:
    return np.asarray(image).astype(np.int16)


def _brightest(photo: Image.Image, top: int) -> float:
    band = np.asarray(photo.crop((0, top, photo.width, min(top + 256, photo.height))))
    return float(np.max(band, where=np.isfinite(band), initial=0))
