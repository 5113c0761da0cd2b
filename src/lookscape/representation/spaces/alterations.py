"""Altered copies of photos: what a screenshot, a repost or a phone does to a product shot.

A random crop of a stated share of the area, with the photo's own aspect within a third, then a change of brightness,
then JPEG compression. Used to measure and to calibrate search on a catalogue's own photos.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lookscape.representation.protocol import ImageU8


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """How much: share of the area kept (0 to 1], largest change of brightness [0, 1), JPEG quality 1 to 100."""

    area: float = 0.8
    brightness: float = 0.15
    quality: int = 40


def alter(photo_HWC: ImageU8, rng: np.random.Generator, how: Alteration | None = None) -> ImageU8:
    """One altered copy of a H x W x 3 RGB photo; the same generator state gives the same copy."""
    chosen = how or Alteration()
    cropped = _crop(photo_HWC, rng, chosen.area)
    factor = 1.0 + rng.uniform(-chosen.brightness, chosen.brightness)
    lit = np.clip(cropped.astype(np.float32) * factor + 0.5, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", lit[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, chosen.quality])
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1])


def _crop(photo_HWC: ImageU8, rng: np.random.Generator, area: float) -> ImageU8:
    height, width = photo_HWC.shape[:2]
    stretch = np.exp(rng.uniform(np.log(0.75), np.log(4 / 3)) / 2)
    high = min(1.0, max(area, np.sqrt(area) * stretch))
    wide = min(1.0, area / high)
    rows, columns = max(1, round(height * high)), max(1, round(width * wide))
    top, left = rng.integers(0, height - rows + 1), rng.integers(0, width - columns + 1)
    return photo_HWC[top : top + rows, left : left + columns]
