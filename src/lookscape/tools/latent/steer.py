"""Move a product along factors: what it would look like, and the closest real products.

PRODUCT is a product's id; without it the catalogue's average is used. --factors NAME=VALUE (or RANK=VALUE) sets a
factor, in standard deviations from the catalogue's average; the others keep the product's own values.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import Where
from lookscape.services.language.axes import axes_of
from lookscape.services.language.drawn import Match, allowed_products, drawn_url, matches, nearest
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.tools import _tool


class Params(ModelParams):
    """From where, which factors, and which products may match."""

    product: str | None = Field(
        default=None, description="a product's id; default: the average", json_schema_extra={"positional": True}
    )
    factors: tuple[str, ...] = Field(default=(), description="NAME=VALUE or RANK=VALUE, in standard deviations")
    limit: int = Field(default=8, ge=0, le=200, description="closest real products to return")
    where: Where = ()


class Slider(_tool.Result):
    """A factor and its value; 98 % of the catalogue is between `low` and `high`."""

    rank: int = Field(description="from 1, the most important; hidden ones are left out")
    factor: str
    value: float = Field(description="after the move, in standard deviations from the average")
    low: float
    high: float
    change: float = Field(description="levels, of 0 to 255, by which one standard deviation changes pixels")
    low_words: str = Field(description="what its low end looks like; empty when nobody knows")
    high_words: str = Field(description="what its high end looks like")


class Result(_tool.Result):
    """The moved product."""

    model: str
    product: str = Field(description="the product moved; empty: the average")
    matches: list[Match] = Field(description="closest real products, the moved one left out")
    sliders: list[Slider] = Field(description="every factor, the most important first")
    drawn_url: str = Field(description="URL of the decoded image", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Set the factors, decode, match."""
    opened = open_model(engine, params.model)
    axes = axes_of(opened)
    values_F = axes.to_factors(opened.anchor(params.product)[None])[0]
    for place, value in axes.parse(params.factors).items():
        values_F[place] = value
    moved_1D = axes.to_latents(values_F[None])
    allowed = allowed_products(engine, params.where)
    itself = {params.product or ""}
    near = nearest(opened, moved_1D, limit=params.limit, allowed=allowed, exclude=itself)[0] if params.limit else []
    sliders = [
        Slider(
            rank=axes.ranks[place],
            factor=name,
            value=float(values_F[place]),
            low=float(axes.usual_F2[place, 0]),
            high=float(axes.usual_F2[place, 1]),
            change=float(axes.change_F[place]),
            low_words=axes.low_words[place],
            high_words=axes.high_words[place],
        )
        for place, name in enumerate(axes.names)
    ]
    return Result(
        model=opened.codec.name,
        product=params.product or "",
        matches=matches(opened, near),
        sliders=sliders,
        drawn_url=drawn_url(opened.codec, moved_1D),
    )
