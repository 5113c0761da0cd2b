"""The pictures of photos as models read them, with word of those that are no longer the picture as ingested."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lookscape.engine import Engine

if TYPE_CHECKING:
    from lookscape.representation.spaces.embed import PhotoSet


def photo_set(engine: Engine, ids: Sequence[str]) -> "PhotoSet":
    """These photos with their present pictures."""
    from lookscape.representation.spaces.embed import PhotoSet

    blobs, altered = {}, {}
    for photo in engine.catalogue.photos(ids):
        blobs[photo.id] = photo.blob
        if photo.original is not None:
            altered[photo.id] = photo.blob
    return PhotoSet(ids=ids, read=lambda photo_id: engine.catalogue.blobs.get(blobs[photo_id]), altered=altered)
