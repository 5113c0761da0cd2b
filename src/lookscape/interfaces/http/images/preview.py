"""A photo that a browser cannot show by itself, made small: one behind a URL, or in a format only the server reads.

Pages may load images from this server alone, so that they tell no other server who looks at what. The studio asks
here once, then crops and searches with the copy it got.
"""

from typing import Annotated

from fastapi import APIRouter, File, Form, Response
from pydantic import TypeAdapter

from lookscape.catalogue import imaging
from lookscape.errors import UsageError
from lookscape.services.inputs import PhotoInput

MAX_SIDE = 1024
"""Pixels of the longer side; no encoder looks at more."""

_PHOTO: TypeAdapter[bytes] = TypeAdapter(PhotoInput)


def router() -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/api/v1/preview", tags=["photos"])

    @routes.post("", summary="A photo to search by: upright, at most 1024 pixels", response_class=Response)
    def preview(url: Annotated[str, Form()] = "", photo: Annotated[bytes, File()] = b"") -> Response:
        if url and not url.startswith(("http://", "https://")):
            raise UsageError(f"{url!r} is not a http(s) URL")
        data = _PHOTO.validate_python(url or photo)
        return Response(imaging.thumbnail(data, side=MAX_SIDE), media_type="image/webp")

    return routes
