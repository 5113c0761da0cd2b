"""Two products in one photo, such as both shoes of a pair, where the catalogue shows one.

Two pieces as large and as long as each other are two products (_pair_pieces.py). Where one hides a part of the other
there is one piece only; what such photos look like is learned from the catalogue's own products laid behind each other
(_pair_learning.py). Where most photos show pairs, that is the habit and nothing is told.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._pair.learning import Pairs, folds
from lookscape.catalogue.checks._pair.pieces import Pieces
from lookscape.catalogue.findings import Clear, Finding
from lookscape.catalogue.imaging import ImageU8

TITLE = "Two products in one photo"
WHAT = "Photos of a pair or of several products, side by side or one behind the other"
VERSION = 1
REVIEW_FROM = 0.5

LEAST = 0.2
"""Findings below are not worth keeping."""

SAMPLE = 300
"""Photos that tell whether pairs are usual, at most, those with the smallest ids."""

BLOCK = 4096
"""Photos whose features are held at once."""

# Shares of a catalogue that show pairs, from which on that is a habit, and what is left of the confidence.
_HABIT, _HABITUAL = (0.3, 0.5), (1.0, 0.0)

_COLOURS = ((20, 90, 220), (230, 110, 0), (0, 150, 80))


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Learn what pairs look like and whether they are usual, then judge what is due."""
    if not photos.due:
        return
    progress(0, len(photos.due), "learning what pairs look like")
    pairs = Pairs.learn(photos)
    sample = sorted(photos.ids)[:SAMPLE]
    shares = [confidence >= REVIEW_FROM for _, confidence, _ in _judged(photos, sample, pairs)]
    habit = float(np.interp(np.mean(shares), _HABIT, _HABITUAL)) if shares else 1.0
    for done, (photo_id, confidence, pieces) in enumerate(_judged(photos, photos.due, pairs)):
        progress(done, len(photos.due), "counting products")
        yield _verdict(photo_id, round(confidence * habit, 3), pieces)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """A box about each piece; one box if they are not apart, with a cross where two were seen in it."""
    drawn = photo.copy()
    height, width, _ = photo.shape
    thick = max(1, min(height, width) // 90)
    boxes = finding.detail.get("boxes", ())
    for number, (left, top, right, bottom) in enumerate(boxes):
        corners = [(round(x * (width - 1)), round(y * (height - 1))) for x, y in ((left, top), (right, bottom))]
        colour = _COLOURS[number % len(_COLOURS)]
        cv2.rectangle(drawn, corners[0], corners[1], colour, thick)
        if len(boxes) == 1:
            cv2.line(drawn, corners[0], corners[1], colour, thick, cv2.LINE_AA)
            cv2.line(drawn, (corners[0][0], corners[1][1]), (corners[1][0], corners[0][1]), colour, thick, cv2.LINE_AA)
    return drawn


def _judged(photos: Photos, ids: Sequence[str], pairs: Pairs | None) -> Iterator[tuple[str, float, Pieces]]:
    """Photos with how sure it is that they show two products, and the pieces seen."""
    for start in range(0, len(ids), BLOCK):
        block = ids[start : start + BLOCK]
        learned = dict.fromkeys(block, 0.0)
        if pairs is not None:
            fold_of = folds(photos, block)
            sure = pairs.confidences(photos.features(block), [fold_of[photo_id] for photo_id in block])
            learned = dict(zip(block, sure.tolist(), strict=True))
        for photo_id, pieces in photos.map(Pieces.of, block):
            yield photo_id, 1 - (1 - learned[photo_id]) * (1 - pieces.sure), pieces


def _verdict(photo_id: str, confidence: float, pieces: Pieces) -> Verdict:
    if confidence < LEAST:
        return Clear(photo_id=photo_id)
    apart = len(pieces.boxes) if pieces.sure >= LEAST else 1
    says = "looks like two products, one behind the other" if apart < 2 else f"{apart} products side by side"
    boxes = [[round(value, 4) for value in box] for box in pieces.boxes[:20]]
    return Finding(photo_id=photo_id, says=says, confidence=confidence, detail={"boxes": boxes})
