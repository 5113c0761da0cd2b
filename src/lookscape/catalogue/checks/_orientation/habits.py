"""How the products of a catalogue usually stand, and how one product stands compared with that."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookscape.catalogue.checking import Photos, Progress
from lookscape.catalogue.checks._orientation.learning import NUM_FOLDS, Facing, Turn, learn_facing, learn_turn
from lookscape.catalogue.checks._orientation.sight import Sight, features
from lookscape.catalogue.measuring import LEAST_FOOTWEAR, Subject

FEW = 60
"""From fewer photos nothing is learned."""

SAMPLE = 4000
"""Photos that are learned from at most, those with the smallest ids: 130 MB."""

SURE = 0.5
"""Silhouettes less sure than this teach nothing."""

ASKED = 200
"""Photos that are asked whether this is a catalogue of shoes."""

Way = Literal["left", "right"]

# Degrees at which the confidence that a product is turned is 0, half and 1 where products stand no further apart than
# _CALM degrees, else that many times more; degrees of doubt at which it is whole and gone.
_TURNS, _CALM, _DOUBTS = (2.5, 4.0, 7.0), 1.0, (2.0, 8.0)
# How far a product differs from its mirror image: below the first it looks alike either way. Nine in ten bags, watches
# and people in shirts are below 20 to 25; of shoes one in ten is below 27, of those seen aslant none below 38.
_LOPSIDED = (18.0, 28.0)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """`usual` is the way most face, None where left and right have no meaning (these are not shoes)."""

    turn: Turn
    facing: Facing
    usual: Way | None

    @property
    def one_way(self) -> bool:
        """Whether there is a way to face: that of most, or of shoes."""
        return self.facing.majority or self.usual is not None

    def way(self, score: float) -> Way | None:
        """The way a product with this score faces."""
        if self.usual is None or score > 0:
            return self.usual
        return "left" if self.usual == "right" else "right"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One product: `turn` in degrees clockwise, `score` the log odds that it faces as usual.

    `turned` and `mirrored` are how sure it is that it does not stand as usual, 0 to 1.
    """

    turn: float
    turned: float
    score: float
    mirrored: float


def learn(photos: Photos, *, progress: Progress) -> Habits | None:
    """From a fixed sample of all photos; None if too few of them show a product on a plain background."""
    sample = sorted(photos.ids)[:SAMPLE] if len(photos.ids) >= FEW else []
    sights: dict[str, Sight] = {}
    for done, (photo_id, sight) in enumerate(photos.map(Sight.of, sample)):
        progress(done, 2 * len(sample), "learning how products stand")
        if sight.sure >= SURE:
            sights[photo_id] = sight
    fold_of = folds(photos, list(sights))
    folds_N = np.array(list(fold_of.values()), np.intp)
    if min(np.bincount(folds_N, minlength=NUM_FOLDS)) < FEW // 3:
        return None
    progress(len(sample), 2 * len(sample), "learning how products stand")
    turn = learn_turn(
        [sight.canvas for sight in sights.values()],
        hints_N=np.array([sight.turn for sight in sights.values()]),
        folds_N=folds_N,
    )
    rows = []
    for photo_id, sight in sights.items():
        angle = 0.0 if turn.upright or not turn.known else turn.angle(sight.canvas, fold=fold_of[photo_id])
        rows.append(features(sight.canvas, turned=angle))
    hints_N = np.array([sight.drop for sight in sights.values()])
    facing = learn_facing(np.stack(rows), hints_N=hints_N, folds_N=folds_N)
    if not _are_shoes(photos, list(sights)):
        return Habits(turn=turn, facing=facing, usual=None)
    scores = [facing.score(row, fold=int(fold)) for row, fold in zip(rows, folds_N, strict=True)]
    right = not facing.majority or float(np.sum(np.sign(scores) * np.sign(hints_N))) >= 0
    return Habits(turn=turn, facing=facing, usual="right" if right else "left")


def folds(photos: Photos, ids: Sequence[str]) -> dict[str, int]:
    """Which model judges each photo: photos of one product get the same one."""
    products = photos.products(ids)
    names = {photo_id: min(products.get(photo_id) or (photo_id,)) for photo_id in ids}
    return {photo_id: zlib.crc32(name.encode()) % NUM_FOLDS for photo_id, name in names.items()}


def stand(sight: Sight, habits: Habits, *, fold: int) -> Stand:
    """How a product stands, by the models that did not know it."""
    angle = habits.turn.angle(sight.canvas, fold=fold) if habits.turn.known else 0.0
    doubt = habits.turn.doubt(sight.canvas, fold=fold, angle=angle)
    wide = max(1.0, habits.turn.spread / _CALM) if habits.turn.upright else 1.0
    turned = float(np.interp(abs(angle) / wide, _TURNS, (0.0, 0.5, 1.0)) * np.interp(doubt, _DOUBTS, (1.0, 0.0)))
    back = habits.turn.middle + angle if turned >= 0.5 else 0.0
    seen = features(sight.canvas, turned=back)
    score = habits.facing.score(seen, fold=fold)
    lopsided = float(np.interp(np.linalg.norm(seen), _LOPSIDED, (0.0, 1.0)))
    sure = sight.sure * lopsided * habits.facing.trust(score) if habits.one_way else 0.0
    mirrored = 1 / (1 + math.exp(min(max(score, -60.0), 60.0)))
    return Stand(turn=angle, turned=turned * sight.sure, score=score, mirrored=mirrored * sure)


def _are_shoes(photos: Photos, ids: Sequence[str]) -> bool:
    """Whether most of these look like footwear from the side, which has a left and a right whatever is usual."""
    some = sorted(ids)[:ASKED]
    found = [footwear for _, footwear in photos.map(lambda photo: Subject.of(photo).footwear, some)]
    return float(np.mean([footwear >= LEAST_FOOTWEAR for footwear in found])) > 0.5
