"""What stands behind the shoe: paper, colour, clutter, and the shadow on the ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.drawing.canvas import Plane, View
from lookscape.catalogue.rendering.factors import Colour
from lookscape.catalogue.rendering.nuisance import Backdrop, Nuisance
from lookscape.catalogue.rendering.shoe.sole import Sole

# What full warmth adds to red, green and blue.
WARM = np.array([0.035, 0.0, -0.055], np.float32)

# Depth below the ground line and blur in shoe lengths, strength, and how fast it thins where the sole lifts.
_SHADOWS = ((0.004, 0.006, 0.50, 90.0), (0.010, 0.016, 0.24, 24.0))


def draw_backdrop(nuisance: Nuisance, *, size: int) -> NDArray[np.uint8]:
    """The empty studio: (size, size, 3) bytes. White paper stays white in any light, as shops clip it."""
    rgb = np.array(Colour(name="", hex=nuisance.background).rgb, np.float32)
    if nuisance.backdrop is not Backdrop.WHITE:
        rgb = rgb * (1 + 0.5 * nuisance.warmth * WARM)
    if nuisance.backdrop in (Backdrop.WHITE, Backdrop.TINT):
        row = np.tile(np.clip(rgb + 0.5, 0, 255).astype(np.uint8), size).reshape(1, size, 3)
        return np.repeat(row, size, axis=0)
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    across = np.linspace(-1, 1, size, dtype=np.float32)[None, :, None]
    picture: Plane = rgb * (1.10 - 0.30 * down - 0.10 * across * across)
    if nuisance.backdrop is Backdrop.CLUTTER:
        _clutter(picture, nuisance)
    found: NDArray[np.uint8] = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    return found


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


def cast_shadow(window: Plane, sole: Sole, view: View) -> None:
    """Darken the ground of a window (3, H, W) in place: a tight line of contact and a wide soft pool."""
    height, width = window.shape[1:]
    coarse = max(1, round(view.scale / 230))
    small = -(-height // coarse), -(-width // coarse)
    foot = sole.bottom
    lift = foot[:, 1] - sole.habit.tread
    shadow = np.zeros(small, np.float32)
    for depth, sigma, strength, fade in _SHADOWS:
        rim = np.stack([foot[:, 0], np.full_like(lift, 0.010)], axis=1)
        fall = np.stack([foot[:, 0], -depth / (1 + fade * lift)], axis=1)
        points = (view.project(np.concatenate([rim, fall[::-1]])) + 0.5) / coarse - 0.5
        mask = np.zeros(small, np.uint8)
        cv2.fillPoly(mask, [np.rint(points * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
        soft = cv2.GaussianBlur(mask, (0, 0), max(sigma * view.scale / coarse, 0.4))
        shadow += np.float32(strength / 255) * soft
    full = cv2.resize(shadow, (small[1] * coarse, small[0] * coarse), interpolation=cv2.INTER_LINEAR)
    window *= 1 - np.minimum(full[:height, :width], np.float32(0.9))
