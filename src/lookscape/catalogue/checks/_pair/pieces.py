"""The separate things in a photo that are as large and as long as each other, as two shoes side by side are."""

from dataclasses import dataclass

import cv2
import numpy as np

from lookscape.catalogue.checks._background.cutout import Cutout
from lookscape.catalogue.checks._background.ground import Ground
from lookscape.catalogue.findings import Box
from lookscape.catalogue.foreground import Mask, find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8

PLAIN = 0.9
"""Unevenness of the ground from which on the product is looked for as in a photo taken anywhere, CIELAB."""

# Area of a piece relative to the largest from which it counts, and where it is half and surely another product.
_AREA, _SURE = (0.30, 0.45, 0.65), (0.0, 0.5, 1.0)
# The lesser ratio of longer and of shorter sides at which two pieces are not, and are, of one kind.
_ALIKE = (0.45, 0.7)


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """`boxes` of the pieces that count, in shares of the photo, the largest first; `sure` that two are products."""

    boxes: tuple[Box, ...]
    sure: float

    @classmethod
    def of(cls, photo: ImageU8) -> "Pieces":
        """In H x W x 3 sRGB bytes of any size."""
        ground = Ground.of(photo)
        if ground.uneven < PLAIN:
            found = find_foreground(photo, to_lab(photo))
            return _pieces(found.mask, trust=found.confidence, within=(0.0, 0.0, 1.0, 1.0))
        cutout = Cutout.of(photo)
        if cutout is None:
            return cls(boxes=(), sure=0.0)
        rows, columns = ground.rows, ground.columns
        height, width, _ = photo.shape
        within = columns.start / width, rows.start / height, columns.stop / width, rows.stop / height
        return _pieces(cutout.mask, trust=cutout.sure, within=within)


def _pieces(mask: Mask, *, trust: float, within: Box) -> Pieces:
    """Of a mask that covers the part `within` of the photo."""
    number, _, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    facts = facts[1:][np.argsort(-facts[1:, cv2.CC_STAT_AREA], kind="stable")]
    if number < 2:
        return Pieces(boxes=(), sure=0.0)
    shares = facts[:, cv2.CC_STAT_AREA] / facts[0, cv2.CC_STAT_AREA]
    kept = facts[shares >= _AREA[0]]
    sure = 0.0
    if len(kept) > 1:
        sides = np.sort(kept[:2, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1)
        alike = float((sides.min(axis=0) / sides.max(axis=0)).min())
        sure = float(np.interp(shares[1], _AREA, _SURE) * np.interp(alike, _ALIKE, (0.0, 1.0)))
    left, top, right, bottom = within
    across, down = (right - left) / mask.shape[1], (bottom - top) / mask.shape[0]
    boxes = [
        (left + x * across, top + y * down, left + (x + wide) * across, top + (y + high) * down)
        for x, y, wide, high in kept[:, : cv2.CC_STAT_AREA].tolist()
    ]
    return Pieces(boxes=tuple(boxes), sure=sure * trust)
