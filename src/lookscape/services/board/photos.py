"""The photos a board judges by: those that none of its models learned from, the same ones for all of them.

Training divides photos by the array of its model's side, so a photo is taken only where it is a test photo at every
side that is used.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.metrics.frechet_rows import FrechetRows
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.services.photos.pictures import photo_set
from lookscape.services.records import Progress

if TYPE_CHECKING:
    from lookscape.representation.networks.features import Pooled, Stages
    from lookscape.representation.spaces.pixels import Pixels

FEWEST = 20
"""Test photos without which nothing can be said."""

MOST_LATENTS = 2000
"""Test photos whose latents are looked at; they are cheap."""

Strings = NDArray[np.str_]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What may be chosen about a board: test photos that are decoded, pairs that are blended, and the seed of both."""

    photos: int
    pairs: int
    seed: int


@dataclass(frozen=True)
class HeldOut:
    """Test photos in an order drawn by seed; the first `choice.photos` are decoded and looked at by networks.

    `groups` says which photos are one product (or nearly the same), `train_ids` from which ones PCA may learn.
    """

    ids: tuple[str, ...]
    groups: Strings
    pixels: "Mapping[int, Pixels]"
    train_ids: tuple[str, ...]
    side: int
    choice: Choice

    @property
    def num_seen(self) -> int:
        """How many are decoded and looked at by networks."""
        return min(self.choice.photos, len(self.ids))

    @cached_property
    def digest(self) -> str:
        """Changes with the photos, their groups, the side or the choice."""
        text = json.dumps([self.ids, self.groups.tolist(), self.side, vars(self.choice)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def at(self, side: int, ids: Iterable[str]) -> ImageU8:
        """N x side x side x 3, of these photos in this order."""
        pixels = self.pixels[side]
        rows = {photo_id: row for row, photo_id in enumerate(pixels.ids)}
        return np.stack([pixels.array_NHWC[rows[photo_id]] for photo_id in ids])


class Reference:
    """What models are compared with. Everything is computed when first asked for, and once."""

    def __init__(self, engine: Engine, photos: HeldOut) -> None:
        self._engine, self.photos = engine, photos
        self.groups = photos.groups[: photos.num_seen]

    @cached_property
    def real(self) -> ImageU8:
        """N x side x side x 3: the test photos that are looked at, at the board's side."""
        return self.photos.at(self.photos.side, self.photos.ids[: self.photos.num_seen])

    @cached_property
    def stages(self) -> "Stages":
        """The eye that compares photo with photo."""
        from lookscape.representation.networks.features import Stages

        return Stages(self.photos.side)

    @cached_property
    def pooled(self) -> "Pooled":
        """The eye that compares many photos with many."""
        from lookscape.representation.networks.features import Pooled

        return Pooled(self._engine.encoder("pretrained"))

    @cached_property
    def features(self) -> Vectors:
        """N x D, of the test photos."""
        return self.pooled(self.real)

    def frechet(self, photos_NHWC: ImageU8) -> FrechetRows:
        """As many photos against the test photos."""
        return FrechetRows(self.pooled(photos_NHWC), reference_ND=self.features)

    def other_real(self) -> FrechetRows:
        """As many other real photos, of the training part, against the test photos; fewer of both where it is small."""
        rng = np.random.default_rng(self.photos.choice.seed)
        drawn = rng.permutation(np.array(self.photos.train_ids))[: self.photos.num_seen]
        others = self.pooled(self.photos.at(self.photos.side, drawn.tolist()))
        return FrechetRows(others, reference_ND=self.features[: len(others)])


def held_out(engine: Engine, *, sides: Iterable[int], side: int, choice: Choice, progress: Progress) -> HeldOut:
    """Find them. Raises UsageError when the catalogue has none, or too few."""
    from lookscape.representation.spaces.pixels import prepare
    from lookscape.representation.splits.split import find_groups, split_by_group

    catalogue = engine.catalogue
    photos = _photo_set(engine)
    owners = catalogue.products_of_photos(photos.ids)
    pixels, groups, test, train = {}, dict[str, str](), list[set[str]](), list[set[str]]()
    for each in sorted({*sides, side}, key=lambda one: one != side):
        found = pixels[each] = prepare(photos, side=each, folder=engine.folder / "cache", progress=progress)
        progress(0, 0, "finding photos that no model has seen")
        names = find_groups(found, products_of=owners)
        split = split_by_group(names)
        test.append({found.ids[row] for row in split.test})
        train.append({found.ids[row] for row in split.train})
        groups = groups or dict(zip(found.ids, names, strict=True))
    ids = sorted(set.intersection(*test))
    if len(ids) < FEWEST:
        raise UsageError(
            f"models are compared on photos that none was trained on, about a tenth of all, and {len(ids)} are too "
            "few; "
            f"bring in at least {12 * FEWEST} photos"
        )
    order = np.random.default_rng(choice.seed).permutation(len(ids))[:MOST_LATENTS]
    chosen = tuple(ids[row] for row in order)
    return HeldOut(
        ids=chosen,
        groups=np.array([groups[photo_id] for photo_id in chosen]),
        pixels=pixels,
        train_ids=tuple(sorted(set.intersection(*train))),
        side=side,
        choice=choice,
    )


def resized(photos_NHWC: ImageU8, *, side: int) -> ImageU8:
    """Photos brought to another side: averaged down or smoothly up."""
    if photos_NHWC.shape[1] == side:
        return photos_NHWC
    how = cv2.INTER_AREA if photos_NHWC.shape[1] > side else cv2.INTER_CUBIC
    return np.stack([cv2.resize(photo, (side, side), interpolation=how) for photo in photos_NHWC])


def _photo_set(engine: Engine) -> "PhotoSet":
    ids = engine.catalogue.photo_ids()
    if not ids:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    return photo_set(engine, ids)


if TYPE_CHECKING:
    from lookscape.representation.spaces.embed import PhotoSet
