"""Photos of something else than this catalogue shows: clothes among shoes, boxes, logos, people, size charts.

What is usual is learned from the catalogue's own photos (_off_subject_usual.py), so it holds for watches as for shoes.
At least six in ten photos must show it; where half would be told, nothing is. In a department store of a few large
kinds the smaller ones are told: it is for people to say whether they belong.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._off_subject_usual import Features, Usual
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8

TITLE = "Not the product"
WHAT = "Photos of something else than most of the catalogue shows: boxes, logos, people, charts, other kinds of things"
VERSION = 1
REVIEW_FROM = 0.5

LEAST = 0.2
"""Findings below are not worth keeping."""

BLOCK = 4096
"""Photos whose features are held at once."""

_BAR, _ON, _OFF = (225, 225, 225), (0, 150, 80), (220, 30, 30)


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Learn what is usual, then judge what is due."""
    due = photos.due
    if not due:
        return
    progress(0, len(due), "learning what the catalogue shows")
    usual = Usual.of(photos)
    for start in range(0, len(due), BLOCK):
        progress(start, len(due), "looking for other subjects")
        block = due[start : start + BLOCK]
        for photo_id, features_D in zip(block, photos.features(block), strict=True):
            yield _verdict(photo_id, features_D, usual)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """The photo, the usual one that is most like it, and below how far it is from usual: green usual, red not."""
    height = photo.shape[0]
    panels = [photo] if other is None else [photo, _scaled(other, height)]
    beside = np.hstack(panels)
    bar = np.full((max(8, height // 16), beside.shape[1], 3), _BAR, np.uint8)
    distance, middle = float(finding.detail.get("distance", 0.0)), float(finding.detail.get("usual_to", 0.5))
    longest = max(1.5 * middle, distance, 1e-6)
    end, turn = (round(value / longest * bar.shape[1]) for value in (distance, middle))
    bar[2:-2, : min(end, turn)] = _ON
    bar[2:-2, turn:end] = _OFF
    return np.vstack([beside, bar])


def _verdict(photo_id: str, features_D: Features, usual: Usual | None) -> Verdict:
    distance = usual.distance(features_D) if usual else 0.0
    confidence = usual.confidence(distance) if usual else 0.0
    if usual is None or confidence < LEAST:
        return Clear(photo_id=photo_id)
    return Finding(
        photo_id=photo_id,
        says=_words(usual.nearer(distance)),
        confidence=round(confidence, 3),
        fix=Fix(remove=True),
        other_id=usual.nearest(features_D, but=photo_id),
        detail={"distance": round(distance, 4), "usual_to": round(usual.far[1], 4)},
    )


def _words(nearer: float) -> str:
    """In plain terms: how many photos are more like what is usual."""
    share = f"{100 * min(nearer, 0.999):.{1 if nearer > 0.99 else 0}f}"
    return f"shows something else: {share} % of the photos are more like what is usual here"


def _scaled(photo: ImageU8, height: int) -> ImageU8:
    size = max(1, round(photo.shape[1] * height / photo.shape[0])), height
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
