"""Products that face the other way than most of the catalogue, or stand turned.

What is usual is learned from the catalogue itself (_orientation_learning.py), so it holds for bags as for shoes; what
looks alike either way, such as most clothes, gets a score near 0 and is left alone. In a catalogue of shoes about half
of which face either way none is usual, and right is taken to be. A catalogue with too few photos to learn from is
judged by the short lines of Canny and Hough alone, less surely (_orientation_edges.py).

Angles are in degrees, clockwise. A turn counts as sure when the answer is the same wherever the search for it starts.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._orientation.edges import Lines
from lookscape.catalogue.checks._orientation.habits import Habits, Stand, Way, folds, learn, stand
from lookscape.catalogue.checks._orientation.sight import Sight
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8

TITLE = "Facing the other way or turned"
WHAT = "Products that face the opposite way from most of the catalogue, or are not upright"
VERSION = 1
REVIEW_FROM = 0.8

LEAST = 0.3
"""Findings below are not worth keeping."""

# What lines alone are good for: confidences, and the least difference of both signs that counts.
_BY_LINES, _CLEAR = 0.6, 0.15
_STEEP = (6.0, 15.0)

_RIGHT, _LEFT, _NEITHER, _ARROW = (20, 90, 220), (230, 110, 0), (110, 110, 110), (200, 0, 110)


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Learn how the catalogue stands, then judge what is due."""
    if not photos.due:
        return
    habits = learn(photos, progress=progress)
    usual = _usual_by_lines(photos) if habits is None else None
    fold_of = folds(photos, photos.due)
    for done, (photo_id, sight) in enumerate(photos.map(Sight.of, photos.due)):
        progress(done, len(photos.due), "checking how products face")
        if habits is None:
            yield _by_lines(photo_id, sight, usual)
        else:
            yield _by_habits(photo_id, habits, stand(sight, habits, fold=fold_of[photo_id]))


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """Short lines that speak for right in blue, for left in orange, others grey; an arrow where the product points."""
    faded = (150 + cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY) * 0.4).astype(np.uint8)
    drawn = cv2.cvtColor(faded, cv2.COLOR_GRAY2RGB)
    lines = Lines.of(photo)
    for (x0, y0, x1, y1), sign in zip(lines.ends.tolist(), lines.signs.tolist(), strict=True):
        colour = {1: _RIGHT, -1: _LEFT}.get(sign, _NEITHER)
        cv2.line(drawn, (x0, y0), (x1, y1), colour, 1, cv2.LINE_AA)
    _draw_arrow(drawn, way=finding.detail.get("way"), turn=float(finding.detail.get("turn", 0.0)))
    return np.asarray(drawn, np.uint8)


def _by_habits(photo_id: str, habits: Habits, seen: Stand) -> Verdict:
    return _verdict(photo_id, seen, way=habits.way(seen.score), most=habits.facing.majority)


def _by_lines(photo_id: str, sight: Sight, usual: Way | None) -> Verdict:
    """Without anything learned: the slope of the lines and of the silhouette must agree."""
    way = _way_by_lines(sight)
    mirrored = _BY_LINES * sight.sure * (way is not None and usual is not None and way != usual)
    turned = _BY_LINES * sight.sure * float(np.interp(abs(sight.turn), _STEEP, (0, 1)))
    return _verdict(
        photo_id, Stand(turn=sight.turn, turned=turned, score=0.0, mirrored=mirrored), way=way, most=usual is not None
    )


def _verdict(photo_id: str, seen: Stand, *, way: Way | None, most: bool) -> Verdict:
    confidence = max(seen.turned, seen.mirrored)
    if confidence < LEAST:
        return Clear(photo_id=photo_id)
    # One trouble that is much the surer does not drag a doubtful one into the fix.
    turned = seen.turned >= max(0.5, confidence / 2) or seen.turned > seen.mirrored
    mirrored = seen.mirrored >= max(0.5, confidence / 2) or seen.mirrored >= seen.turned
    says = [_facing_words(way, most=most)] if mirrored else []
    side = "clockwise" if seen.turn > 0 else "counter-clockwise"
    says += [f"is turned by {abs(seen.turn):.0f}° {side}"] if turned else []
    detail = {"way": way, "turn": round(seen.turn, 2) if turned else 0.0, "score": round(seen.score, 2)}
    return Finding(
        photo_id=photo_id,
        says=" and ".join(says),
        confidence=round(float(confidence), 3),
        fix=Fix(mirror=mirrored, rotate=round(seen.turn, 2) if turned else 0.0),
        detail=detail,
    )


def _facing_words(way: Way | None, *, most: bool) -> str:
    if way is None:
        return "faces the other way than most"
    return f"points {way}, most point the other way" if most else f"points {way}"


def _way_by_lines(sight: Sight) -> Way | None:
    """Where the product points, if its silhouette and its lines agree."""
    if min(abs(sight.drop), abs(sight.facing)) < _CLEAR or sight.drop * sight.facing <= 0:
        return None
    return "right" if sight.drop > 0 else "left"


def _usual_by_lines(photos: Photos) -> Way | None:
    """The way of at least two thirds, None without."""
    ways = [way for _, way in photos.map(lambda photo: _way_by_lines(Sight.of(photo)), photos.ids) if way]
    return next((way for way in ("left", "right") if ways and 3 * ways.count(way) >= 2 * len(ways)), None)


def _draw_arrow(drawn: ImageU8, *, way: str | None, turn: float) -> None:
    """In the lower part: along the product's floor, to where it points; without a way a line to both ends."""
    height, width, _ = drawn.shape
    side = min(height, width)
    if side < 16:
        return
    along = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * (-1 if way == "left" else 1)
    middle = np.array([width / 2, height * 0.88])
    start, stop = (tuple(int(v) for v in middle + reach * side * along) for reach in (-0.2, 0.2))
    thick = max(1, side // 90)
    if way is None:
        cv2.line(drawn, start, stop, _ARROW, thick, cv2.LINE_AA)
    else:
        cv2.arrowedLine(drawn, start, stop, _ARROW, thick, cv2.LINE_AA, tipLength=0.25)
