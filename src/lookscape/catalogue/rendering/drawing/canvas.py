"""A painting surface in shoe coordinates: what each pixel is made of, before any light falls on it.

Three four-channel 8-bit planes are filled together, so that OpenCV anti-aliases every quantity alike: colour and
relief; the weights of four weaves; gloss, pattern, body and coverage. Colours are premultiplied by coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering.drawing.curves import Curve

RGB: TypeAlias = tuple[float, float, float]
# A float image (H, W), or one image for each of red, green and blue (3, H, W).
Plane: TypeAlias = NDArray[np.floating[Any]]

RELIEF = 3
SUEDE = 1
GLOSS, PATTERN, SHEEN, COVER = 0, 1, 2, 3

_SHIFT = 4


@dataclass(frozen=True)
class Finish:
    """A surface: weights of its weaves, gloss (mirror-like) and sheen (soft highlight), each in [0, 1]."""

    leather: float = 0.0
    suede: float = 0.0
    mesh: float = 0.0
    knit: float = 0.0
    gloss: float = 0.0
    sheen: float = 0.0
    printed: bool = False


@dataclass(frozen=True)
class Paint:
    """A finish in a colour (sRGB, 0 to 255) at a level of relief (0 to 255; 1 is 0.0009 shoe lengths)."""

    rgb: RGB
    finish: Finish
    relief: float


@dataclass(frozen=True)
class View:
    """The similarity that takes shoe coordinates to pixels: `matrix` is 2 x 3; `scale` is pixels per shoe length."""

    matrix: NDArray[np.float64]
    scale: float

    def project(self, curve: Curve) -> Curve:
        """Pixel coordinates of points (..., 2), pixel centres being whole numbers."""
        return curve @ self.matrix[:, :2].T + self.matrix[:, 2]


class Canvas:
    """The planes, and the three ways of putting paint on them."""

    def __init__(self, view: View, *, width: int, height: int) -> None:
        self.view = view
        self.colour = np.zeros((height, width, 4), np.uint8)
        self.weave = np.zeros((height, width, 4), np.uint8)
        self.sheen = np.zeros((height, width, 4), np.uint8)

    def fill(self, outlines: Curve | Sequence[Curve], paint: Paint) -> None:
        """Fill closed outlines that do not overlap one another: one (N, 2), many of one length (K, N, 2), or a list."""
        curves = outlines if not isinstance(outlines, np.ndarray) or outlines.ndim == 3 else outlines[None]
        if len(curves) == 0:
            return
        if isinstance(curves, np.ndarray):
            points = list(self._fixed_point(curves))
        else:
            points = [self._fixed_point(curve) for curve in curves]
        finish = paint.finish
        weave = [255 * w for w in (finish.leather, finish.suede, finish.mesh, finish.knit)]
        sheen = [255 * finish.gloss, 255.0 * finish.printed, 255 * finish.sheen, 255.0]
        for plane, value in (
            (self.colour, [*paint.rgb, paint.relief]),
            (self.weave, weave),
            (self.sheen, sheen),
        ):
            cv2.fillPoly(plane, points, value, lineType=cv2.LINE_AA, shift=_SHIFT)

    def share(self, width: float) -> float:
        """How strongly to draw a line of this width: OpenCV draws none thinner than about 1.6 pixels."""
        return min(1.0, width * self.view.scale / 1.6)

    def plane(self, planes: NDArray[np.uint8], channel: int) -> Plane:
        """One channel of one of the planes, in [0, 1]."""
        found: Plane = cv2.extractChannel(planes, channel).astype(np.float32) / np.float32(255)
        return found

    def _fixed_point(self, curves: Curve) -> NDArray[np.int32]:
        return np.rint(self.view.project(curves) * (1 << _SHIFT)).astype(np.int32)
