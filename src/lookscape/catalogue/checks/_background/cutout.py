"""The product cut out of a photo taken anywhere: which pixels it is, its box and its outline.

GrabCut (Rother, Kolmogorov & Blake, SIGGRAPH 2004): colours of product and ground as mixtures of Gaussians and a cut
along edges, in turns, from an ellipse in the middle of the photo. What it finds is sure when a second start, smaller
and at a coarser size, finds the same, when that is compact and not small, and when the frame does not cut it off: a
part of the ground that was taken along usually sticks out, or is not taken twice; what is small may be a print.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checks._background.ground import own_part
from lookscape.catalogue.findings import Box, Outline
from lookscape.catalogue.foreground import Mask
from lookscape.catalogue.imaging import ImageU8, shrunk

SIDE, COARSE = 96, 64
"""Pixels of the longer side at which the product is looked for, and looked for again."""

ROUNDS = 2
"""Turns of GrabCut; more move little."""

# Half axes of the ellipse that the product is first taken to fill, in shares of the photo; the same for the second.
_START, _AGAIN = (0.44, 0.34), (0.40, 0.26)
# The rim that is never product, in shares of the longer side.
_RIM = 0.03
# A piece this large and central, relative to the best one, is product too: the second of a pair.
_SECOND, _CENTRAL = 0.25, 0.3
# How far both starts agree (intersection over union), how much of its convex hull the product fills, how much of the
# photo, and how much of the rim it lies on: where it is not sure at all, and where it is.
_AGREED, _COMPACT, _LARGE, _CUT = (0.6, 0.9), (0.6, 0.85), (0.02, 0.10), (0.12, 0.02)
# Outlines are traced this many times larger and smoothed by so many pixels; holes of less than this share are filled.
_FINER, _SMOOTH, _HOLE = 3, 0.8, 0.004
# Corners kept at most, and by how many pixels outlines are straightened at first.
_CORNERS, _STRAIGHT = 240, 0.35


@dataclass(frozen=True, kw_only=True)
class Cutout:
    """`mask` (H x W) are the pixels at the size looked at, within the photo's own part; `sure` is 0 to 1.

    `box` and `outlines` are in shares of the whole photo; an outline within another one is a hole.
    """

    mask: Mask
    box: Box
    outlines: tuple[Outline, ...]
    sure: float

    @classmethod
    def of(cls, photo: ImageU8) -> "Cutout | None":
        """From H x W x 3 sRGB bytes of any size; None if nothing stands out."""
        rows, columns = own_part(photo)
        own = shrunk(photo[rows, columns], side=SIDE)
        mask = _product(own, _START)
        if not mask.any():
            return None
        again = _product(shrunk(own, side=COARSE), _AGAIN)
        outlines = [_placed(outline, rows, columns, photo) for outline in _outlines(mask)]
        if not outlines:
            return None
        corners = np.concatenate(outlines)
        left, top, right, bottom = (float(v) for v in (*corners.min(axis=0), *corners.max(axis=0)))
        return cls(
            mask=mask,
            box=(left, top, right, bottom),
            outlines=tuple(tuple((float(x), float(y)) for x, y in outline) for outline in outlines),
            sure=_sureness(mask, again),
        )


def _product(photo: ImageU8, axes: tuple[float, float]) -> Mask:
    """GrabCut from an ellipse, and of what it finds the large and central pieces: H x W."""
    height, width, _ = photo.shape
    rim = max(1, round(_RIM * max(height, width)))
    none = np.zeros((height, width), np.bool_)
    if min(height, width) < 4 * rim + 8 or not photo.std(axis=(0, 1)).any():
        return none
    down, across = np.mgrid[:height, :width]
    inside = ((across / (width - 1) - 0.5) / axes[0]) ** 2 + ((down / (height - 1) - 0.5) / axes[1]) ** 2 < 1
    marks = np.where(inside, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[:rim], marks[-rim:], marks[:, :rim], marks[:, -rim:] = (cv2.GC_BGD,) * 4
    mixtures = np.zeros((1, 65)), np.zeros((1, 65))
    # GrabCut starts from k-means, which draws from a generator of the thread.
    cv2.setRNGSeed(0)
    cv2.grabCut(photo, marks, None, *mixtures, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return _pieces((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD))


def _pieces(found: Mask) -> Mask:
    """The largest central piece and those nearly as good."""
    number, labels, facts, centres = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    if number < 2:
        return found
    middles = np.asarray(centres[1:], np.float64) / (found.shape[1], found.shape[0])
    away = np.linalg.norm(middles - 0.5, axis=1)
    worth = np.asarray(facts[1:, cv2.CC_STAT_AREA], np.float64) * np.exp(-((away / _CENTRAL) ** 2))
    return np.isin(labels, np.flatnonzero(worth >= _SECOND * worth.max()) + 1)


def _sureness(mask: Mask, again: Mask) -> float:
    """The least of: both starts agree, the product is compact, it is not small, the frame does not cut it off."""
    cover = cv2.resize(mask.astype(np.float32), again.shape[::-1], interpolation=cv2.INTER_AREA)
    coarse = cover.reshape(again.shape) > 0.5
    both, either = int(np.count_nonzero(coarse & again)), int(np.count_nonzero(coarse | again))
    agreed = both / max(either, 1)
    rim = max(1, round(_RIM * max(mask.shape)))
    border = np.concatenate([mask[rim], mask[-rim - 1], mask[:, rim], mask[:, -rim - 1]])
    return float(
        min(
            np.interp(agreed, _AGREED, (0.0, 1.0)),
            np.interp(_compactness(mask), _COMPACT, (0.0, 1.0)),
            np.interp(mask.mean(), _LARGE, (0.0, 1.0)),
            np.interp(border.mean(), _CUT[::-1], (1.0, 0.0)),
        )
    )


def _compactness(mask: Mask) -> float:
    """How much of their convex hulls the pieces fill: 1 for an oval."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(outline) for outline in outlines]
    hulls = [cv2.contourArea(cv2.convexHull(outline)) for outline in outlines]
    return float(sum(areas) / max(sum(hulls), 1.0))


def _outlines(mask: Mask) -> list[NDArray[np.float64]]:
    """Polygons (N x 2, across and down, in shares of the mask), smooth at more than the mask's own resolution."""
    height, width = mask.shape
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _SMOOTH, borderType=cv2.BORDER_REPLICATE)
    fine = cv2.resize(soft, (width * _FINER, height * _FINER), interpolation=cv2.INTER_CUBIC) > 0.5
    found, _ = cv2.findContours(fine.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    least = _HOLE * np.count_nonzero(fine)
    kept = [outline for outline in found if cv2.contourArea(outline) > max(least, 1.0)]
    straight, corners = _STRAIGHT * _FINER, kept
    while kept:
        corners = [cv2.approxPolyDP(outline, straight, closed=True) for outline in kept]
        if sum(map(len, corners)) <= _CORNERS:
            break
        straight *= 1.5
    size = np.array([width, height]) * _FINER
    return [(outline[:, 0] + 0.5) / size for outline in corners if len(outline) >= 3]


def _placed(outline: NDArray[np.float64], rows: slice, columns: slice, photo: ImageU8) -> NDArray[np.float64]:
    """From shares of the own part to shares of the photo."""
    first = np.array([columns.start, rows.start])
    size = np.array([columns.stop - columns.start, rows.stop - rows.start])
    return np.asarray(((first + outline * size) / (photo.shape[1], photo.shape[0])).clip(0, 1).round(4), np.float64)
