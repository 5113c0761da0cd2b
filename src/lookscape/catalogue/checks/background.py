"""Photos taken on a floor, a cloth or in a street instead of before plain paper; the product is cut out of them.

What is plain is told from the photo's own border (_background_ground.py), so coloured paper and soft shading are no
trouble, and neither are people before paper. Accepting crops to the product; where its outline is sure
(_background_cutout.py), what is outside becomes white too, as in the picture people see before they decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._background.cutout import Cutout
from lookscape.catalogue.checks._background.ground import Ground
from lookscape.catalogue.findings import Box, Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8

TITLE = "Background not plain"
WHAT = "Photos with a floor, a room or a street behind the product; it is cut out of them"
VERSION = 1
REVIEW_FROM = 0.5

LEAST = 0.2
"""Findings below are not worth keeping, and nothing is cut out."""

# Unevenness of the border, CIELAB, at which confidence is 0, half and 1.
_UNEVEN, _SURE = (0.5, 0.9, 2.5), (0.0, 0.5, 1.0)
# How sure the product must be for the photo to be cropped to it, and for the rest to become white.
_CROPS, _WHITENS = 0.15, 0.5
# Room left about the product, in shares of its longer side.
_ROOM = 0.06

_BOX, _EDGE = (20, 90, 220), (0, 150, 80)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`uneven` is the ground's, CIELAB; `confidence` that it is not plain, 0 to 1; what was cut out if it is not."""

    uneven: float
    confidence: float
    cutout: Cutout | None


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Judge each photo by itself."""
    for done, (photo_id, seen) in enumerate(photos.map(look, photos.due)):
        progress(done, len(photos.due), "checking backgrounds")
        yield judge(photo_id, seen)


def look(photo: ImageU8) -> Seen:
    """Look at one photo, H x W x 3 sRGB bytes."""
    uneven = Ground.of(photo).uneven
    confidence = float(np.interp(uneven, _UNEVEN, _SURE))
    return Seen(uneven=uneven, confidence=confidence, cutout=Cutout.of(photo) if confidence >= LEAST else None)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """What is taken for background faded, the product's outline in green if it is sure, its box in blue."""
    drawn = photo.copy()
    height, width, _ = photo.shape
    thick = max(1, min(height, width) // 100)
    outlines = [
        np.round(np.array(own) * (width, height)).astype(np.int32) for own in finding.detail.get("outlines", ())
    ]
    if not outlines:
        return drawn
    product = np.zeros((height, width), np.uint8)
    cv2.fillPoly(product, outlines, 1)
    faded = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None] * 0.3 + 165
    drawn = np.where(product[..., None] > 0, drawn, faded.astype(np.uint8))
    if finding.fix.cut_out:
        cv2.polylines(drawn, outlines, isClosed=True, color=_EDGE, thickness=thick, lineType=cv2.LINE_AA)
    left, top, right, bottom = finding.detail["box"]
    corners = [(round(x * (width - 1)), round(y * (height - 1))) for x, y in ((left, top), (right, bottom))]
    cv2.rectangle(drawn, corners[0], corners[1], _BOX, thick)
    return drawn


def judge(photo_id: str, seen: Seen) -> Verdict:
    """What is told of a photo, and what would mend it."""
    if seen.confidence < LEAST:
        return Clear(photo_id=photo_id)
    confidence = round(seen.confidence, 3)
    cutout = seen.cutout
    if cutout is None:
        return Finding(photo_id=photo_id, says="the background is not plain", confidence=confidence)
    return Finding(
        photo_id=photo_id,
        says=f"the background is not plain, {_words(cutout)}",
        confidence=confidence,
        fix=_fix(cutout),
        detail={"box": [round(v, 4) for v in cutout.box], "sure": round(cutout.sure, 3), "outlines": cutout.outlines},
    )


def _words(cutout: Cutout) -> str:
    if cutout.sure < _CROPS:
        return "and the product's outline is uncertain"
    return "the product can be cut out" if cutout.sure >= _WHITENS else "the photo can be cropped to the product"


def _fix(cutout: Cutout) -> Fix:
    """What is safe to do."""
    if cutout.sure < _CROPS:
        return Fix()
    whitens = cutout.sure >= _WHITENS
    crop = _square(cutout.box, inside=not whitens)
    return Fix(crop=crop, cut_out=cutout.outlines if whitens else ())


def _square(box: Box, *, inside: bool) -> Box:
    """A square about the box with some room; moved, and if need be made smaller, to lie inside of the photo."""
    left, top, right, bottom = box
    side = (1 + 2 * _ROOM) * max(right - left, bottom - top)
    across, down = (left + right) / 2, (top + bottom) / 2
    if inside:
        side = min(side, 1.0)
        across, down = (float(np.clip(middle, side / 2, 1 - side / 2)) for middle in (across, down))
    half = side / 2
    return round(across - half, 4), round(down - half, 4), round(across + half, 4), round(down + half, 4)
