"""Pixels as arrays of any depth, as some decoders give them, made a Pillow image of bytes, in bands."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

# So many pixels are worked on at a time, so that depth and transparency are never worked out at full size.
_BAND_PIXELS = 2_000_000

_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def image_of(
    pixels: NDArray[np.generic],
    *,
    colours: int,
    white: float = 255.0,
    max_side: int | None = None,
    premultiplied: bool = False,
    inverted: bool = False,
    linear: bool = False,
) -> Image.Image:
    """L, RGB or CMYK bytes (`colours` 1, 3 or 4) of H x W x C values from 0 to `white`.

    A channel after the colours is the opacity, and the photo is put on white; more channels are left out. Averaged over
    whole boxes of pixels while more than twice `max_side` is left. inverted: 0 is white (of one colour). linear:
    values are light, and bytes become what sRGB has for it.
    """
    height, width, _ = pixels.shape
    factor = 1 if max_side is None else max(1, max(height, width) // (2 * max_side))
    rows = max(_BAND_PIXELS // width // factor, 1) * factor
    bands = []
    for top in range(0, height, rows):
        values = _bytes(pixels[top : top + rows, :, : colours + 1], white, linear=linear)
        flat = _on_paper(values, colours=colours, premultiplied=premultiplied)
        band = _image(255 - flat if inverted else flat, mode=_MODES[colours])
        bands.append(band.reduce(factor) if factor > 1 else band)
    if len(bands) == 1:
        return bands[0]
    whole = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        whole.paste(band, (0, top))
        top += band.height
    return whole


def _image(flat: NDArray[np.uint8], *, mode: str) -> Image.Image:
    return Image.frombuffer(mode, (flat.shape[1], flat.shape[0]), flat, "raw", mode, 0, 1)


def coded(light: NDArray[Any]) -> NDArray[Any]:
    """Light from 0 to 1 as sRGB has it, 0 to 1 (IEC 61966-2-1)."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _bytes(values: NDArray[np.generic], white: float, *, linear: bool) -> NDArray[np.uint8]:
    if values.dtype == np.uint8 and not linear:
        return np.asarray(values, np.uint8)
    shares = np.clip(np.nan_to_num(np.asarray(values, np.float32), nan=0.0), 0.0, white) / np.float32(white)
    if linear:  # opacity, behind the colours, is none
        shares[:, :, :3] = coded(shares[:, :, :3])
    return np.asarray(shares * np.float32(255.0) + np.float32(0.5), np.uint8)


def _on_paper(values: NDArray[np.uint8], *, colours: int, premultiplied: bool) -> NDArray[np.uint8]:
    """Composited on white; ink counts the other way round, there paper is 0."""
    if values.shape[2] == colours:
        return np.ascontiguousarray(values[:, :, 0] if colours == 1 else values)
    opaque = values[:, :, colours:].astype(np.uint16)
    paper = 0 if colours == 4 else 255
    shown = values[:, :, :colours].astype(np.uint16)
    if not premultiplied:
        shown = _share(shown * opaque)
    flat = np.minimum(shown + _share(paper * (255 - opaque)), 255).astype(np.uint8)
    return np.ascontiguousarray(flat[:, :, 0] if colours == 1 else flat)


def _share(product: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Divided by 255 and rounded."""
    return np.asarray((product.astype(np.uint32) + 127) // 255, np.uint16)


def rgb_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """OpenCV's order of colours turned round, in place: H x W, or H x W x 3 or 4."""
    if pixels.ndim == 2:
        return pixels[:, :, None]
    code = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(pixels, code, dst=pixels), np.uint8)
