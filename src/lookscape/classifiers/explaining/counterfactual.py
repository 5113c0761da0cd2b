"""What would change a classifier's answer: the smallest part of a photo that, once covered, makes it say another thing.

Places are covered in the order of a heat map, the most telling first, with the colour that the photo stands on; the
smallest share that changes the answer is a counterfactual in the sense of Wachter, Mittelstadt & Russell
("Counterfactual explanations without opening the black box", 2018), here found along one order of places, so smaller
ones may exist. Because covering anything may change an answer, squares of the same area are covered at random as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import background_colour
from lookscape.representation.protocol import ImageU8

COARSE = np.arange(1, 21) / 25
"""Shares of the photo that are tried first: up to most of it."""

FINE = 8
"""Shares that are tried between the last that left the answer and the first that changed it."""

SQUARES = 16
"""Places at which as much is covered at random."""

Tell = Callable[[ImageU8], NDArray[np.float64]]
"""Photos N x H x W x 3 -> N x classes, chances."""


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """What covering does: `share` of the photo is the least that makes the answer `becomes`, with this chance.

    `at_random` is the share of squares of the same area that change the answer wherever they are.
    """

    share: float
    becomes: int
    chance: float
    at_random: float


def smallest_counterfactual(
    photo_HWC: ImageU8, map_HW: NDArray[np.float32], tell: Tell, *, seed: int = 0
) -> Counterfactual | None:
    """None where covering four fifths of the photo in the order of the map leaves the answer as it is."""
    answer = int(tell(photo_HWC[None])[0].argmax())
    first = _first_change(photo_HWC, map_HW, COARSE, tell, answer=answer)
    if first is None:
        return None
    low = COARSE[first - 1] if first else 0.0
    fine = np.linspace(low, COARSE[first], FINE + 1)[1:]
    place = _first_change(photo_HWC, map_HW, fine, tell, answer=answer)
    share = float(fine[-1] if place is None else fine[place])
    [chances_K] = tell(covered(photo_HWC, map_HW, share=share)[None])
    squares = np.stack(_random_squares(photo_HWC, share=share, seed=seed))
    return Counterfactual(
        share=share,
        becomes=int(chances_K.argmax()),
        chance=float(chances_K.max()),
        at_random=float((tell(squares).argmax(axis=1) != answer).mean()),
    )


def covered(photo_HWC: ImageU8, map_HW: NDArray[np.float32], *, share: float) -> ImageU8:
    """The photo with this share of its places, the warmest of the map, in the colour that it stands on."""
    found = photo_HWC.copy()
    found[telling(map_HW, share=share)] = background_colour(photo_HWC)
    return found


def telling(map_HW: NDArray[np.float32], *, share: float) -> NDArray[np.bool_]:
    """H x W: this share of the places, the warmest; of equal ones the upper left first."""
    order = np.argsort(-map_HW, axis=None, kind="stable")
    chosen = np.zeros(map_HW.size, np.bool_)
    chosen[order[: round(share * map_HW.size)]] = True
    return chosen.reshape(map_HW.shape)


def _first_change(
    photo_HWC: ImageU8, map_HW: NDArray[np.float32], shares: NDArray[np.float64], tell: Tell, *, answer: int
) -> int | None:
    told_N = tell(np.stack([covered(photo_HWC, map_HW, share=share) for share in shares])).argmax(axis=1)
    changed = np.flatnonzero(told_N != answer)
    return int(changed[0]) if len(changed) else None


def _random_squares(photo_HWC: ImageU8, *, share: float, seed: int) -> list[ImageU8]:
    height, width = photo_HWC.shape[:2]
    side = np.sqrt(share)
    tall, wide = max(1, round(side * height)), max(1, round(side * width))
    rng, colour, found = np.random.default_rng(seed), background_colour(photo_HWC), []
    for _ in range(SQUARES):
        top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
        square = photo_HWC.copy()
        square[top : top + tall, left : left + wide] = colour
        found.append(square)
    return found
