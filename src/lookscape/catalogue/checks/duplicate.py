"""The same photo again: saved anew, made smaller, cropped, mirrored or tinted, and told apart from another colourway.

Features of a pretrained network name the pairs that might be copies (_duplicate_candidates.py), the photos of each pair
are laid over each other (_duplicate_alignment.py), and what is left of both drawing and colour decides
(_duplicate_comparison.py, _duplicate_verdict.py). Copies of copies form one group, of which the largest file stays; of
equally large ones the one whose product is described best, then the first one. A photo of the group that does not match
the one that stays when laid over it stays as well: three photos that are alike two by two need not be one.
"""

import os
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import cv2
import numpy as np

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.checks._duplicate import candidates
from lookscape.catalogue.checks._duplicate.alignment import Sight, align
from lookscape.catalogue.checks._duplicate.comparison import compare, difference, overlay
from lookscape.catalogue.checks._duplicate.verdict import Likeness, judge
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8
from lookscape.errors import LookscapeError

TITLE = "The same photo again"
WHAT = "Copies of another photo: re-saved, shrunk, cropped, mirrored or tinted; not other colourways"
VERSION = 2
REVIEW_FROM = 0.5

JOINED = 0.5
"""Confidence from which two photos are in one group."""

LEAST = 0.2
"""Pairs below are not worth keeping."""

ALL_PAIRS = 24
"""Up to so many photos every pair is looked at: there is too little to learn from."""

AT_ONCE = 2048
"""Photos whose pairs are looked at between two verdicts."""

KEPT = 1024
"""Photos kept in memory while their pairs are looked at, about 0.3 MB each."""

STRETCH = 128
"""Pairs looked at between two reports."""

