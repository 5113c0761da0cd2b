"""Decoded photos as image files: one, a strip of several, or an animation of them. WebP, PNG or GIF."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lookscape.errors import UsageError
from lookscape.representation.protocol import ImageU8

QUALITY = 90
"""Of WebP; decoded photos are small, so artefacts would show."""

GAP = 2
"""Pixels of white between the photos of a strip."""

FRAME_MS = 120
"""How long an animation shows a step; its two ends stay ENDS times as long."""

ENDS = 5
KINDS = (".webp", ".gif", ".png")


def enlarged(photos_NHWC: ImageU8, *, side: int) -> ImageU8:
    """N x H x W x 3 -> N x side x side x 3, by Lanczos; unchanged when it is that size already."""
    if photos_NHWC.shape[1:3] == (side, side):
        return photos_NHWC
    size = (side, side)
    return np.stack(
        [np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS)) for photo in photos_NHWC]
    )


def strip(photos_NHWC: ImageU8) -> ImageU8:
    """Side by side from left to right: H x (N W + (N - 1) GAP) x 3."""
    count, height, width, _ = photos_NHWC.shape
    drawn = np.full((height, count * (width + GAP) - GAP, 3), 255, np.uint8)
    for number, photo in enumerate(photos_NHWC):
        left = number * (width + GAP)
        drawn[:, left : left + width] = photo
    return drawn


def still(photo_HWC: ImageU8, *, kind: str = ".webp") -> bytes:
    """One image as a file of this kind."""
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(photo_HWC))
    if kind == ".webp":
        image.save(out, "WEBP", quality=QUALITY, method=2)
    else:
        image.save(out, kind.removeprefix(".").upper())
    return out.getvalue()


def sheet(photos: Sequence[ImageU8] | ImageU8, *, wide: int) -> ImageU8:
    """Photos of one size in rows of `wide`, at least one; a row that is not full ends in white."""
    height, width, _ = photos[0].shape
    drawn = np.full((-(-len(photos) // wide) * height, wide * width, 3), 255, np.uint8)
    for place, photo in enumerate(photos):
        top, left = place // wide * height, place % wide * width
        drawn[top : top + height, left : left + width] = photo
    return drawn


def animation(photos_NHWC: ImageU8, *, kind: str = ".webp") -> bytes:
    """There and back again, for ever; WebP or GIF."""
    there = list(photos_NHWC)
    frames = [Image.fromarray(np.ascontiguousarray(photo)) for photo in [*there, *there[-2:0:-1]]]
    shown = [FRAME_MS] * len(frames)
    shown[0] = shown[len(there) - 1] = FRAME_MS * ENDS
    out = io.BytesIO()
    options: dict[str, object] = {"quality": QUALITY, "method": 2} if kind == ".webp" else {"disposal": 1}
    frames[0].save(
        out,
        kind.removeprefix(".").upper(),
        save_all=True,
        append_images=frames[1:],
        duration=shown,
        loop=0,
        **options,
    )
    return out.getvalue()


def drawing(photos_NHWC: ImageU8, *, path: Path) -> bytes:
    """The photos as a file of the kind that a path names: .webp and .gif move, .png is a strip. Raises UsageError."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UsageError(f"{path.name!r} must end in {', '.join(KINDS[:-1])} (moving) or {KINDS[-1]} (a strip)")
    return still(strip(photos_NHWC), kind=kind) if kind == ".png" else animation(photos_NHWC, kind=kind)
