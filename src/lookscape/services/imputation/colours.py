"""The colours of small photos as vectors: how much of each colour the product has, and where.

A histogram of CIELAB, as square roots of its shares, so that Euclidean distance is Hellinger's (Bhattacharyya 1943);
the same weighted towards the middle of the photo, where the product is when a person wears it; means and deviations
over a grid of 3 x 3; and the coarse picture. What looks like the photo's rim counts little: it is background.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.representation.protocol import ImageU8

SIDE = 32
"""Side of the photos, pixels: those by which near-duplicates are found."""

LIGHT = np.linspace(0, 100, 8)[1:-1]
REDDISH = np.array([-40, -24, -12, -4, 4, 12, 24, 40])
YELLOWISH = np.array([-45, -28, -14, -4, 4, 14, 28, 45])
"""Edges between the bins of L*, a* and b*: fine near grey, where most colours lie."""

PLAIN = 12.0
"""CIELAB distance from the rim's colour at which a pixel counts for 1 - 1/e."""

MIDDLE = 0.45
"""Deviation of the weights towards the middle, in half sides."""

AT_ONCE = 1024
GRID = 3
LEAST = 1e-3

Matrix = NDArray[np.float32]
Lab = NDArray[np.float32]


def describe(photos_NHWC: ImageU8) -> dict[str, Matrix]:
    """N x ... for each way to look at the colours; photos are SIDE x SIDE sRGB."""
    found: dict[str, list[Matrix]] = {}
    for start in range(0, len(photos_NHWC), AT_ONCE):
        for name, part in _described(np.asarray(photos_NHWC[start : start + AT_ONCE])):
            found.setdefault(name, []).append(part)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _described(photos_NHWC: ImageU8) -> Iterator[tuple[str, Matrix]]:
    lab_NHWC = _to_lab(photos_NHWC)
    weights_NHW = _weights(lab_NHWC)
    yield "colours", _histogram(lab_NHWC, weights_NHW)
    yield "colours of the middle", _histogram(lab_NHWC, weights_NHW * _middle(photos_NHWC.shape[1]))
    yield "colours by place", _by_place(lab_NHWC, weights_NHW)
    yield "coarse picture", lab_NHWC[:, ::2, ::2].reshape(len(lab_NHWC), -1)


def _to_lab(photos_NHWC: ImageU8) -> Lab:
    count, height, width, _ = photos_NHWC.shape
    tall = photos_NHWC.reshape(count * height, width, 3).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(tall, cv2.COLOR_RGB2LAB).reshape(photos_NHWC.shape), np.float32)


def _weights(lab_NHWC: Lab) -> Matrix:
    """0 to 1: how unlike the rim's median colour each pixel is."""
    sides = (lab_NHWC[:, :2], lab_NHWC[:, :, :2], lab_NHWC[:, :, -2:])
    rim_NRC = np.concatenate([side.reshape(len(lab_NHWC), -1, 3) for side in sides], axis=1)
    apart_NHW = np.linalg.norm(lab_NHWC - np.median(rim_NRC, axis=1)[:, None, None], axis=-1)
    return np.asarray(1 - np.exp(-np.square(apart_NHW / PLAIN)) + LEAST, np.float32)


def _middle(side: int) -> Matrix:
    across = np.exp(-np.square(np.linspace(-1, 1, side) / MIDDLE) / 2)
    return np.outer(across, across).astype(np.float32)


def _histogram(lab_NHWC: Lab, weights_NHW: Matrix) -> Matrix:
    count = len(lab_NHWC)
    edges = (LIGHT, REDDISH, YELLOWISH)
    bins = [np.searchsorted(edge, lab_NHWC[..., place].reshape(count, -1)) for place, edge in enumerate(edges)]
    sizes = [len(edge) + 1 for edge in edges]
    num_bins = int(np.prod(sizes))
    place_NP = np.ravel_multi_index((bins[0], bins[1], bins[2]), sizes) + num_bins * np.arange(count)[:, None]
    sums = np.bincount(place_NP.ravel(), weights_NHW.ravel(), minlength=count * num_bins).reshape(count, num_bins)
    return np.asarray(np.sqrt(sums / sums.sum(axis=1, keepdims=True)), np.float32)


def _by_place(lab_NHWC: Lab, weights_NHW: Matrix) -> Matrix:
    """Mean and deviation of L*, a*, b* and the share of product in each cell; the share as if it were a colour."""
    rows = np.array_split(np.arange(lab_NHWC.shape[1]), GRID)
    cells: list[Matrix] = []
    for down in rows:
        for across in rows:
            part = np.s_[:, down[0] : down[-1] + 1, across[0] : across[-1] + 1]
            weight, lab = weights_NHW[part][..., None], lab_NHWC[part]
            total = weight.sum(axis=(1, 2))
            mean = (weight * lab).sum(axis=(1, 2)) / total
            spread = np.sqrt((weight * np.square(lab - mean[:, None, None])).sum(axis=(1, 2)) / total)
            cells += [mean, spread, 30 * weight.mean(axis=(1, 2))]
    return np.hstack(cells).astype(np.float32)
