"""Light on the painted canvas: volume, relief, occlusion and highlights, under one soft key light from above.

The height field is the sum of a body, inflated from the blurred silhouette, and of the relief of the parts, whose
steps are rounded by a blur. Normals are its slopes. A step casts occlusion on what lies lower beside it: the
difference between the relief and its wider blur.
"""

import cv2
import numpy as np

from lookscape.catalogue.rendering.backdrop import WARM
from lookscape.catalogue.rendering.drawing.canvas import COVER, GLOSS, RELIEF, SHEEN, SUEDE, Canvas, Plane
from lookscape.catalogue.rendering.drawing.textures import WEAVES, weave
from lookscape.catalogue.rendering.nuisance import Nuisance
from lookscape.catalogue.rendering.shoe.shape import Shoe

_STEP = 0.0009
_BODY_DEPTH = 0.105
_BODY_BLUR, _BEVEL_BLUR, _SHADE_BLUR = 0.040, 0.0036, 0.014


def _blur(plane: Plane, sigma: float) -> Plane:
    found: Plane = cv2.GaussianBlur(plane, (0, 0), max(sigma, 0.35), borderType=cv2.BORDER_REPLICATE)
    return found


def body_slopes(shoe: Shoe, canvas: Canvas) -> tuple[Plane, Plane]:
    """Slopes of the inflated body across and down the picture, worked out on a coarse grid as they are smooth."""
    height, width = canvas.colour.shape[:2]
    coarse = max(1, round(canvas.view.scale / 72))
    small = np.zeros((-(-height // coarse), -(-width // coarse)), np.uint8)
    left, _, right, _ = shoe.bounds
    top = shoe.sole.top
    # The ground continues the body downwards: the wall of a sole stands upright.
    skirt = np.concatenate([top, [(right, -0.3), (left, -0.3)]])
    for outline in (shoe.last.outline, skirt):
        points = (canvas.view.project(outline) + 0.5) / coarse - 0.5
        cv2.fillPoly(small, [np.round(points * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    sigma = _BODY_BLUR * canvas.view.scale / coarse
    soft = _blur(small.astype(np.float32) / 255, sigma)
    body = _BODY_DEPTH * np.sqrt(np.clip(2 * soft - 1, 0, 1) + 0.03)
    units = canvas.view.scale / coarse
    slopes = [cv2.Sobel(body, cv2.CV_32F, *d, ksize=3, scale=units / 8) for d in ((1, 0), (0, 1))]
    size = (small.shape[1] * coarse, small.shape[0] * coarse)
    across, down = (cv2.resize(s, size, interpolation=cv2.INTER_LINEAR)[:height, :width] for s in slopes)
    return across, down


def _relief(canvas: Canvas) -> tuple[Plane, Plane, Plane]:
    """Slopes of the rounded relief across and down, and its occlusion in [-1, 1]."""
    scale = canvas.view.scale
    raw = canvas.colour[..., RELIEF].astype(np.float32)
    cover = canvas.sheen[..., COVER].astype(np.float32) / 255 + 1e-3
    soft = _blur(raw, _BEVEL_BLUR * scale) / _blur(cover, _BEVEL_BLUR * scale)
    wide = _blur(raw, _SHADE_BLUR * scale) / _blur(cover, _SHADE_BLUR * scale)
    across, down = (cv2.Sobel(soft, cv2.CV_32F, *d, ksize=3, scale=_STEP * scale / 8) for d in ((1, 0), (0, 1)))
    return across, down, (soft - wide) / 34


def light_shoe(shoe: Shoe, canvas: Canvas, colour: Plane, nuisance: Nuisance) -> Plane:
    """The lit shoe, premultiplied: `colour` (3, H, W) in [0, 255] times light, plus highlights."""
    body_x, body_y = body_slopes(shoe, canvas)
    relief_x, relief_y, occlusion = _relief(canvas)
    slope_x, slope_y = body_x + relief_x, body_y + relief_y
    normal_z = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
    normal_x, normal_y = -slope_x * normal_z, slope_y * normal_z
    angle = np.deg2rad(nuisance.light_angle)
    key = np.array([np.sin(angle) * 0.72, np.cos(angle) * 0.72, 0.69], np.float32)
    facing = normal_x * key[0] + normal_y * key[1] + normal_z * key[2]
    diffuse = 0.57 + 0.48 * np.maximum(facing, 0) + 0.10 * np.maximum(-normal_y, 0)
    # Nap swallows light head-on and catches it at grazing angles.
    nap = canvas.plane(canvas.weave, SUEDE) * (0.42 * (1 - normal_z) - 0.07)
    shade = (diffuse + nap) * (1 + np.clip(occlusion, -0.55, 0.12)) * _weaves(canvas)
    half = key + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    glance = np.clip(normal_x * half[0] + normal_y * half[1] + normal_z * half[2], 0, 1)
    highlights = _highlights(canvas, glance, normal_y)
    warm = (1 + nuisance.warmth * WARM)[:, None, None]
    found: Plane = (colour * (shade * np.float32(nuisance.light)) + highlights) * warm
    return found


def _highlights(canvas: Canvas, glance: Plane, normal_y: Plane) -> Plane:
    """Soft sheen, and for glossy surfaces the mirror image of a strip light; in [0, 255]."""
    sheen = canvas.sheen.astype(np.float32)
    gloss, soft, cover = sheen[..., GLOSS], sheen[..., SHEEN], sheen[..., COVER]
    broad = cv2.pow(glance, 14.0)
    strip = np.clip((normal_y - 0.46) * 9, 0, 1) * np.clip((0.80 - normal_y) * 9, 0, 1)
    low = np.clip((-0.08 - normal_y) * 14, 0, 1) * np.clip((normal_y + 0.28) * 14, 0, 1)
    found: Plane = 0.22 * soft * broad + gloss * (0.50 * strip + 0.14 * low + 0.10 * cv2.pow(glance, 60.0))
    return found * (cover > 0)


def _weaves(canvas: Canvas) -> Plane:
    """The factor by which the weaves change brightness."""
    factor = np.ones(canvas.weave.shape[:2], np.float32)
    for index, name in enumerate(WEAVES):
        weight = canvas.weave[..., index]
        if weight.any():
            tile = weave(name, canvas.view, shape=(weight.shape[0], weight.shape[1]))
            factor += tile * (weight.astype(np.float32) / 255)
    return factor
