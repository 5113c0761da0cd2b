"""Eigenimages: the directions in which photos differ most, and photos that these cannot rebuild.

Principal components of the photos' sRGB pixels (Sirovich and Kirby 1987; Turk and Pentland 1991), by scikit-learn with
the ARPACK solver, whose leading components are exact to the last digits. Of more than FITTED photos that many are
drawn.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lookscape.representation.protocol import ImageU8

FITTED = 6000
COMPONENTS = 16
FEWEST = 3
"""Photos without which there is nothing to find."""

BLOCK = 512
VERSION = 1
"""Raised when another way of finding them gives other numbers; so in _colours."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Eigenimages:
    """K components of S x S x 3 pixels; values of pixels are 0 to 1.

    `components_KP` have length 1, `spread_K` is the standard deviation of the photos along each, `explained_K` its
    share of all variance. `error_N` is the root mean square of what the K components leave of each photo. `fitted`
    photos of N were used to find them.
    """

    mean_P: Numbers
    components_KP: Numbers
    spread_K: Numbers
    explained_K: Numbers
    error_N: Numbers
    fitted: int

    @property
    def side(self) -> int:
        """Pixels."""
        return math.isqrt(len(self.mean_P) // 3)

    def moved(self, number: int, *, by: float) -> ImageU8:
        """The mean photo with so many standard deviations of a component added."""
        pixels_P = self.mean_P + by * self.spread_K[number] * self.components_KP[number]
        return self._picture(pixels_P)

    def picture(self, number: int) -> ImageU8:
        """A component as a photo: grey where it does nothing."""
        component_P = self.components_KP[number]
        return self._picture(0.5 + component_P / (2 * max(float(np.abs(component_P).max()), 1e-12)))

    def _picture(self, pixels_P: Numbers) -> ImageU8:
        return np.asarray((255 * pixels_P.clip(0, 1)).round().reshape(self.side, self.side, 3), np.uint8)


def fit(photos_NHWC: ImageU8, *, threads: int, seed: int = 0) -> Eigenimages | None:
    """The components of these photos; None with fewer than FEWEST, or where all are equal."""
    from sklearn.decomposition import PCA

    num = len(photos_NHWC)
    if num < FEWEST:
        return None
    some = np.arange(num) if num <= FITTED else np.sort(np.random.default_rng(seed).choice(num, FITTED, replace=False))
    rows_NP = _rows(photos_NHWC[some])
    if not np.ptp(rows_NP, axis=0).any():
        return None
    wanted = min(COMPONENTS, len(rows_NP) - 2)
    with threadpool_limits(threads):
        fitted = PCA(wanted, svd_solver="arpack", random_state=seed).fit(rows_NP)
        components_KP = _upright(fitted.components_.astype(np.float64))
        mean_P = fitted.mean_.astype(np.float64)
        error_N = _errors(photos_NHWC, mean_P, components_KP)
    return Eigenimages(
        mean_P=mean_P,
        components_KP=components_KP,
        spread_K=np.sqrt(fitted.explained_variance_.astype(np.float64)),
        explained_K=fitted.explained_variance_ratio_.astype(np.float64),
        error_N=error_N,
        fitted=len(some),
    )


def packed(found: Eigenimages | None) -> Numbers:
    """As one row of numbers, for the cache; empty for None."""
    if found is None:
        return np.empty(0)
    parts = (found.mean_P, found.components_KP.ravel(), found.spread_K, found.explained_K, found.error_N)
    return np.concatenate([[len(found.spread_K), len(found.mean_P), found.fitted], *parts])


def unpacked(row: Numbers, *, num_photos: int) -> Eigenimages | None:
    """What `packed` made."""
    if not len(row):
        return None
    num, size, fitted = (int(value) for value in row[:3])
    ends = 3 + np.cumsum([size, num * size, num, num, num_photos])
    mean_P, components, spread_K, explained_K, error_N = (
        row[start:end] for start, end in zip((3, *ends[:-1]), ends, strict=True)
    )
    return Eigenimages(
        mean_P=mean_P,
        components_KP=components.reshape(num, size),
        spread_K=spread_K,
        explained_K=explained_K,
        error_N=error_N,
        fitted=fitted,
    )


def _rows(photos_NHWC: ImageU8) -> NDArray[np.float32]:
    return np.asarray(photos_NHWC, np.float32).reshape(len(photos_NHWC), -1) / np.float32(255)


def _upright(components_KP: Numbers) -> Numbers:
    """Each with its largest entry positive: a component and its opposite are the same."""
    largest_K = np.abs(components_KP).argmax(axis=1)
    signs_K = np.sign(components_KP[np.arange(len(components_KP)), largest_K])
    return np.asarray(components_KP * signs_K[:, None])


def _errors(photos_NHWC: ImageU8, mean_P: Numbers, components_KP: Numbers) -> Numbers:
    error_N = np.empty(len(photos_NHWC))
    for start in range(0, len(photos_NHWC), BLOCK):
        centred_BP = _rows(photos_NHWC[start : start + BLOCK]) - mean_P
        left_BP = centred_BP - (centred_BP @ components_KP.T) @ components_KP
        error_N[start : start + BLOCK] = np.sqrt((left_BP**2).mean(axis=1))
    return error_N
