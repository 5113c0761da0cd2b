"""Which pixels are the product: everything that stands out from a plain background, less the shadow it casts.

Distance in CIELAB from the background's colour, hysteresis (Canny 1986: weak pixels count where a strong one is
joined to them), the largest piece, its holes filled, its contact shadow taken off. A busy background is not told from
the product; the confidence says so.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import ImageU8, background_colour

Lab = NDArray[np.float32]
"""Height x width x (L* in 0 to 100, a*, b*), white point D65."""
Mask = NDArray[np.bool_]

# Distances from the background. JPEG rings around a shoe on white; chalk leather is 4 away from white. JPEG also smears
# colour, not lightness, over its neighbours: half of it counts.
_WEAK, _STRONG = 3.0, 9.0
_WEIGHTS = np.array([[1.0, 0.25, 0.25]], np.float32)
# A border pixel this near to the background belongs to it.
_CALM = 6.0
# Gaps that are bridged, as a share of the photo's side.
_BRIDGE = 0.02
# A hole larger than this share of the outline that is background and nothing else: one looks through, as through the
# handle of a bag. Other holes are white leather on white paper.
_OPEN, _PURE = 0.04, 0.7
# Another piece this large, relative to the largest, belongs to the product: the second of a pair.
_SECOND = 0.25
# Shares of the border that is not background: a studio photo below the first, a room or a street above the second.
_STUDIO, _STREET = 0.15, 0.55

# A shadow is as colourful as the ground and keeps this much of its lightness; it ends within this share of the width.
_SHADOW_TINT, _SHADOW_LIGHT, _SHADOW_DEPTH = 5.0, 0.55, 0.05


@dataclass(frozen=True, kw_only=True)
class Foreground:
    """The product's pixels, at least one, and how sure that they are the product: 0 to 1."""

    mask: Mask
    confidence: float


def to_lab(photo: ImageU8) -> Lab:
    """H x W x 3 sRGB bytes to CIELAB."""
    return np.asarray(cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def find_foreground(photo: ImageU8, lab: Lab) -> Foreground:
    """The product in a photo; all of the photo, with confidence 0, where nothing stands out."""
    ground = to_lab(np.array([[background_colour(photo)]], np.uint8))[0, 0]
    distance = np.sqrt(cv2.transform((lab - ground) ** 2, _WEIGHTS))
    border = np.concatenate([distance[0], distance[-1], distance[:, 0], distance[:, -1]])
    calm = border[border < _CALM]
    noise = float(np.partition(calm, len(calm) * 9 // 10)[len(calm) * 9 // 10]) if len(calm) else _CALM
    pieces = _hysteresis(distance, weak=max(_WEAK, 2 * noise), strong=max(_STRONG, 4 * noise))
    if not pieces.any():
        return Foreground(mask=np.ones(lab.shape[:2], np.bool_), confidence=0.0)
    mask = _without_shadow(_filled(_largest(pieces), pieces, distance), lab, ground)
    busy = 1 - len(calm) / len(border)
    return Foreground(mask=mask, confidence=float(np.interp(busy, [_STUDIO, _STREET], [1.0, 0.1])))


def _hysteresis(distance: NDArray[np.float32], *, weak: float, strong: float) -> NDArray[np.uint8]:
    """Pieces of weak pixels that hold a strong one, gaps bridged and specks removed."""
    _, labels = cv2.connectedComponents((distance > weak).astype(np.uint8), connectivity=8)
    holding = np.zeros(int(labels.max()) + 1, np.uint8)
    holding[labels[distance > strong]] = 1
    holding[0] = 0
    reach = max(1, round(_BRIDGE * max(distance.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    wide = cv2.copyMakeBorder(holding[labels], reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, disc)
    return np.asarray(closed[reach:-reach, reach:-reach], np.uint8)


def _largest(pieces: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest outline and any that is nearly as large, filled."""
    outlines, _ = cv2.findContours(pieces, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(outline) + len(outline) / 2 for outline in outlines]
    kept = [outline for outline, area in zip(outlines, areas, strict=True) if area >= _SECOND * max(areas)]
    filled = np.zeros(pieces.shape, np.uint8)
    cv2.drawContours(filled, kept, -1, 1, thickness=cv2.FILLED)
    return filled


def _filled(outline: NDArray[np.uint8], pieces: NDArray[np.uint8], distance: NDArray[np.float32]) -> Mask:
    """An outline with its holes filled, but for those that one looks through."""
    holes, filled = outline & (1 - pieces), outline.astype(np.bool_)
    large = _OPEN * np.count_nonzero(outline)
    if np.count_nonzero(holes) <= large:
        return filled
    _, labels, facts, _ = cv2.connectedComponentsWithStats(holes, connectivity=4)
    for hole in np.flatnonzero(facts[1:, cv2.CC_STAT_AREA] > large) + 1:
        if distance[labels == hole].mean() < _PURE:
            filled &= labels != hole
    return filled


def _without_shadow(mask: Mask, lab: Lab, ground: NDArray[np.float32]) -> Mask:
    """Take the contact shadow off the lower edge.

    Going up from the ground a shadow has the ground's tint and only gets darker; where that ends the product begins.
    """
    height = len(mask)
    columns = np.flatnonzero(mask.any(axis=0))
    bottom = height - 1 - mask[::-1, columns].argmax(axis=0)
    depth = max(2, round(_SHADOW_DEPTH * len(columns)))
    rows = np.maximum(bottom - np.arange(depth + 1)[:, None], 0)
    strip = lab[rows, columns]
    tinted = np.abs(strip[..., 1:] - ground[1:]).max(axis=-1) < _SHADOW_TINT
    light = strip[..., 0] > _SHADOW_LIGHT * ground[0]
    darker = np.diff(strip[..., 0], axis=0) < 0.5
    shaded = np.logical_and.accumulate(tinted[:-1] & light[:-1] & darker & mask[rows[:-1], columns], axis=0)
    kept = mask.copy()
    steps, places = np.nonzero(shaded)
    kept[rows[steps, places], columns[places]] = False
    return kept if kept.any() else mask
