"""Findings as images, drawn when somebody looks: /findings/NUMBER/photo.jpg, why.jpg and fixed.jpg.

photo is the one as ingested, why what the check's `picture` draws, fixed the photo as accepting would make it.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Path, Response

from lookscape.catalogue.checking import SIDE, find_check
from lookscape.catalogue.findings import Finding, Found
from lookscape.catalogue.imaging import ImageU8, encode_jpeg, shrunk
from lookscape.engine import Engine

KEPT = "private, max-age=3600"
IN_MEMORY = 512
"""Images of the page that people are at."""

Number = Annotated[int, Path(ge=1, description="the finding's number")]


class Shown(StrEnum):
    """What of a finding is to be seen."""

    PHOTO = "photo"
    WHY = "why"
    FIXED = "fixed"


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/findings", tags=["clean"])

    @lru_cache(maxsize=IN_MEMORY)
    def drawn(number: int, shown: Shown) -> bytes:
        return encode_jpeg(_draw(engine, engine.catalogue.finding(number), shown))

    @routes.get("/{number}/{shown}.jpg", summary="A finding as an image", response_class=Response)
    def image(number: Number, shown: Shown) -> Response:
        return Response(drawn(number, shown), media_type="image/jpeg", headers={"cache-control": KEPT})

    return routes


def _draw(engine: Engine, found: Found, shown: Shown) -> ImageU8:
    finding = found.finding
    if shown is Shown.PHOTO:
        return _read(engine, finding.photo_id)
    if shown is Shown.FIXED:
        return _fixed(engine, finding)
    other = None if finding.other_id is None else _seen(engine, finding.other_id)
    return find_check(found.check).picture(finding, _seen(engine, finding.photo_id), other)


def _fixed(engine: Engine, finding: Finding) -> ImageU8:
    from lookscape.catalogue.standardising import Recipe, standardise

    photo = _read(engine, finding.photo_id)
    return standardise(photo, Recipe.of([finding], size=max(photo.shape[:2])))


def _seen(engine: Engine, photo_id: str) -> ImageU8:
    """As checks see it."""
    return shrunk(_read(engine, photo_id), side=SIDE)


def _read(engine: Engine, photo_id: str) -> ImageU8:
    """As ingested, whatever was applied since."""
    from lookscape.catalogue.imaging import decode

    photo = engine.catalogue.photo(photo_id)
    return decode(engine.catalogue.blobs.get(photo.original or photo.blob)).pixels