Pair = tuple[int, int]
Rank = tuple[int, int, int]


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Compare every photo with those that look like it; what is due is judged with all others in view."""
    ids, due = list(photos.ids), list(photos.due)
    if not due:
        return
    groups = _Groups(photos, ids, _pairs(photos, ids, progress=progress))
    row_of = {photo_id: row for row, photo_id in enumerate(ids)}
    for done, photo_id in enumerate(due):
        report = partial(progress, done, len(due), "comparing photos")
        report()
        row = row_of[photo_id]
        if not groups.is_known(row):
            groups.look((row_of[later] for later in due[done : done + AT_ONCE]), report=report)
        yield groups.verdict(row)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """The photo, the other one laid over it, and in red where they differ once a tint is taken off."""
    if other is None:
        return photo.copy()
    one, two = Sight(photo), Sight(other)
    found = align(one, two)
    if found is None:
        return _beside(photo, other)
    both = overlay(one, two, found, extent=max(photo.shape[:2]))
    left = np.abs(difference(both)).max(axis=2) * both.mask
    heat = np.clip(left / 40, 0, 1)[..., None]
    grey = np.repeat(both.one.mean(axis=2, keepdims=True), 3, axis=2) * 0.5 + 127
    drawn = grey * (1 - heat) + np.array([220, 20, 30]) * heat
    seen = np.where(both.mask[..., None], both.other, 235)
    return np.hstack([np.clip(panel, 0, 255).astype(np.uint8) for panel in (both.one, seen, drawn)])


def _pairs(photos: Photos, ids: Sequence[str], *, progress: Progress) -> candidates.Pairs:
    """Rows of `ids` that might show the same photo."""
    if len(ids) <= ALL_PAIRS:
        return np.array(list(combinations(range(len(ids)), 2)), np.intp).reshape(-1, 2)
    chosen = [ids[row] for row in candidates.sample(len(ids))]
    progress(0, len(chosen), "learning what copying changes")
    readable: list[str] = []

    def copies() -> Iterator[ImageU8]:
        for number, (photo_id, photo) in enumerate(photos.each(chosen)):
            readable.append(photo_id)
            yield candidates.alter(photo, number)

    altered = photos.embed(copies())
    if not len(altered):
        return np.zeros((0, 2), np.intp)
    forgetting = candidates.learn(photos.features(readable), altered)
    codes_NC = candidates.encode(forgetting, ids, photos.features, progress=progress)
    return candidates.near_pairs(codes_NC, bar=forgetting.bar, progress=progress)


class _Groups:
    """Photos joined by verified pairs. Pairs are looked at when a photo is asked for, each once.

    A photo's group does not depend on which photos were asked for before, so a check that was stopped and goes on
    gives the verdicts of one that was not.
    """

    def __init__(self, photos: Photos, ids: Sequence[str], pairs_P2: candidates.Pairs) -> None:
        self._photos, self._ids = photos, ids
        self._place = candidates.near_order(pairs_P2, len(ids))
        self._near: dict[int, list[int]] = defaultdict(list)
        for one, other in pairs_P2.tolist():
            self._near[one].append(other)
            self._near[other].append(one)
        self._seen: dict[Pair, Likeness | None] = {}
        self._sights = _Sights(photos, ids)
        self._settled: dict[int, _Match | None] = {}
        self._ranks: dict[int, Rank] = {}

    def is_known(self, row: int) -> bool:
        """Whether everything that bears on this photo was looked at."""
        return all(_pair(member, near) in self._seen for member in self._group(row) for near in self._near[member])

    def look(self, rows: Iterable[int], *, report: Callable[[], None]) -> None:
        """Look at all pairs of these photos, and of the photos that turn out to be in their groups."""
        front = set(rows)
        known = set(front)
        while front:
            pairs = {_pair(row, near) for row in front for near in self._near[row]}
            self._compare([pair for pair in pairs if pair not in self._seen], report=report)
            front = {member for row in front for member in self._joined(row)} - known
            known |= front

    def verdict(self, row: int) -> Verdict:
        """What to say of a photo whose pairs are known."""
        if row not in self._settled:
            self._settle(self._group(row))
        match = self._settled[row] or self._doubtful(row)
        return Clear(photo_id=self._ids[row]) if match is None else self._tell(row, match)

    def _settle(self, group: Sequence[int]) -> None:
        """Decide who of a group stays, the best first; the others are copies of the one that they match most surely."""
        stay: list[int] = []
        for row in sorted(group, key=self._rank):
            match = max((self._match(kept, row) for kept in stay), key=lambda one: one.confidence, default=None)
            if match is None or match.confidence < JOINED:
                stay.append(row)
                match = None
            self._settled[row] = match

    def _doubtful(self, row: int) -> "_Match | None":
        """The better photo that this one resembles most, though not enough to be one with it."""
        seen = [(near, likeness) for near in self._near[row] if (likeness := self._seen[_pair(row, near)])]
        found = [(near, one) for near, one in seen if one.confidence < JOINED and self._rank(near) < self._rank(row)]
        if not found:
            return None
        near, likeness = max(found, key=lambda item: (item[1].confidence, -item[0]))
        return replace(self._match(near, row), confidence=likeness.confidence)

    def _match(self, kept: int, row: int) -> "_Match":
        """A photo laid over a better one; what was seen the other way round counts where it was surer."""
        one, other = self._sights(kept), self._sights(row)
        directed = None if one is None or other is None else look_at(one, other)
        known = self._seen.get(_pair(kept, row))
        confidence = max((likeness.confidence for likeness in (directed, known) if likeness), default=0.0)
        return _Match(kept=kept, confidence=confidence, likeness=directed or known)

    def _tell(self, row: int, match: "_Match") -> Finding:
        assert match.likeness is not None
        return Finding(
            photo_id=self._ids[row],
            says=match.likeness.says,
            confidence=round(match.confidence, 3),
            fix=Fix(remove=True),
            other_id=self._ids[match.kept],
            detail=match.likeness.detail,
        )

    def _compare(self, pairs: Iterable[Pair], *, report: Callable[[], None]) -> None:
        """Look at pairs by threads, those that share photos one after another, so that few are opened twice."""
        ordered = sorted(pairs, key=lambda pair: sorted((self._place[pair[0]], self._place[pair[1]])))

        def one(pair: Pair) -> Likeness | None:
            sights = self._sights(pair[0]), self._sights(pair[1])
            return None if sights[0] is None or sights[1] is None else look_at(sights[0], sights[1])

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for start in range(0, len(ordered), STRETCH):
                report()
                stretch = ordered[start : start + STRETCH]
                self._seen.update(zip(stretch, pool.map(one, stretch), strict=True))

    def _joined(self, row: int) -> list[int]:
        found = [(near, self._seen.get(_pair(row, near))) for near in self._near[row]]
        return [near for near, likeness in found if likeness and likeness.confidence >= JOINED]

    def _group(self, row: int) -> list[int]:
        """The photo and all that it is joined with, directly or by others."""
        found, front = {row}, [row]
        while front:
            front = [member for at in front for member in self._joined(at) if member not in found]
            found.update(front)
        return sorted(found)

    def _rank(self, row: int) -> "Rank":
        """Who stays has the smallest."""
        if row not in self._ranks:
            photo_id = self._ids[row]
            width, height = self._photos.sizes([photo_id]).get(photo_id, (0, 0))
            products = self._photos.products([photo_id]).get(photo_id, ())
            described = sum(len(known) for known in self._photos.attributes(products).values())
            self._ranks[row] = -width * height, -described, row
        return self._ranks[row]


@dataclass(frozen=True, kw_only=True)
class _Match:
    """A better photo that another one was laid over, how surely they are one, and what was seen, if anything."""

    kept: int
    confidence: float
    likeness: Likeness | None


class _Sights:
    """Photos opened lately, for many threads."""

    def __init__(self, photos: Photos, ids: Sequence[str]) -> None:
        self._photos, self._ids = photos, ids
        self._kept: OrderedDict[int, Sight | None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, row: int) -> Sight | None:
        """A photo, or None if it cannot be read."""
        with self._lock:
            if row in self._kept:
                self._kept.move_to_end(row)
                return self._kept[row]
        sight = self._open(row)
        with self._lock:
            self._kept[row] = sight
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return sight

    def _open(self, row: int) -> Sight | None:
        try:
            photo_id = self._ids[row]
            photo = self._photos.read(photo_id)
            return Sight(photo, file_side=max(self._photos.sizes([photo_id]).get(photo_id, photo.shape[:2])))
        except LookscapeError:
            return None


def look_at(one: Sight, other: Sight) -> Likeness | None:
    """How likely `other` is a copy of `one`, and made how; None if it hardly is."""
    found = align(one, other)
    if found is None:
        return None
    likeness = judge(one, other, found, compare(one, other, found))
    return likeness if likeness.confidence >= LEAST else None


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _beside(photo: ImageU8, other: ImageU8) -> ImageU8:
    """Both at one height."""
    height = photo.shape[0]
    width = max(1, round(other.shape[1] * height / other.shape[0]))
    return np.hstack([photo, np.asarray(cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA), np.uint8)])
