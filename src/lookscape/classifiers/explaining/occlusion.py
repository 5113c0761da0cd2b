"""Which places of a photo a figure depends on: hide one after another and see how the figure changes.

Zeiler & Fergus, "Visualizing and understanding convolutional networks" (ECCV 2014), section 4.2. Nothing of the network
is asked but its answer, so that it works with any model and any engine. A place is hidden by the photo's background
colour.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import background_colour
from lookscape.representation.protocol import ImageU8

ACROSS = 10
"""Steps of the hiding window over the photo's width, and over its height."""

WINDOW = 2
"""The window's side, in steps."""

SMOOTH = 0.5
"""Deviation of the blur that takes the windows' edges out of the map, in steps."""

Changes = NDArray[np.float64]


def hidden(photo_HWC: ImageU8) -> Iterator[ImageU8]:
    """The photo with each window hidden in turn, row by row: num_windows() photos."""
    colour = background_colour(photo_HWC)
    for rows, columns in _windows(*photo_HWC.shape[:2]):
        covered = photo_HWC.copy()
        covered[rows, columns] = colour
        yield covered


def num_windows() -> int:
    """How many photos `hidden` gives."""
    return (ACROSS - WINDOW + 1) ** 2


def map_of(changes_W: Changes, *, height: int, width: int) -> NDArray[np.float32]:
    """How much hiding each pixel changes the figure, the mean over the windows that cover it, smoothed: height x width.

    Negative changes count as none; the highest value is 1 unless all are.
    """
    sums, counts = np.zeros((height, width)), np.zeros((height, width))
    for change, (rows, columns) in zip(changes_W, _windows(height, width), strict=True):
        sums[rows, columns] += max(0.0, change)
        counts[rows, columns] += 1
    found = cv2.GaussianBlur(sums / np.maximum(counts, 1), (0, 0), SMOOTH * width / ACROSS)
    highest = found.max()
    return np.asarray(found / highest if highest > 0 else found, np.float32)


def _windows(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    def edge(number: int, length: int) -> int:
        return round(number * length / ACROSS)

    for top in range(ACROSS - WINDOW + 1):
        for left in range(ACROSS - WINDOW + 1):
            yield (
                slice(edge(top, height), edge(top + WINDOW, height)),
                slice(edge(left, width), edge(left + WINDOW, width)),
            )
