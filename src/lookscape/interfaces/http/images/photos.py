"""Photos as images; thumbnails kept in memory.

A photo's picture can change, when it is standardised, so browsers keep it and ask each time whether it is still the one
that they have: the tag is the picture's own hash.
"""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from lookscape.catalogue.imaging import thumbnail
from lookscape.engine import Engine
from lookscape.errors import UsageError

FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
SIDES = (96, 160, 320, 640)
THUMBNAILS_IN_MEMORY = 4096
PhotoId = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the photo's bytes")]


def photo_url(photo_id: str) -> str:
    """Where the standardised photo is."""
    return f"/photos/{photo_id}.jpg"


def thumbnail_url(photo_id: str, side: int = 320) -> str:
    """Where a small square of it is; side is one of SIDES."""
    return f"/photos/{photo_id}/{side}.webp"


def router(engine: Engine) -> APIRouter:
    """The image endpoints."""
    routes = APIRouter(prefix="/photos", tags=["photos"])

    @lru_cache(maxsize=THUMBNAILS_IN_MEMORY)
    def small(blob: str, side: int) -> bytes:
        return thumbnail(engine.catalogue.blobs.get(blob), side=side)

    @routes.get("/{photo_id}.jpg", summary="A standardised photo", response_class=Response)
    def photo(photo_id: PhotoId, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        blob = engine.catalogue.photo(photo_id).blob
        return _cached(blob, if_none_match) or _image(engine.catalogue.blobs.get(blob), blob, "image/jpeg")

    @routes.get("/{photo_id}/{side}.webp", summary="A thumbnail", response_class=Response)
    def thumb(photo_id: PhotoId, side: int, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        if side not in SIDES:
            raise UsageError(f"side {side} is not one of {', '.join(map(str, SIDES))}")
        blob = engine.catalogue.photo(photo_id).blob
        tag = f"{blob}-{side}"
        return _cached(tag, if_none_match) or _image(small(blob, side), tag, "image/webp")

    return routes


def _cached(tag: str, if_none_match: str | None) -> Response | None:
    return Response(status_code=304, headers=_headers(tag)) if if_none_match == f'"{tag}"' else None


def _image(data: bytes, tag: str, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    return {"cache-control": ASK, "etag": f'"{tag}"'}
