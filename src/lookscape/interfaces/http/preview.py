"""A photo a browser cannot show by itself, as a JPEG: one behind a URL, or in a format only the server reads.

Pages may load images from this server alone, so that they tell no other server who looks at what. The studio asks
here once and then crops and searches with the copy it got.
"""

from typing import Annotated

from fastapi import APIRouter, File, Form, Response
from pydantic import TypeAdapter

from lookscape.catalogue import imaging
from lookscape.errors import UsageError
from lookscape.tools._inputs import PhotoInput

MAX_SIDE = 1024
"""Pixels of the longer side; no encoder looks at more."""

_PHOTO: TypeAdapter[bytes] = TypeAdapter(PhotoInput)


def router() -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/api/v1/preview", tags=["photos"])

    @routes.post("", summary="A photo to search by, upright, as a JPEG of at most 1024 pixels", response_class=Response)
    def preview(url: Annotated[str, Form()] = "", photo: Annotated[bytes, File()] = b"") -> Response:
        if url and not url.startswith(("http://", "https://")):
            raise UsageError(f"{url!r} is not a http(s) URL")
        decoded = imaging.decode(_PHOTO.validate_python(url or photo))
        return Response(imaging.encode_jpeg(_shrunk(decoded)), media_type="image/jpeg")

    return routes
