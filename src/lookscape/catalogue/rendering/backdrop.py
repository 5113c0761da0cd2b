"""What stands behind the shoe: paper, colour, clutter, and the shadow on the ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.canvas import View
from lookscape.catalogue.rendering.factors import Colour
from lookscape.catalogue.rendering.nuisance import Backdrop, Nuisance
from lookscape.catalogue.rendering.sole import Sole

Plane = NDArray[np.float32]


def draw_backdrop(nuisance: Nuisance, *, size: int) -> Plane:
    """The empty studio: (size, size, 3) in [0, 255]."""
    rgb = np.array(Colour(name="", hex=nuisance.background).rgb, np.float32)
    if nuisance.backdrop in (Backdrop.WHITE, Backdrop.TINT):
        return np.broadcast_to(rgb, (size, size, 3)).copy()
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    across = np.linspace(-1, 1, size, dtype=np.float32)[None, :, None]
    picture: Plane = rgb * (1.10 - 0.30 * down - 0.10 * across * across)
    if nuisance.backdrop is Backdrop.CLUTTER:
        _clutter(picture, nuisance)
    return np.clip(picture, 0, 255)


def _clutter(picture: Plane, nuisance: Nuisance) -> None:
    """A floor, and a few boxes, balls and cables on it, some out of focus."""
    size = len(picture)
    rng = np.random.Generator(np.random.PCG64(nuisance.scene))
    horizon = int(rng.uniform(0.35, 0.75) * size)
    picture[horizon:] *= rng.uniform(0.55, 1.25, 3).astype(np.float32)
    for _ in range(int(rng.integers(4, 10))):
        rgb = [float(part) for part in rng.uniform(30, 235, 3)]
        centre, spread = rng.uniform(0, 16 * size, 2), rng.uniform(0.05, 0.25) * 16 * size
        angle = rng.uniform(0, 2 * np.pi) + np.arange(int(rng.integers(3, 9))) * 0.8
        corners = centre + spread * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        cv2.fillPoly(picture, [corners.astype(np.int32)], rgb, lineType=cv2.LINE_8, shift=4)
        if rng.random() < 0.35:
            picture[:] = cv2.GaussianBlur(picture, (0, 0), max(0.01 * size, 0.4))


def cast_shadow(picture: Plane, sole: Sole, view: View) -> None:
    """Darken the ground under the sole: a tight line of contact and a wide soft pool."""
    size = len(picture)
    coarse = max(1, round(view.scale / 110))
    small = -(-size // coarse)
    foot, lift = sole.bottom, sole.bottom[:, 1] - sole.habit.tread
    shadow = np.zeros((small, small), np.float32)
    for depth, sigma, strength, fade in ((0.004, 0.006, 0.50, 90.0), (0.010, 0.016, 0.24, 24.0)):
        reach = depth / (1 + fade * lift)
        upper = np.stack([foot[:, 0], 0.010 + 0 * lift], axis=1)
        lower = np.stack([foot[:, 0], -reach], axis=1)
        outline = np.concatenate([upper, lower[::-1]])
        points = (view.project(outline) + 0.5) / coarse - 0.5
        mask = np.zeros((small, small), np.uint8)
        cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
        soft = cv2.GaussianBlur(mask, (0, 0), max(sigma * view.scale / coarse, 0.4))
        shadow += np.float32(strength / 255) * soft
    full = cv2.resize(shadow, (small * coarse, small * coarse), interpolation=cv2.INTER_LINEAR)[:size, :size]
    picture *= (1 - np.clip(full, 0, 0.9))[..., None]
