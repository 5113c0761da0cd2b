"""Does a heat map show what the classifier goes by? Take away, or bring in, the places it calls important, and watch.

Deletion and insertion are those of Petsiuk, Das & Saenko, "RISE: Randomized input sampling for explanation of black-box
models" (BMVC 2018): places go in the order of the map, from a photo to a plain one or from a blurred photo to the sharp
one, and the area under the chance of the class is the figure, low for deletion and high for insertion. They go by
regions, as in Samek et al., "Evaluating the visualization of what a deep neural network has learned" (IEEE TNNLS 2017):
single pixels taken from everywhere are noise, which disturbs a network more than the loss of what it looks at, so that
by pixels a random order passes for a good map. ROAD (Rong et al., "A consistent and efficient evaluation strategy for
attribution methods", ICML 2022) replaces pixels that are taken away by what their surroundings lead to expect, so that
the hole itself tells nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import spsolve

STEPS = 20
"""Shares of the photo at which the chance is looked at, besides none."""

ROAD_SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""What ROAD takes away, as in the paper up to 0.95."""

REGION = 9 / 227
"""Side of the regions of deletion and insertion in sides of the photo: Samek et al. take 9 pixels of 227."""

BLUR = 0.08
"""Deviation of the blur that insertion starts from, in sides of the photo."""

NOISE = 0.01
"""Deviation of what ROAD adds to imputed values."""

AROUND = (
    *(((0, 1), 1 / 6), ((0, -1), 1 / 6), ((1, 0), 1 / 6), ((-1, 0), 1 / 6)),
    *(((1, 1), 1 / 12), ((1, -1), 1 / 12), ((-1, 1), 1 / 12), ((-1, -1), 1 / 12)),
)
"""A pixel's neighbours and what each counts in its expected value (Rong et al., section 4)."""

Photo = NDArray[np.float32]
Chance = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""Photos N x H x W x 3 in [0, 1] -> N chances of the class in question."""


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """Areas in [0, 1]: the mean chance of the class while places go. High insertion, low deletion and road are good."""

    deletion: float
    insertion: float
    road: float


def evaluate_map(
    photo_HWC: Photo, map_HW: NDArray[np.float32], chance: Chance, *, region: float = REGION, seed: int = 0
) -> Faithfulness:
    """Judge one map of one photo in [0, 1]. Equal places go in an order drawn by the seed.

    `region` is the side of what is deleted and inserted at once, in heights of the photo; 0 goes by pixels.
    """
    order = places(map_HW, grain=max(1, round(region * photo_HWC.shape[0])), seed=seed)
    plain = np.broadcast_to(photo_HWC.reshape(-1, 3).mean(axis=0), photo_HWC.shape).astype(np.float32)
    blurred = cv2.GaussianBlur(photo_HWC, (0, 0), BLUR * photo_HWC.shape[0])
    shares = np.arange(STEPS + 1) / STEPS
    deleted = [_mixed(photo_HWC, plain, order, share) for share in shares]
    inserted = [_mixed(blurred, photo_HWC, order, share) for share in shares]
    pixels = places(map_HW, seed=seed)
    imputed = [impute(photo_HWC, pixels, share, seed=seed) for share in ROAD_SHARES]
    found_N = chance(np.stack([*deleted, *inserted, *imputed]))
    count = len(shares)
    return Faithfulness(
        deletion=float(np.trapezoid(found_N[:count], shares)),
        insertion=float(np.trapezoid(found_N[count : 2 * count], shares)),
        road=float(found_N[2 * count :].mean()),
    )


def places(map_HW: NDArray[np.float32], *, grain: int = 1, seed: int = 0) -> NDArray[np.intp]:
    """Pixels (their places in the flat photo) from the most to the least important.

    Squares of `grain` pixels go as one, by their mean; those of equal importance in an order drawn by the seed.
    """
    down, across = np.indices(map_HW.shape) // grain
    square_P = (down * (across.max() + 1) + across).ravel()
    mean_S = np.bincount(square_P, map_HW.ravel()) / np.bincount(square_P)
    drawn_S = np.random.default_rng(seed).random(len(mean_S))
    rank_S = np.argsort(np.lexsort((drawn_S, -mean_S)))
    return np.argsort(rank_S[square_P], kind="stable")


def centre_gaussian(height: int, width: int) -> NDArray[np.float32]:
    """The map that knows nothing but that products stand in the middle: a bell a quarter as wide as the photo."""
    rows, columns = np.mgrid[:height, :width]
    down, right = (rows + 0.5) / height - 0.5, (columns + 0.5) / width - 0.5
    return np.asarray(np.exp(-(down**2 + right**2) / (2 * 0.25**2)), np.float32)


def impute(photo_HWC: Photo, order: Sequence[int] | NDArray[np.intp], share: float, *, seed: int = 0) -> Photo:
    """The photo without the first `share` of the places, each filled with its neighbours' weighted mean, and noise."""
    height, width = photo_HWC.shape[:2]
    gone = np.zeros(height * width, np.bool_)
    gone[np.asarray(order[: round(share * height * width)])] = True
    if not gone.any():
        return photo_HWC
    if gone.all():
        return np.broadcast_to(photo_HWC.reshape(-1, 3).mean(axis=0), photo_HWC.shape).astype(np.float32)
    number = np.cumsum(gone) - 1
    rows, columns, weights = [], [], []
    known_NC = np.zeros((int(gone.sum()), 3))
    total_N = np.zeros(len(known_NC))
    flat = photo_HWC.reshape(-1, 3)
    own = np.flatnonzero(gone)
    for (down, right), weight in AROUND:
        there_y, there_x = own // width + down, own % width + right
        inside = (there_y >= 0) & (there_y < height) & (there_x >= 0) & (there_x < width)
        neighbour = there_y[inside] * width + there_x[inside]
        mine = number[own[inside]]
        total_N[mine] += weight
        missing = gone[neighbour]
        rows.append(mine[missing])
        columns.append(number[neighbour[missing]])
        weights.append(np.full(int(missing.sum()), weight))
        np.add.at(known_NC, mine[~missing], weight * flat[neighbour[~missing]])
    links = csr_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(len(own), len(own))
    )
    scale = 1 / total_N
    system = identity(len(own), format="csc") - csr_matrix(links.multiply(scale[:, None])).tocsc()
    filled_NC = np.asarray(spsolve(system, known_NC * scale[:, None])).reshape(-1, 3)
    filled_NC += np.random.default_rng(seed).normal(0, NOISE, filled_NC.shape)
    found = flat.copy()
    found[own] = filled_NC.clip(0, 1)
    return found.reshape(photo_HWC.shape)


def _mixed(first: Photo, second: Photo, order: NDArray[np.intp], share: float) -> Photo:
    """`first` with the first `share` of the places taken from `second`."""
    found = first.reshape(-1, 3).copy()
    chosen = order[: round(share * len(order))]
    found[chosen] = second.reshape(-1, 3)[chosen]
    return found.reshape(first.shape)
