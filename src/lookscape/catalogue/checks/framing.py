"""Products cut off by the edge of the photo, small in it, or away from where the others stand.

A product that is cut off is as high on the frame as a little further inside, one that only touches it is rounder. How
large and where products stand is a habit of the catalogue: its medians are what is usual, and only what is further from
them than the others are is told (robust z, Iglewicz & Hoaglin 1993), so mixed catalogues are given more room; where
many are cut off at one side, such as people in trousers, that is a habit too. What is small or off centre is mended by
a crop that gives it the usual size and place. No crop brings back what is cut off: such a photo can only be put aside,
until there is a new one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._framing_place import SIDES, Place
from lookscape.catalogue.findings import REACH, Box, Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8

TITLE = "Cut off, too small or off centre"
WHAT = "Products cut off by the edge of the photo, or smaller or placed differently in it than the others"
VERSION = 2
REVIEW_FROM = 0.5

LEAST = 0.25
"""Findings below are not worth keeping."""

SAMPLE = 2000
"""Photos that tell what is usual at most, those with the smallest ids."""

FEW = 20
"""With fewer photos EXTENT of the photo, in its middle, is usual."""

EXTENT = 0.85

# Where confidence is 0, half and 1: usual extent over own, distance from the usual middle in sides of the photo.
_SMALLER, _AWAY = (1.3, 1.6, 2.4), (0.05, 0.09, 0.16)
# The same three in deviations of the catalogue, where that is more.
_DEVIATIONS = (2.5, 4.0, 7.0)
_HALF = (0.0, 0.5, 1.0)
# Shares of a catalogue that are cut off at a side, from which on that is a habit, and what is left of the confidence.
_HABIT, _HABITUAL = (0.05, 0.25), (1.0, 0.3)

_BOX, _WRONG, _MENDED = (20, 90, 220), (220, 30, 30), (0, 150, 80)


@dataclass(frozen=True, kw_only=True)
class Usual:
    """Medians over a catalogue, and robust deviations about them: of the logarithm of the extent, across and down.

    `cut` is the share of photos that are cut off at each of SIDES.
    """

    extent: float = EXTENT
    middle: tuple[float, float] = (0.5, 0.5)
    deviations: tuple[float, float, float] = (0.0, 0.0, 0.0)
    cut: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)

    @classmethod
    def of(cls, places: Sequence[Place]) -> "Usual":
        """Of at least FEW places whose product is sure; else the defaults."""
        sure = [place for place in places if place.sure >= 0.5]
        if len(sure) < FEW:
            return cls()
        found = np.array([(math.log(place.extent), *place.middle) for place in sure])
        middle = np.median(found, axis=0)
        spread = 1.4826 * np.median(np.abs(found - middle), axis=0)
        return cls(
            extent=float(np.exp(middle[0])),
            middle=(float(middle[1]), float(middle[2])),
            deviations=(float(spread[0]), float(spread[1]), float(spread[2])),
            cut=tuple(np.mean([[cut >= 0.5 for cut in place.cuts] for place in sure], axis=0).tolist()),
        )


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Learn what is usual, then judge what is due."""
    if not photos.due:
        return
    sample = sorted(photos.ids)[:SAMPLE]
    places = {}
    for done, (photo_id, place) in enumerate(photos.map(Place.of, sample)):
        progress(done, len(sample), "learning where products are placed")
        places[photo_id] = place
    usual = Usual.of(list(places.values()))
    for done, (photo_id, place) in enumerate(photos.map(Place.of, photos.due)):
        progress(done, len(photos.due), "checking where products are placed")
        yield judge(photo_id, place, usual)


