"""Vary one factor at a time: a row for each, most important first, decoded from low to high.

PRODUCT is a product's id; without it the catalogue's average is used. Columns are standard deviations from the average;
the product's other factors stay as they are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.engine import Engine
from lookscape.index.protocol import Vectors
from lookscape.services.inputs import Where
from lookscape.services.language.axes import Axes, axes_of
from lookscape.services.language.drawn import Drawn, Near, allowed_products, drawn_url, matches, nearest
from lookscape.services.language.opened import ModelParams, Opened, open_model
from lookscape.tools import _tool

Numbers = NDArray[np.float64]


class Params(ModelParams):
    """From where, which factors and how far."""

    product: str | None = Field(
        default=None, description="a product's id; default: the average", json_schema_extra={"positional": True}
    )
    factors: tuple[str, ...] = Field(default=(), description="only these, by name or rank")
    limit: int = Field(default=12, ge=1, le=256, description="factors to show")
    columns: int = Field(default=7, ge=2, le=15, description="steps from low to high")
    reach: float = Field(default=3.0, gt=0, le=10, description="standard deviations to go, either way")
    where: Where = ()


class Cell(Drawn):
    """One step along a factor."""

    value: float = Field(description="standard deviations from the average")


class Row(_tool.Result):
    """One factor."""

    rank: int = Field(description="from 1, the most important")
    factor: str
    value: float = Field(description="the product's own, in standard deviations")
    change: float = Field(description="levels, of 0 to 255, by which one standard deviation changes pixels")
    low_words: str = Field(description="what its low end looks like; empty when nobody knows")
    high_words: str = Field(description="what its high end looks like")
    low: str = Field(description="the real product closest to the first step")
    high: str = Field(description="the real product closest to the last step")
    strip_url: str = Field(description="URL of all steps side by side", json_schema_extra=_tool.MACHINES_ONLY)
    cells: list[Cell] = Field(description="from low to high", json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """The grid."""

    model: str
    product: str = Field(description="the product varied; empty: the average")
    columns: list[float] = Field(description="standard deviations from the average, the same in every row")
    rows: list[Row]
    drawn_url: str = Field(description="URL of the product itself, decoded", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Decode and match every cell."""
    opened = open_model(engine, params.model)
    axes = axes_of(opened)
    anchor_1D = opened.anchor(params.product)[None]
    places = [axes.find(name) for name in params.factors] or list(range(len(axes.names)))
    columns = np.linspace(-params.reach, params.reach, params.columns)
    grid_RCD = _grid(axes, anchor_1D, places=places[: params.limit], columns=columns)
    allowed = allowed_products(engine, params.where)
    found = nearest(
        opened, grid_RCD.reshape(-1, opened.codec.dim), limit=1, allowed=allowed, exclude={params.product or ""}
    )
    cells = _cells(opened, grid_RCD, columns=columns, near=[row[0] for row in found])
    own_F = axes.to_factors(anchor_1D)[0]
    rows = [
        Row(
            rank=axes.ranks[place],
            factor=axes.names[place],
            value=float(own_F[place]),
            change=float(axes.change_F[place]),
            low_words=axes.low_words[place],
            high_words=axes.high_words[place],
            low=row[0].product_id,
            high=row[-1].product_id,
            strip_url=drawn_url(opened.codec, latents_CD, form="strip"),
            cells=row,
        )
        for place, row, latents_CD in zip(places, cells, grid_RCD, strict=False)
    ]
    return Result(
        model=opened.codec.name,
        product=params.product or "",
        columns=[float(value) for value in columns],
        rows=rows,
        drawn_url=drawn_url(opened.codec, anchor_1D),
    )


def _grid(axes: Axes, anchor_1D: Vectors, *, places: Sequence[int], columns: Numbers) -> Vectors:
    """R x C x D latents: row r varies factor `places[r]`."""
    rows = []
    for place in places:
        values_CF = np.repeat(axes.to_factors(anchor_1D), len(columns), axis=0)
        values_CF[:, place] = columns
        rows.append(axes.to_latents(values_CF))
    return np.stack(rows)


def _cells(opened: Opened, grid_RCD: Vectors, *, columns: Numbers, near: Sequence[Near]) -> list[list[Cell]]:
    num_rows, num_columns, dim = grid_RCD.shape
    latents_ND = grid_RCD.reshape(-1, dim)
    cells = [
        Cell(**match.model_dump(), drawn_url=drawn_url(opened.codec, latent_D[None]), value=float(value))
        for match, latent_D, value in zip(matches(opened, near), latents_ND, np.tile(columns, num_rows), strict=True)
    ]
    return [cells[start : start + num_columns] for start in range(0, len(cells), num_columns)]
