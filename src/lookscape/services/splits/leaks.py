"""What stands on both sides of a split: the same bytes, near-duplicates, photos of one product, similar names."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from lookscape.representation.splits.saved import Making
from lookscape.representation.splits.similar_names import similar_pairs
from lookscape.representation.splits.split import details, scored_pairs
from lookscape.services.records import Progress
from lookscape.services.splits.given import Listing
from lookscape.services.splits.groups import Catalogued

TRAIN = "train"


class Kind(StrEnum):
    """Why two photos should not stand on different sides, the gravest first."""

    BYTES = "same bytes"
    NEAR = "near-duplicate"
    PRODUCT = "same product"
    NAME = "similar name"


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Two listings in different parts; similarity in [0, 1]."""

    similarity: float
    one: Listing
    other: Listing


@dataclass(frozen=True, kw_only=True)
class Found:
    """The leaks of one kind: how many pairs, the worst, and which held-out listings have one in train."""

    kind: Kind
    num_pairs: int
    worst: Sequence[Leak]
    exposed: frozenset[Listing]


class Sides:
    """Which listings of a split a photo, a product or a name has, part by part."""

    def __init__(self, listings: Sequence[Listing]) -> None:
        self.listings = listings
        self.of_photo: dict[str, list[Listing]] = {}
        self.of_product: dict[str, list[Listing]] = {}
        for one in listings:
            self.of_photo.setdefault(one.photo_id, []).append(one)
            self.of_product.setdefault(one.product_id, []).append(one)


class _Gathered:
    """Collects the leaks of one kind, keeping only the worst."""

    def __init__(self, kind: Kind, *, keep: int) -> None:
        self._kind, self._keep, self._count = kind, keep, 0
        self._worst: list[Leak] = []
        self._exposed: set[Listing] = set()

    def add(self, ones: Sequence[Listing], others: Sequence[Listing], similarity: float) -> None:
        """Two sets of listings that are alike; nothing happens when all stand in one part."""
        across = _across(ones, others)
        if across is None:
            return
        self._count += 1
        heapq.heappush(self._worst, Leak(similarity, *across))
        if len(self._worst) > self._keep:
            heapq.heappop(self._worst)
        self.expose(ones, others)
        self.expose(others, ones)

    def expose(self, held: Sequence[Listing], learned: Sequence[Listing]) -> None:
        """Those of the first that are held out, if any of the second is learned from."""
        if any(one.part == TRAIN for one in learned):
            self._exposed.update(one for one in held if one.part != TRAIN)

    def found(self) -> Found:
        """What was gathered, the most similar first."""
        worst = sorted(self._worst, key=lambda leak: (-leak.similarity, leak.one, leak.other))
        return Found(kind=self._kind, num_pairs=self._count, worst=worst, exposed=frozenset(self._exposed))


def _across(ones: Sequence[Listing], others: Sequence[Listing]) -> tuple[Listing, Listing] | None:
    """The first of each in different parts, the learned from first."""
    for one in ones:
        for other in others:
            if one.part != other.part:
                return (other, one) if other.part == TRAIN else (one, other)
    return None


def find_leaks(
    catalogued: Catalogued, listings: Sequence[Listing], making: Making, *, keep: int, progress: Progress
) -> list[Found]:
    """All kinds, the gravest first; names only when `making` heeds them."""
    sides = Sides(listings)
    found = [
        _same_bytes(sides, keep=keep),
        _near(catalogued, sides, keep=keep, progress=progress),
        _same_product(sides, keep=keep),
    ]
    if making.by_name:
        found.append(_names(catalogued, sides, making, keep=keep, progress=progress))
    return found


def _same_bytes(sides: Sides, *, keep: int) -> Found:
    gathered = _Gathered(Kind.BYTES, keep=keep)
    for own in sides.of_photo.values():
        gathered.add(own, own, 1.0)
    return gathered.found()


def _same_product(sides: Sides, *, keep: int) -> Found:
    gathered = _Gathered(Kind.PRODUCT, keep=keep)
    for own in sides.of_product.values():
        if len({one.part for one in own}) > 1:
            for one, other in combinations(sorted({one.photo_id for one in own}), 2):
                gathered.add(sides.of_photo[one], sides.of_photo[other], 1.0)
    return gathered.found()


def _near(catalogued: Catalogued, sides: Sides, *, keep: int, progress: Progress) -> Found:
    gathered = _Gathered(Kind.NEAR, keep=keep)
    listed = catalogued.part(list(sides.of_photo))
    for (one, other), similarity in _alike(listed, progress).items():
        gathered.add(sides.of_photo[one], sides.of_photo[other], similarity)
    return gathered.found()


def _alike(listed: Catalogued, progress: Progress) -> Mapping[tuple[str, str], float]:
    """Pairs of photos that nearly are the same picture, and how nearly."""
    ids, there = listed.pixels.ids, set(listed.pixels.ids)
    found = {(min(pair), max(pair)): similarity for *pair, similarity in listed.copies if there.issuperset(pair)}
    for pairs_P2, cosines_P in scored_pairs(details(listed.pixels), progress=progress):
        for (row, other), cosine in zip(pairs_P2.tolist(), cosines_P.tolist(), strict=True):
            pair = min(ids[row], ids[other]), max(ids[row], ids[other])
            found[pair] = max(found.get(pair, 0.0), cosine)
    return found


def _names(catalogued: Catalogued, sides: Sides, making: Making, *, keep: int, progress: Progress) -> Found:
    gathered = _Gathered(Kind.NAME, keep=keep)
    texts = catalogued.texts(ignore_colours=making.ignore_colours)
    of_text: dict[str, list[Listing]] = {}
    for product, own in sides.of_product.items():
        if text := texts.get(product):
            of_text.setdefault(text, []).extend(own)
    for own in of_text.values():
        _same_name(gathered, own)
    distinct = sorted(of_text)
    seen: set[tuple[int, int]] = set()
    for part in similar_pairs(distinct, least=making.similar, progress=progress):
        for (row, other), similarity in zip(part.pairs_P2.tolist(), part.similar_P.tolist(), strict=True):
            if (row, other) not in seen:
                seen.add((row, other))
                gathered.add(of_text[distinct[row]], of_text[distinct[other]], similarity)
    return gathered.found()


def _same_name(gathered: _Gathered, own: Sequence[Listing]) -> None:
    """One name of several products: counted once, though each of them is exposed by any other."""
    by_product: dict[str, list[Listing]] = {}
    for one in own:
        by_product.setdefault(one.product_id, []).append(one)
    products = list(by_product.values())
    first = next((other for other in products[1:] if _across(products[0], other)), None)
    if first is None:
        return
    gathered.add(products[0], first, 1.0)
    learned = [product for product, listed in by_product.items() if any(one.part == TRAIN for one in listed)]
    for product, listed in by_product.items():
        if len(learned) > (product in learned):
            gathered.expose(listed, [one for other in learned[:2] if other != product for one in by_product[other]])
