"""Making standard pictures of many photos on all cores, a bounded number at a time."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lookscape.catalogue.findings import Finding
from lookscape.catalogue.records import Photo
from lookscape.catalogue.standardising import Recipe, encode, standardise
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation.spaces.preprocess import decode
from lookscape.services.records import Progress

BATCH = 200
"""Photos made between two reports: what a killed run loses at most."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A photo's standard picture, encoded, or why there is none."""

    photo: Photo
    recipe: Recipe
    data: bytes = b""
    reason: str = ""


def recipes(photos: Sequence[Photo], accepted: Mapping[str, Sequence[Finding]], *, size: int) -> dict[str, Recipe]:
    """The recipe of each photo."""
    return {photo.id: Recipe.of(accepted.get(photo.id, ()), size=size) for photo in photos}


def made(
    engine: Engine, photos: Sequence[Photo], recipe_of: Callable[[Photo], Recipe], progress: Progress
) -> Iterator[list[Made]]:
    """Batches of pictures, in order, from the photos as ingested."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="standard") as pool:
        for start in range(0, len(photos), BATCH):
            progress(start, len(photos), "standardising")
            yield list(pool.map(lambda photo: _made(engine, photo, recipe_of(photo)), photos[start : start + BATCH]))
    progress(len(photos), len(photos), "standardising")


def _made(engine: Engine, photo: Photo, recipe: Recipe) -> Made:
    try:
        pixels = decode(engine.catalogue.blobs.get(photo.original or photo.blob), side=_needed(recipe))
    except (PhotoError, NotFoundError) as error:
        return Made(photo=photo, recipe=recipe, reason=f"{photo.id}: {error}")
    return Made(photo=photo, recipe=recipe, data=encode(standardise(pixels, recipe)))


def _needed(recipe: Recipe) -> int:
    """The side of a photo in which the part that is kept has the recipe's size still."""
    left, top, right, bottom = recipe.fix.crop or (0.0, 0.0, 1.0, 1.0)
    return int(recipe.size / min(1.0, right - left, bottom - top)) + 1
