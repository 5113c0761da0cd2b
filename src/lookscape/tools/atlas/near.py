"""Find the products of a map inside a box, or inside a polygon drawn around them.

The polygon or box is in the map's own coordinates, as `projection_x` and `projection_y` give them. A map of three
dimensions takes only a box.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.inputs import Where, parse_filter
from lookscape.services.maps import file
from lookscape.tools import _tool

MOST_CORNERS = 2000
MOST_PRODUCTS = 1_000_000


class Params(_tool.Params):
    """Which map and where."""

    name: str | None = Field(default=None, description="the map; default: `map`, or the first")
    polygon: tuple[float, ...] = Field(default=(), max_length=2 * MOST_CORNERS, description="corners: x y x y ...")
    box: tuple[float, ...] = Field(default=(), max_length=6, description="lowest x y (z), then highest x y (z)")
    where: Where = ()
    text: str = Field(default="", description="only products whose name, id or given values hold these words")
    limit: int = Field(default=100_000, ge=1, le=MOST_PRODUCTS, description="products to list at most")


class Result(_tool.Result):
    """What lies there."""

    name: str
    photos: int = Field(description="photos of the map inside")
    products: int = Field(description="products they belong to that pass the filters")
    product_ids: list[str] = Field(description="their ids, in order", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Look them up. Raises UnknownNameError, or UsageError when neither or both of polygon and box are given."""
    name = file.find_name(engine, params.name)
    found = file.open_map(engine, name)
    inside_N = _inside(found.points_ND, params)
    photo_ids = [found.ids[row] for row in np.flatnonzero(inside_N)]
    owners = engine.catalogue.products_of_photos(photo_ids)
    product_ids = {product_id for ids in owners.values() for product_id in ids}
    wanted = parse_filter(params.where, params.text)
    if not wanted.is_empty:
        product_ids &= engine.catalogue.matching(wanted)
    listed = sorted(product_ids)
    return Result(name=name, photos=len(photo_ids), products=len(listed), product_ids=listed[: params.limit])


def _inside(points_ND: NDArray[np.float32], params: Params) -> NDArray[np.bool_]:
    num_dims = points_ND.shape[1]
    if bool(params.polygon) == bool(params.box):
        raise UsageError("give a polygon or a box, and not both")
    if params.box:
        if len(params.box) != 2 * num_dims:
            raise UsageError(
                f"box takes {2 * num_dims} numbers on this map, not {len(params.box)}: lowest, then highest"
            )
        low, high = np.array(params.box[:num_dims]), np.array(params.box[num_dims:])
        return np.asarray(((points_ND >= low) & (points_ND <= high)).all(axis=1))
    if num_dims == 3:
        raise UsageError("a polygon is flat; ask a map of three dimensions with a box")
    if len(params.polygon) < 6 or len(params.polygon) % 2:
        raise UsageError(f"polygon takes x and y of at least 3 corners, not {len(params.polygon)} numbers")
    return within(points_ND, corners=list(zip(params.polygon[::2], params.polygon[1::2], strict=True)))


def within(points_N2: NDArray[np.float32], *, corners: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """Which points lie within a polygon: a ray to the right crosses its sides an odd number of times (even-odd rule).

    Only points within its bounding box are looked at, against all sides at once, a block of points at a time.
    """
    ring_C2 = np.array(corners, np.float64)
    boxed_N = ((points_N2 >= ring_C2.min(axis=0)) & (points_N2 <= ring_C2.max(axis=0))).all(axis=1)
    inside_N = np.zeros(len(points_N2), np.bool_)
    rows = np.flatnonzero(boxed_N)
    step = max(1, 2_000_000 // len(ring_C2))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        inside_N[part] = _crossings(points_N2[part].astype(np.float64), ring_C2) % 2 == 1
    return inside_N


def _crossings(points_B2: NDArray[np.float64], ring_C2: NDArray[np.float64]) -> NDArray[np.intp]:
    x_B1, y_B1 = points_B2[:, :1], points_B2[:, 1:]
    (x_C, y_C), (to_x_C, to_y_C) = ring_C2.T, np.roll(ring_C2, -1, axis=0).T
    spans_BC = (y_C > y_B1) != (to_y_C > y_B1)
    rise_C = np.where(to_y_C == y_C, 1.0, to_y_C - y_C)
    at_BC = x_C + (y_B1 - y_C) / rise_C * (to_x_C - x_C)
    return np.asarray((spans_BC & (x_B1 < at_BC)).sum(axis=1))
