"""What a comparison of two photos means: how surely they are one photo, and in words what was done to it."""

import math
from dataclasses import dataclass
from typing import Any

from lookscape.catalogue.checks._duplicate.alignment import Alignment, Sight
from lookscape.catalogue.checks._duplicate.comparison import Comparison

BIAS = 8.0
WEIGHTS = {"drawing": -1.1, "patch": -3.2, "bent": -0.2, "paint": -1.0}
"""Of the evidence below, in a logistic model fitted to altered photos and to colourways (lab/LOG.md)."""

LEAST_OVERLAP = 0.6
"""Share of the smaller photo's content that must lie on the other."""

TINTED, CROPPED, RESIZED = 4.0, 0.88, 0.06
"""From how many levels of colour, below which share in common, from which change of size the words say so."""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How surely two photos are one, 0 to 1; `says` what was done to the one to get the other."""

    confidence: float
    says: str
    detail: dict[str, Any]


def judge(one: Sight, other: Sight, alignment: Alignment, seen: Comparison) -> Likeness:
    """Judge `other` as a copy of `one`."""
    logit = BIAS + sum(WEIGHTS[name] * value for name, value in evidence(alignment, seen).items())
    confidence = 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))
    if seen.overlap < LEAST_OVERLAP:
        confidence = 0.0
    return Likeness(
        confidence=round(confidence, 3),
        says=_words(one, other, alignment, seen),
        detail={
            "mirrored": alignment.mirrored,
            "scale": round(alignment.scale, 3),
            "share": round(seen.cover, 3),
            "detail": round(seen.detail, 3),
            "patch": round(seen.patch, 1),
            "gain": list(seen.gain),
            "offset": list(seen.offset),
        },
    )


def evidence(alignment: Alignment, seen: Comparison) -> dict[str, float]:
    """What speaks against a copy, each 0 for the photo itself and cut off where more would not mean more."""
    return {
        "drawing": min(max(1 - seen.detail, 0.0), 0.5) * 10,
        "patch": math.log1p(min(seen.patch, 60.0)),
        "bent": min(alignment.skew, 0.2) * 10,
        "paint": min(seen.unfounded, 40.0) / 10,
    }


def _words(one: Sight, other: Sight, alignment: Alignment, seen: Comparison) -> str:
    """What was done to the one to get the other."""
    done = []
    if seen.cover < CROPPED:
        done.append("cropped")
    if alignment.mirrored:
        done.append("mirrored")
    if seen.cast > TINTED:
        done.append("tinted")
    sizes = other.side / one.side
    if seen.cover >= CROPPED and abs(sizes - 1) > RESIZED:
        done.append("made smaller" if sizes < 1 else "made larger")
    return "a copy of another photo, " + (", ".join(done) if done else "re-saved")
