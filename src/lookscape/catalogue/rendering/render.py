"""Pixels of a rendered product, at any size."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.backdrop import cast_shadow, draw_backdrop
from lookscape.catalogue.rendering.drawing.canvas import COVER, PATTERN, Canvas, Plane, View
from lookscape.catalogue.rendering.factors import Factors, Pattern
from lookscape.catalogue.rendering.lighting import light_shoe
from lookscape.catalogue.rendering.nuisance import Nuisance
from lookscape.catalogue.rendering.patterns import print_pattern
from lookscape.catalogue.rendering.shoe.assembly import paint
from lookscape.catalogue.rendering.shoe.shape import Shoe

if TYPE_CHECKING:
    from lookscape.catalogue.rendering.products import RenderedProduct

Image = NDArray[np.uint8]

_FRAME = 0.93
# Drawn at twice the size and averaged down; more below 128 px, once above 640 px, where single pixels do not show.
_FINE, _LARGE = 256, 640


def render(product: "RenderedProduct", *, size: int = 256) -> Image:
    """The photo as (size, size, 3) sRGB bytes, anti-aliased at any size."""
    inner = size * max(1 if size > _LARGE else 2, -(-_FINE // size))
    picture = _photograph(product.factors, product.nuisance, size=inner)
    if inner != size:
        picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    if product.nuisance.facing == "left":
        picture = cv2.flip(picture, 1)
    return picture


def jpeg(product: "RenderedProduct", *, size: int = 256) -> bytes:
    """The photo as a JPEG file of the product's own quality; the same bytes every time."""
    picture = cv2.cvtColor(render(product, size=size), cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, product.nuisance.quality])
    return data.tobytes()


def _camera(shoe: Shoe, nuisance: Nuisance, *, size: int) -> View:
    """Centres the shoe in the frame and fits it, before scale, rotation and shift."""
    left, bottom, right, top = shoe.bounds
    fit = min(_FRAME / (right - left), _FRAME / (top - bottom))
    scale = fit * nuisance.scale * size
    angle = np.deg2rad(nuisance.rotation)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [-np.sin(angle), -np.cos(angle)]])
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    place = size * np.array([0.5 + nuisance.shift_x, 0.5 + nuisance.shift_y]) - 0.5
    return View(np.concatenate([turn, (place - turn @ middle)[:, None]], axis=1), scale)


def _crop(shoe: Shoe, view: View, *, size: int) -> tuple[slice, slice]:
    """The rows and columns the shoe and its shadow may touch."""
    left, bottom, right, top = shoe.bounds
    corners = np.array([(left, bottom), (right, bottom), (left, top), (right, top)])
    points = view.project(corners)
    margin = 0.06 * view.scale + 2
    low = np.clip(np.floor(points.min(axis=0) - margin), 0, size - 1).astype(int)
    high = np.clip(np.ceil(points.max(axis=0) + margin), 1, size).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _photograph(factors: Factors, nuisance: Nuisance, *, size: int) -> Image:
    """The photo before mirroring. Everything but the empty studio is worked out in a window around the shoe."""
    shoe = Shoe.build(factors)
    view = _camera(shoe, nuisance, size=size)
    picture = draw_backdrop(nuisance, size=size)
    rows, columns = _crop(shoe, view, size=size)
    corner = np.array([[0, 0, columns.start], [0, 0, rows.start]], np.float64)
    near = View(view.matrix - corner, view.scale)
    window = np.ascontiguousarray(picture[rows, columns].transpose(2, 0, 1), np.float32)
    cast_shadow(window, shoe.sole, near)
    canvas = Canvas(near, width=window.shape[2], height=window.shape[1])
    paint(shoe, canvas)
    window *= 1 - canvas.plane(canvas.sheen, COVER)
    window += light_shoe(shoe, canvas, _dye(factors, canvas), nuisance)
    picture[rows, columns] = cv2.merge(list(np.clip(window + 0.5, 0, 255).astype(np.uint8)))
    return picture


def _dye(factors: Factors, canvas: Canvas) -> Plane:
    """The colours with their pattern printed on: (3, H, W) in [0, 255]."""
    colour = np.ascontiguousarray(canvas.colour[..., :3].transpose(2, 0, 1), np.float32)
    if factors.pattern is Pattern.PLAIN:
        return colour
    printed = canvas.plane(canvas.sheen, PATTERN)
    for cover, ink in zip(
        print_pattern(factors, canvas.view, shape=printed.shape),
        (factors.panel, factors.accent),
        strict=True,
    ):
        colour += cover * printed * (np.array(ink.rgb, np.float32)[:, None, None] - colour)
    return colour
