"""Colours of groups beside each other, and of one photo beside each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError, UsageError
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.survey.colours import SPACES, Shares, counts, divergence, mutual_information, shares
from lookscape.services.survey.figures import Likeness

THE_PHOTO = "your photo"
DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A photo to compare: what to call it, and its pixels; `photo_id` is empty for one from outside."""

    name: str
    pixels: ImageU8
    photo_id: str = ""


def asked(engine: Engine, photo: bytes | None, product_id: str | None) -> Asked | None:
    """The photo that was asked about, or a product's first one; None without either.

    Raises UsageError for both, NotFoundError for a product that is not there or has no photo, PhotoError.
    """
    if photo is not None and product_id is not None:
        raise UsageError("compare a photo or a product, not both at once")
    if photo is not None:
        return Asked(name=THE_PHOTO, pixels=imaging.standardise(photo).pixels)
    if product_id is None:
        return None
    product = engine.catalogue.product(product_id)
    if not product.photo_ids:
        raise NotFoundError(f"product {product_id!r} has no photo that is not put aside")
    photo_id = product.photo_ids[0]
    try:
        pixels = decode(engine.catalogue.read_photo(photo_id), side=512)
    except NotFoundError as error:
        raise PhotoError(f"the photo of product {product_id!r} is gone; ingest it again") from error
    return Asked(name=product.name or product_id, pixels=pixels, photo_id=photo_id)


def colours_of(photo: ImageU8, *, side: int, background: bool) -> Shares:
    """A photo's distribution, at the size at which the catalogue's are taken."""
    [found_L] = shares(counts(square(photo, side=side), background=background)[None])
    return np.asarray(found_L)


def between(names: Sequence[str], shares_GL: Shares) -> list[Likeness]:
    """Every pair of groups, in every colour space."""
    pairs = list(combinations(range(len(names)), 2))
    return [
        _likeness(space, (names[first], shares_GL[first]), (names[second], shares_GL[second]))
        for space in SPACES
        for first, second in pairs
    ]


def to_groups(name: str, shares_L: Shares, names: Sequence[str], shares_GL: Shares) -> list[Likeness]:
    """A photo and every group, in every colour space, the least divergence first."""
    found = []
    for space in SPACES:
        each = [_likeness(space, (name, shares_L), pair) for pair in zip(names, shares_GL, strict=True)]
        found += sorted(each, key=lambda one: one.divergence)
    return found


def _likeness(space: str, first: tuple[str, Shares], second: tuple[str, Shares]) -> Likeness:
    return Likeness(
        space=space,
        first=first[0],
        second=second[0],
        mutual_information=round(mutual_information(first[1], second[1], space=space), DECIMALS),
        divergence=round(divergence(first[1], second[1], space=space), DECIMALS),
    )
