"""The standard picture of a photo: what people accepted is applied, then it is padded to a square of one size.

A picture is a function of the picture as ingested and of its Recipe alone, so doing it twice is doing it once, and the
Recipe, one line of text, says whether a photo has it already. A product that is cut out stands on white. What lies
beyond the photo, where it is turned or a crop reaches outside, is continued from its border: repeated, and softened so
that no streaks run out of the picture.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.findings import Finding, Fix, Outline
from lookscape.catalogue.imaging import ImageU8, background_colour, encode_jpeg

VERSION = 1
"""Raised when the same recipe gives other pixels, so that pictures are made anew."""

SIZE = 224
"""Pixels of the square, unless another is asked for."""

# The continued border is softened over this share of the photo's side; what is further than this from the background's
# colour, in levels, must stay in view when the photo is turned.
_SOFT, _STANDS_OUT = 0.04, 24
# White fades into a product that is cut out over this share of the photo's side; corners are placed on 1/16 pixels.
_EDGE, _SUBPIXELS = 0.003, 4


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a picture is made: the fix, then a square of `size` pixels."""

    fix: Fix = field(default_factory=Fix)
    size: int = SIZE

    @classmethod
    def of(cls, findings: Iterable[Finding], *, size: int) -> Self:
        """From all that was accepted about one photo. Of two angles, crops or outlines the surer counts."""
        surest = sorted(findings, key=lambda finding: finding.confidence, reverse=True)
        fixes = [finding.fix for finding in surest]
        return cls(
            fix=Fix(
                mirror=any(fix.mirror for fix in fixes),
                rotate=next((fix.rotate for fix in fixes if fix.rotate), 0.0),
                crop=next((fix.crop for fix in fixes if fix.crop), None),
                cut_out=next((fix.cut_out for fix in fixes if fix.cut_out), ()),
            ),
            size=size,
        )

    @property
    def text(self) -> str:
        """One line that says it all."""
        fix = asdict(self.fix)
        if not self.fix.cut_out:  # pictures made before products could be cut out are as they would be now
            del fix["cut_out"]
        return json.dumps({**fix, "size": self.size, "version": VERSION}, sort_keys=True)

    @property
    def words(self) -> list[str]:
        """What is done, in words."""
        fix = self.fix
        done = ["cut out"] if fix.cut_out else []
        done += ["cropped"] if fix.crop else []
        done += [f"turned by {abs(fix.rotate):.1f}° {'left' if fix.rotate > 0 else 'right'}"] if fix.rotate else []
        return [*done, *(["mirrored"] if fix.mirror else []), f"{self.size} x {self.size} pixels"]


def standardise(photo: ImageU8, recipe: Recipe) -> ImageU8:
    """The standard picture of H x W x 3 sRGB bytes: size x size x 3."""
    fix = recipe.fix
    done = cut_out(photo, fix.cut_out) if fix.cut_out else photo
    if fix.crop is not None:
        done = crop(done, fix.crop)
    if fix.rotate:
        done = rotate(done, fix.rotate)
    if fix.mirror:
        done = np.ascontiguousarray(done[:, ::-1])
    return _resized(_square(done), recipe.size)


def encode(picture: ImageU8) -> bytes:
    """As it is stored: a JPEG."""
    return encode_jpeg(picture)


def cut_out(photo: ImageU8, outlines: Iterable[Outline]) -> ImageU8:
    """The photo with white outside of outlines given in shares of it; what an even number of them surrounds is too."""
    height, width, _ = photo.shape
    size = np.array([width, height]) * 2**_SUBPIXELS
    corners = [np.round(np.array(outline) * size - 2 ** (_SUBPIXELS - 1)).astype(np.int32) for outline in outlines]
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, corners, 255, lineType=cv2.LINE_AA, shift=_SUBPIXELS)
    soft = cv2.GaussianBlur(cover, (0, 0), max(0.5, _EDGE * max(height, width)))
    share = soft[..., None].astype(np.float32) / 255
    return np.asarray(photo * share + 255 * (1 - share) + 0.5, np.uint8)


def crop(photo: ImageU8, box: tuple[float, float, float, float]) -> ImageU8:
    """The part in a box given in shares of the photo; beyond the photo its border goes on."""
    height, width, _ = photo.shape
    left, top = math.floor(box[0] * width), math.floor(box[1] * height)
    right, bottom = max(left + 1, math.ceil(box[2] * width)), max(top + 1, math.ceil(box[3] * height))
    margins = max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width)
    wide = _continued(photo, margins)
    top, bottom = top + margins[0], bottom + margins[0]
    left, right = left + margins[2], right + margins[2]
    return np.ascontiguousarray(wide[top:bottom, left:right])


def rotate(photo: ImageU8, degrees: float) -> ImageU8:
    """Turned counter-clockwise about its middle, as large as before unless something would be cut off."""
    height, width, _ = photo.shape
    reach = math.ceil(math.hypot(height, width) / 2) + 1
    margins = reach - height // 2, reach - height // 2, reach - width // 2, reach - width // 2
    wide = _continued(photo, margins)
    middle = (margins[2] + (width - 1) / 2, margins[0] + (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    turned = cv2.warpAffine(wide, matrix, wide.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(wide.shape[:2], np.uint8)
    mask[margins[0] : margins[0] + height, margins[2] : margins[2] + width] = _stands_out(photo)
    shown = cv2.warpAffine(mask, matrix, wide.shape[1::-1], flags=cv2.INTER_NEAREST)
    rows = _span(shown.any(axis=1), middle[1], height)
    columns = _span(shown.any(axis=0), middle[0], width)
    return np.ascontiguousarray(turned[rows, columns])


def _stands_out(photo: ImageU8) -> NDArray[np.uint8]:
    """1 where a photo is not its background: H x W."""
    far = np.abs(photo.astype(np.int16) - np.array(background_colour(photo), np.int16)).max(axis=2)
    return np.asarray(far > _STANDS_OUT, np.uint8)


def _span(filled: NDArray[np.bool_], middle: float, length: int) -> slice:
    """The rows or columns about the middle that hold what is filled, and at least `length`."""
    places = np.flatnonzero(filled)
    reach = max(abs(places - middle).max() + 0.5 if len(places) else 0, length / 2)
    start, stop = math.floor(middle + 0.5 - reach), math.ceil(middle + 0.5 + reach)
    return slice(max(start, 0), min(stop, len(filled)))


def _continued(photo: ImageU8, margins: tuple[int, int, int, int]) -> ImageU8:
    """With margins above, below, left and right into which the border goes on."""
    if not any(margins):
        return photo
    top, bottom, left, right = margins
    wide = cv2.copyMakeBorder(photo, top, bottom, left, right, cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(wide, (0, 0), max(1.0, _SOFT * max(photo.shape[:2])))
    height, width, _ = photo.shape
    soft[top : top + height, left : left + width] = photo
    return np.asarray(soft, np.uint8)


def _square(photo: ImageU8) -> ImageU8:
    height, width, _ = photo.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return _continued(photo, (top, side - height - top, left, side - width - left))


def _resized(photo: ImageU8, size: int) -> ImageU8:
    if photo.shape[0] == size:
        return photo
    how = cv2.INTER_AREA if photo.shape[0] > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (size, size), interpolation=how), np.uint8)