def judge(photo_id: str, place: Place, usual: Usual) -> Verdict:
    """The surest trouble of one photo; what is cut off is small or off centre for that reason alone."""
    habits = np.interp(usual.cut, _HABIT, _HABITUAL).tolist()
    cut, side = max((own * habit, side) for own, habit, side in zip(place.cuts, habits, SIDES, strict=True))
    across, down = (own - other for own, other in zip(place.middle, usual.middle, strict=True))
    way = f"{'left' if across < 0 else 'right'}" if abs(across) >= abs(down) else f"{'up' if down < 0 else 'down'}"
    share = round(100 * place.extent)
    troubles = (
        (cut, "cut", f"cut off at the {side}, which no crop can fix: put it aside or take a new photo"),
        (_small(place, usual), "small", f"small in its photo: {share} % of it, usual are {100 * usual.extent:.0f} %"),
        (_away(across, down, usual), "away", f"off centre: {100 * max(abs(across), abs(down)):.0f} % too far {way}"),
    )
    confidence, kind, says = troubles[0] if cut >= 0.5 else max(troubles)
    confidence = round(confidence * place.sure, 3)
    if confidence < LEAST:
        return Clear(photo_id=photo_id)
    box = [round(value, 4) for value in (place.left, place.top, place.right, place.bottom)]
    fix = Fix(remove=True) if kind == "cut" else Fix(crop=_crop(place, usual))
    detail = {"kind": kind, "box": box, "sides": [side] if kind == "cut" else []}
    return Finding(photo_id=photo_id, says=says, confidence=confidence, fix=fix, detail=detail)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """The product's box with lines to the frame, a side that cuts it off in red, the crop that mends it in green."""
    drawn = photo.copy()
    height, width, _ = photo.shape
    thick = max(1, min(height, width) // 100)

    def at(across: float, down: float) -> tuple[int, int]:
        return round(across * (width - 1)), round(down * (height - 1))

    left, top, right, bottom = finding.detail.get("box", (0.0, 0.0, 1.0, 1.0))
    middle = (left + right) / 2, (top + bottom) / 2
    rays = {
        "left": (at(0, middle[1]), at(left, middle[1])),
        "top": (at(middle[0], 0), at(middle[0], top)),
        "right": (at(right, middle[1]), at(1, middle[1])),
        "bottom": (at(middle[0], bottom), at(middle[0], 1)),
    }
    for start, stop in rays.values():
        cv2.line(drawn, start, stop, _BOX, thick)
    cv2.rectangle(drawn, at(left, top), at(right, bottom), _BOX, thick)
    ends = {
        "left": (at(left, top), at(left, bottom)),
        "top": (at(left, top), at(right, top)),
        "right": (at(right, top), at(right, bottom)),
        "bottom": (at(left, bottom), at(right, bottom)),
    }
    for side in finding.detail.get("sides", ()):
        cv2.line(drawn, *ends[side], _WRONG, 3 * thick)
    if finding.fix.crop is not None:
        crop = finding.fix.crop
        cv2.rectangle(drawn, at(crop[0], crop[1]), at(crop[2], crop[3]), _MENDED, thick)
    return drawn


def _small(place: Place, usual: Usual) -> float:
    least = [max(math.log(own), z * usual.deviations[0]) for own, z in zip(_SMALLER, _DEVIATIONS, strict=True)]
    return float(np.interp(math.log(usual.extent / place.extent), least, _HALF))


def _away(across: float, down: float, usual: Usual) -> float:
    sure = 0.0
    for distance, deviation in ((across, usual.deviations[1]), (down, usual.deviations[2])):
        least = [max(own, z * deviation) for own, z in zip(_AWAY, _DEVIATIONS, strict=True)]
        sure = max(sure, float(np.interp(abs(distance), least, _HALF)))
    return sure


def _crop(place: Place, usual: Usual) -> Box:
    """A square that gives the product the usual size and place."""
    side = place.extent / usual.extent
    left, top = (own - side * other for own, other in zip(place.middle, usual.middle, strict=True))
    box = np.clip([left, top, left + side, top + side], -REACH, 1 + REACH).round(4)
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])
