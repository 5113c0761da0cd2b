"""Small square photos for pages that hold their pictures, as pixels and as WebP files."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation.latents.drawings import still
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.photos.pictures import photo_set

TILE = 112
"""Side of a photo, pixels."""


def tiles(engine: Engine, photo_ids: Iterable[str]) -> dict[str, ImageU8]:
    """Those of these photos that can be read, each TILE x TILE x 3."""
    wanted = sorted(set(photo_ids))
    photos = photo_set(engine, wanted)

    def read(photo_id: str) -> ImageU8 | None:
        try:
            return square(decode(photos.read(photo_id), side=TILE), side=TILE)
        except (PhotoError, NotFoundError):
            return None

    there = {photo.id for photo in engine.catalogue.photos(wanted)}
    wanted = [photo_id for photo_id in wanted if photo_id in there]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="report") as pool:
        found = zip(wanted, pool.map(read, wanted), strict=True)
        return {photo_id: photo for photo_id, photo in found if photo is not None}


def single(photo_ids: Iterable[str], tiles_of: Mapping[str, ImageU8]) -> dict[str, bytes]:
    """One picture each."""
    return {photo_id: still(tiles_of[photo_id]) for photo_id in dict.fromkeys(photo_ids) if photo_id in tiles_of}
