"""Decoded latents as images: the address holds the latents, so nothing is stored and an image never changes.

/decoded/MODEL/KEY/one/LATENTS.webp          what the model makes of them
/decoded/MODEL/KEY/strip/LATENTS.webp        several side by side
/decoded/MODEL/KEY/animation/LATENTS.webp    several after each other, there and back
"""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.interfaces.http.images.photos import FOREVER

SIDES = (64, 96, 128, 160, 256, 320, 512)
Code = Annotated[str, Path(pattern="^[A-Za-z0-9_-]+$", description="half-precision latents as base64url, row by row")]
Side = Annotated[int | None, Query(description="pixels of a side, by Lanczos; the model's own without it")]


class Form(StrEnum):
    """How several latents become one image."""

    ONE = "one"
    STRIP = "strip"
    ANIMATION = "animation"


def router(engine: Engine) -> APIRouter:
    """The one endpoint."""
    routes = APIRouter(prefix="/decoded", tags=["latent"])

    @routes.get("/{model}/{key}/{form}/{code}.webp", summary="Decoded latents as an image", response_class=Response)
    def decoded(
        model: str,
        key: str,
        form: Form,
        code: Code,
        *,
        side: Side = None,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        headers = {"cache-control": FOREVER, "etag": f'"{key}-{form.value}-{side or 0}"'}
        if if_none_match == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if side is not None and side not in SIDES:
            raise UsageError(f"side {side} is not one of {', '.join(map(str, SIDES))}")
        return Response(_image(engine, (model, key), form, code, side), media_type="image/webp", headers=headers)

    return routes


def image_at(engine: Engine, url: str) -> bytes:
    """The image that an address of this file leads to. Raises NotFoundError when its model was trained again."""
    model, key, form, code = url.removeprefix("/decoded/").removesuffix(".webp").split("/")
    return _image(engine, (model, key), Form(form), code, None)


def _image(engine: Engine, model: tuple[str, str], form: Form, code: str, side: int | None) -> bytes:
    from lookscape.representation.latents.code import from_code
    from lookscape.representation.latents.drawings import animation, enlarged, still, strip

    name, key = model
    codec = engine.codec(name)
    if codec.key != key:
        raise NotFoundError(f"the model {name!r} has been trained again since; ask for this image again")
    photos_NHWC = codec.decode(from_code(code, dim=codec.dim))
    photos_NHWC = enlarged(photos_NHWC, side=side or codec.side)
    if form is Form.ANIMATION:
        return animation(photos_NHWC)
    return still(strip(photos_NHWC))
