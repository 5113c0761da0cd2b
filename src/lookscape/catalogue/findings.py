"""What checks find in photos and what people decide about it, as frozen records. No SQL, no pixels."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from lookscape.errors import UsageError

REACH = 1.0
"""How far a crop may go beyond the photo, in shares of it; what is there is continued from the border."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in shares of the photo's width and height."""

Outline = tuple[tuple[float, float], ...]
"""The corners of a polygon, across and down, in shares of the photo's width and height."""

CORNERS = 2000
"""Corners of all outlines of a fix together, at most."""


@dataclass(frozen=True, kw_only=True)
class Fix:
    """What accepting a finding does to the photo, in this order: cut out, crop, rotate, mirror; or it is put aside.

    `cut_out` are the outlines of the product, holes as outlines within others: what is outside becomes white. `rotate`
    is in degrees, counter-clockwise as one sees it, -180 to 180. `crop` may reach beyond the photo, by REACH at most.
    Raises UsageError for what is out of range.
    """

    mirror: bool = False
    rotate: float = 0.0
    crop: Box | None = None
    remove: bool = False
    cut_out: tuple[Outline, ...] = ()

    def __post_init__(self) -> None:
        if not -180 <= self.rotate <= 180:
            raise UsageError(f"rotate: {self.rotate} is not within -180 to 180 degrees")
        if self.crop is not None:
            object.__setattr__(self, "crop", _checked_box(self.crop))
        object.__setattr__(self, "cut_out", tuple(map(_checked_outline, self.cut_out)))
        if sum(map(len, self.cut_out)) > CORNERS:
            raise UsageError(f"cut_out: outlines have at most {CORNERS} corners together")

    @property
    def is_empty(self) -> bool:
        """Nothing to do: a finding that only tells."""
        return self == Fix()

    def to_json(self) -> str:
        """One line; what is not done is left out."""
        return json.dumps(self.done)

    @property
    def done(self) -> dict[str, Any]:
        """What is done, by field, fit for JSON."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        crop = fields.pop("crop", None)
        return cls(crop=None if crop is None else _box(crop), **fields)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A trouble with one photo; a check finds at most one in each.

    `says` is a plain sentence without a full stop ("points left"), `confidence` in [0, 1], `other_id` the photo that it
    duplicates or should be compared with, `detail` numbers and lists that `picture` needs, small and fit for JSON.
    """

    photo_id: str
    says: str
    confidence: float
    fix: Fix = field(default_factory=Fix)
    other_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Clear:
    """Nothing is wrong with this photo, as far as the check can see."""

    photo_id: str


class FindingState(StrEnum):
    """A finding is open until somebody accepts or rejects it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding as the catalogue holds it: from which check, and who decided what about it when, in which act."""

    id: int
    check: str
    finding: Finding
    state: FindingState
    act_id: int | None = None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which findings: of these checks (all without any), of this state (any without one), from these confidences.

    `least` holds for the checks that `least_of` does not name.
    """

    checks: tuple[str, ...] = ()
    state: FindingState | None = FindingState.OPEN
    least: float = 0.0
    least_of: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FoundPage:
    """Some findings of a longer list, the surest first; `total` counts the whole list."""

    items: tuple[Found, ...]
    total: int
    offset: int


@dataclass(frozen=True, kw_only=True)
class CheckCounts:
    """How many of the photos to be seen a check's present version has judged and has not, and findings by state."""

    check: str
    judged: int
    due: int
    open: int
    accepted: int
    rejected: int


def _checked_box(box: Sequence[float]) -> Box:
    left, top, right, bottom = (float(value) for value in box)
    inside = all(math.isfinite(value) and -REACH <= value <= 1 + REACH for value in (left, top, right, bottom))
    if not (inside and left < right and top < bottom):
        raise UsageError(f"crop: {tuple(box)} is not left, top, right, bottom in shares of the photo")
    return left, top, right, bottom


def _checked_outline(corners: Sequence[Sequence[float]]) -> Outline:
    outline = tuple((float(across), float(down)) for across, down in corners)
    if len(outline) < 3 or not all(0 <= value <= 1 for corner in outline for value in corner):
        raise UsageError("cut_out: an outline has three corners or more, all within the photo")
    return outline


def _box(values: Sequence[float]) -> Box:
    left, top, right, bottom = values
    return left, top, right, bottom
