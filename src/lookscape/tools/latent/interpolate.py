"""Blend one product into another, matching every step with the closest real product.

PRODUCTS are two or more products' ids. Steps look equally large: the path is decoded finely first and cut where the
contours have changed by equal amounts. The matches follow the path in order and none appears twice, unless --repeats
allows it or the catalogue is too small. --out writes an animation (.webp, .gif) or a strip (.png).
"""

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.metrics.interpolation import Route
from lookscape.services.inputs import Where
from lookscape.services.language.drawn import Drawn, allowed_products, drawn_url, matches
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.services.language.ordered import Wanted, ordered_matches
from lookscape.services.language.path import Path, changes, even_positions, plain_positions
from lookscape.services.language.written import OutFile, write_drawing
from lookscape.tools import _tool


class Params(ModelParams):
    """Which products, along which path, in how many steps."""

    products: tuple[str, ...] = _tool.positional("two or more products' ids", min_length=2, max_length=12)
    steps: int = Field(default=12, ge=3, le=48, description="pictures in all, the products themselves included")
    route: Route = Field(
        default=Route.LINEAR, description="linear, or spherical: along the arc about the prior's centre"
    )
    even: bool = Field(default=True, description="steps that look equal; without it equal steps of the latents")
    repeats: bool = Field(default=False, description="let a real product match several steps")
    where: Where = ()
    out: OutFile = None


class Place(_tool.Result):
    """Where a picture of the path is."""

    position: float = Field(description="0 at the first product, 1 at the second, and so on")
    change: float = Field(description="how much contours changed since the previous step: 0 not at all, at most 2")


class Step(Drawn, Place):
    """One picture of the path and the real product that goes with it."""


class Result(_tool.Result):
    """The path."""

    model: str
    route: str
    steps: list[Step]
    distinct: int = Field(description="different real products among the matches")
    largest_step: float | None = Field(description="the largest change over the median change; 1 is perfectly even")
    written: str = Field(description="the file that was written, if any")
    strip_url: str = Field(
        description="URL of all steps side by side; empty when there are too many for a URL",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    animation_url: str = Field(
        description="URL of all steps after each other; empty when too many", json_schema_extra=_tool.MACHINES_ONLY
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Cut the path, decode, match."""
    if params.steps < len(params.products):
        raise UsageError(f"steps: {len(params.products)} products need at least as many steps, not {params.steps}")
    opened = open_model(engine, params.model)
    codec = opened.codec
    path = Path(knots_KD=opened.latents_of(params.products), route=params.route)
    even = even_positions(path, params.steps, codec.decode) if params.even else plain_positions(path, params.steps)
    latents_SD = path.at(even)
    wanted = Wanted(through=params.products, allowed=allowed_products(engine, params.where), repeats=params.repeats)
    near = ordered_matches(opened, path, even, wanted)
    frames_SHWC = codec.decode(latents_SD)
    moved = changes(frames_SHWC)
    steps = [
        Step(
            **match.model_dump(),
            drawn_url=drawn_url(codec, latent_D[None]),
            position=float(position),
            change=float(change),
        )
        for match, latent_D, position, change in zip(
            matches(opened, near), latents_SD, even, [0.0, *moved], strict=True
        )
    ]
    return Result(
        model=codec.name,
        route=params.route.value,
        steps=steps,
        distinct=len({step.product_id for step in steps}),
        largest_step=float(moved.max() / np.median(moved)) if np.median(moved) > 0 else None,
        written=write_drawing(params.out, frames_SHWC),
        strip_url=drawn_url(codec, latents_SD, form="strip"),
        animation_url=drawn_url(codec, latents_SD, form="animation"),
    )
