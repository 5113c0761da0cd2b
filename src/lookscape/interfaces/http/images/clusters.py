"""Clusters as pictures, drawn when somebody looks: /clusters/NAME/NUMBER/mean.webp and montage.webp.

mean is the average of the members' photos, pixel by pixel; montage shows those nearest to the centre, row by row.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Header, Path, Response

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation.protocol import ImageU8
from lookscape.services.clusters import file

ASK_AGAIN = "private, no-cache"
SIDE = 128
AVERAGED = 200
"""Members that the mean photo is of, spread evenly from the centre outwards."""

WIDE, TALL = 4, 3
"""Photos in a row and in a column of the montage."""

IN_MEMORY = 512

Name = Annotated[str, Path(pattern=file.NAME.pattern, description="the clusters' name")]
Number = Annotated[int, Path(ge=1, description="the cluster's number")]


class Picture(StrEnum):
    """What of a cluster is to be seen."""

    MEAN = "mean"
    MONTAGE = "montage"


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/clusters", tags=["atlas"])

    @lru_cache(maxsize=IN_MEMORY)
    def drawn(photo_ids: tuple[str, ...], picture: Picture) -> bytes:
        from lookscape.representation.latents.drawings import sheet, still

        photos = list(_read(engine, photo_ids))
        if not photos:
            raise NotFoundError("none of this cluster's photos can be read any more")
        return still(mean(photos) if picture is Picture.MEAN else sheet(photos, wide=WIDE))

    @routes.get("/{name}/{number}/{picture}.webp", summary="A cluster as a picture", response_class=Response)
    def image(
        name: Name, number: Number, picture: Picture, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        photo_ids = _photo_ids(engine, name, number, picture)
        headers = {"cache-control": ASK_AGAIN, "etag": f'"{hash_of(photo_ids)}-{picture.value}"'}
        if if_none_match == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(drawn(photo_ids, picture), media_type="image/webp", headers=headers)

    return routes


def mean(photos: Sequence[ImageU8]) -> ImageU8:
    """The average photo, in sRGB."""
    total_HWC = np.zeros(photos[0].shape, np.float64)
    for photo in photos:
        total_HWC += photo
    return np.asarray((total_HWC / len(photos)).round(), np.uint8)


def hash_of(photo_ids: Sequence[str]) -> str:
    """Names a choice of photos."""
    return hashlib.sha256("".join(photo_ids).encode()).hexdigest()[:16]


def _photo_ids(engine: Engine, name: str, number: int, picture: Picture) -> tuple[str, ...]:
    members = file.open_members(engine, name)
    rows = members.of(number)
    if not len(rows):
        raise NotFoundError(f"{name} has no cluster {number}")
    if picture is Picture.MEAN:
        chosen = rows[np.linspace(0, len(rows) - 1, min(AVERAGED, len(rows))).astype(np.intp)]
    else:
        chosen = rows[: WIDE * TALL]
    return tuple(members.photo_ids[row] for row in chosen)


def _read(engine: Engine, photo_ids: Sequence[str]) -> "Sequence[ImageU8]":
    from lookscape.representation.spaces.preprocess import decode, square

    found = []
    for photo_id in photo_ids:
        try:
            found.append(square(decode(engine.catalogue.read_photo(photo_id), side=SIDE), side=SIDE))
        except (PhotoError, NotFoundError):
            continue
    return found
