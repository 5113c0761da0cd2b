"""Rebuild products or a photo from their latents, and measure how much the model kept.

PRODUCTS are products' ids; --photo is a file, a http(s) URL or - for standard input. PSNR and SSIM are measured at the
model's size. Nats say how much information the model keeps about the photo; models that encode to points have none.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.protocol import ImageU8
from lookscape.services.inputs import MAX_UPLOAD, Where, photo_bytes
from lookscape.services.language.drawn import Drawn, allowed_products, drawn_url, matches, nearest
from lookscape.services.language.opened import ModelParams, Opened, open_model
from lookscape.tools import _tool


def _optional(given: Any, info: ValidationInfo) -> bytes | None:
    return None if given is None else photo_bytes(given, info)


OptionalPhoto = Annotated[
    bytes | None,
    BeforeValidator(_optional),
    WithJsonSchema({"type": "string", "format": "binary", "maxLength": MAX_UPLOAD}),
    Field(json_schema_extra={"photo": True}),
]


class Params(ModelParams):
    """Which products, or which photo."""

    products: tuple[str, ...] = Field(
        default=(), description="products' ids", max_length=24, json_schema_extra={"positional": True}
    )
    photo: OptionalPhoto = Field(default=None, description="an image of at most 20 MB, besides the products")
    where: Where = ()


class Quality(_tool.Result):
    """How much of a photo was kept."""

    source: str = Field(description="the product's id, or `photo`")
    psnr: float | None = Field(description="decibels; higher is closer; none: every pixel is the same")
    ssim: float = Field(description="structural similarity, up to 1")
    nats: float | None = Field(description="divergence of its posterior from the prior N(0, I)")
    source_url: str = Field(description="URL of the photo; empty for an upload", json_schema_extra=_tool.MACHINES_ONLY)


class Rebuilt(Drawn, Quality):
    """A photo decoded from its own latents, and the closest real product other than itself."""


class Result(_tool.Result):
    """What was rebuilt."""

    model: str
    rebuilt: list[Rebuilt]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Encode, decode, compare, match."""
    if not params.products and params.photo is None:
        raise UsageError("products: give a product's id, or a photo")
    opened = open_model(engine, params.model)
    photo_ids = [engine.catalogue.product(product_id).photo_ids[0] for product_id in params.products]
    photos = [imaging.standardise(engine.catalogue.read_photo(photo_id)).pixels for photo_id in photo_ids]
    sources = [*zip(params.products, (f"/photos/{photo_id}.jpg" for photo_id in photo_ids), strict=True)]
    if params.photo is not None:
        photos.append(imaging.standardise(params.photo).pixels)
        sources.append(("photo", ""))
    allowed = allowed_products(engine, params.where)
    return Result(model=opened.codec.name, rebuilt=_rebuilt(opened, sources, photos, allowed))


def _rebuilt(
    opened: Opened, sources: Sequence[tuple[str, str]], photos: Sequence[ImageU8], allowed: set[str] | None
) -> list[Rebuilt]:
    from lookscape.representation.metrics.pixels import psnr, ssim
    from lookscape.representation.metrics.posterior import kl_nats
    from lookscape.representation.spaces.preprocess import square

    codec = opened.codec
    latents = codec.latents(photos)
    small_NHWC = np.stack([square(photo, side=codec.side) for photo in photos])
    decoded_NHWC = codec.decode(latents.means_ND)
    decibels_N = psnr(small_NHWC, reconstructions_NHWC=decoded_NHWC)
    likeness_N = ssim(small_NHWC, reconstructions_NHWC=decoded_NHWC)
    is_point = not (latents.variances_ND > 0).all()
    nats_N = None if is_point else kl_nats(latents.means_ND, variances_ND=latents.variances_ND).sum(axis=1)
    rebuilt = []
    for row, (source, url) in enumerate(sources):
        latent_1D = latents.means_ND[row : row + 1]
        near = nearest(opened, latent_1D, limit=1, allowed=allowed, exclude={source})[0]
        match = matches(opened, near)[0]
        rebuilt.append(
            Rebuilt(
                **match.model_dump(),
                source=source,
                psnr=float(decibels_N[row]) if np.isfinite(decibels_N[row]) else None,
                ssim=float(likeness_N[row]),
                nats=None if nats_N is None else float(nats_N[row]),
                drawn_url=drawn_url(codec, latent_1D),
                source_url=url,
            )
        )
    return rebuilt
