"""How light two places of the upper are: the middle of its side and the back of its heel.

Overall lightness mixes all materials of a product. These two places tell its main panel from what frames it. They were
placed where, on drawn shoes of a seed of their own, lightness follows that of the dyes `upper` and `panel` best.
"""

from collections.abc import Mapping

import numpy as np

from lookscape.catalogue.measuring import Subject

SIDE_VIEW = True

UNITS: Mapping[str, str] = {
    "side.lightness": "median CIELAB L* in the middle of the upper's side, 0 (black) to 100 (white)",
    "heel.lightness": "median CIELAB L* at the back of the heel, above the sole, 0 (black) to 100 (white)",
}

# Name -> stretch of the length, from heel (0) to toe (1), and heights above the ground, in shoe lengths.
_PLACES: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "side.lightness": ((0.540, 0.620), (0.175, 0.220)),
    "heel.lightness": ((0.040, 0.100), (0.190, 0.245)),
}
_FEWEST = 8
"""Pixels of the product that a place must show."""


def measure(subject: Subject) -> dict[str, float | str]:
    """Medians over small places, so that a stitch or a mark does not count; nothing where the product is not there."""
    found: dict[str, float | str] = {}
    width = subject.mask.shape[1]
    for name, (stretch, heights) in _PLACES.items():
        columns = subject.outline.stretch(*stretch)
        rows = np.arange(len(subject.mask))[:, None] + 0.5
        above = (subject.outline.ground[None, columns] - rows) / width
        shown = (above >= heights[0]) & (above < heights[1]) & subject.inner[:, columns]
        if shown.sum() >= _FEWEST:
            found[name] = float(np.median(subject.lab[:, columns, 0][shown]))
    return found
