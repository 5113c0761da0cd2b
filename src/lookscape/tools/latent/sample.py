"""Invent products: random latents, decoded and matched with the closest real products.

They come from the mixture fitted to the model's latents, so that they look like products; --source prior takes the
standard normal distribution instead. The same seed gives the same samples.
"""

from typing import Literal

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.index.protocol import Vectors
from lookscape.services.inputs import Where
from lookscape.services.language.drawn import Drawn, allowed_products, drawn_url, matches, nearest
from lookscape.services.language.opened import ModelParams, Opened, open_model
from lookscape.services.language.written import OutFile, write_drawing
from lookscape.tools import _tool


class Params(ModelParams):
    """How many, from where, how bold."""

    count: int = Field(default=12, ge=1, le=48, description="samples to make")
    source: Literal["mixture", "prior"] | None = Field(
        default=None, description="mixture or prior; default: the mixture if the model has one"
    )
    temperature: float = Field(
        default=1.0, ge=0, le=2, description="1 is the usual spread; lower is tamer, higher is bolder"
    )
    seed: int = Field(default=0, ge=0, description="another seed gives other samples")
    where: Where = ()
    out: OutFile = None


class Result(_tool.Result):
    """The samples."""

    model: str
    source: str
    samples: list[Drawn]
    written: str = Field(description="the file that was written, if any")
    strip_url: str = Field(
        description="URL of all samples side by side; empty when too many", json_schema_extra=_tool.MACHINES_ONLY
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Draw, decode, match."""
    opened = open_model(engine, params.model)
    source, latents_ND = _draw(opened, params)
    near = nearest(opened, latents_ND, limit=1, allowed=allowed_products(engine, params.where))
    found = matches(opened, [row[0] for row in near])
    samples = [
        Drawn(**match.model_dump(), drawn_url=drawn_url(opened.codec, latent_D[None]))
        for match, latent_D in zip(found, latents_ND, strict=True)
    ]
    return Result(
        model=opened.codec.name,
        source=source,
        samples=samples,
        written=write_drawing(params.out, opened.codec.decode(latents_ND)) if params.out else "",
        strip_url=drawn_url(opened.codec, latents_ND, form="strip"),
    )


def _draw(opened: Opened, params: Params) -> tuple[str, Vectors]:
    """Where from, and N x D. Raises NotFoundError when a mixture is asked for that was never fitted."""
    mixture = None
    if params.source != "prior":
        from lookscape.representation.latents.mixture import open_mixture

        mixture = open_mixture(opened.engine.folder / "models" / opened.codec.name)
    if mixture is not None:
        latents_ND = mixture.sample(params.count, seed=params.seed, temperature=params.temperature)
        return "mixture", np.asarray(latents_ND, np.float32)
    if params.source == "mixture":
        raise NotFoundError(f"no mixture was fitted to {opened.codec.name!r}; train it again, or take --source prior")
    noise_ND = np.random.default_rng(params.seed).standard_normal((params.count, opened.codec.dim))
    return "prior", (params.temperature * noise_ND).astype(np.float32)
