"""How far the aggregate posterior, the latents of all photos together, is from the prior N(0, I).

Two distances. The squared maximum mean discrepancy with the inverse multiquadric kernel of Tolstikhin, Bousquet, Gelly
& Schölkopf, "Wasserstein Auto-Encoders" (ICLR 2018): k(x, y) = sum over s of C / (C + |x - y|^2), C = 2 D s, with the
scales s of the authors' experiments. And the sliced Wasserstein distance of order 2 (Bonneel, Rabin, Peyré & Pfister,
"Sliced and Radon Wasserstein Barycenters of Measures", 2015).

Neither draws samples of the prior: what it contributes is known. C / (C + r^2) is the average of exp(-t r^2 / C) over
t ~ Exp(1), and a Gaussian kernel averaged over a Gaussian has a closed form, which leaves an integral over t alone; the
quantiles of N(0, 1) averaged over the cells of the empirical distribution are differences of its density.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Matrix

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_NODES = 200
_BLOCK = 512
"""Rows whose distances to all others are held at once."""


@dataclass(frozen=True, kw_only=True)
class PriorDiscrepancy:
    """Squared MMD to N(0, I), with the kernel summed over SCALES: at most twice their number.

    Unbiased: samples of the prior itself give about 0, of either sign.
    """

    mmd_squared: float
    num_items: int
    num_latents: int


@dataclass(frozen=True, kw_only=True)
class SlicedDistance:
    """Root mean square over directions of the Wasserstein-2 distance to N(0, 1), in prior standard deviations.

    Never 0 on a finite sample, even of the prior itself: compare equal numbers of items only.
    """

    value: float
    num_items: int
    num_directions: int


def prior_mmd(latents_ND: Floats) -> PriorDiscrepancy:
    """Of a sample of the aggregate posterior (`posterior.sample_posterior`); time grows with N squared."""
    z_ND = _checked(latents_ND)
    num, width = z_ND.shape
    widths_S = 2.0 * width * np.array(SCALES)
    squares_N = (z_ND**2).sum(axis=1)
    among = _kernel_among(z_ND, squares_N, widths_S)
    across = sum(float(_kernel_to_prior(squares_N, num_latents=width, kernel_width=c).mean()) for c in widths_S)
    inside = sum(_kernel_in_prior(num_latents=width, kernel_width=c) for c in widths_S)
    return PriorDiscrepancy(mmd_squared=among - 2 * across + inside, num_items=num, num_latents=width)


def prior_sliced_wasserstein(latents_ND: Floats, *, num_directions: int = 256, seed: int = 0) -> SlicedDistance:
    """Of a sample of the aggregate posterior, along directions drawn from the unit sphere."""
    from scipy.stats import norm

    z_ND = _checked(latents_ND)
    num, width = z_ND.shape
    directions_DE = np.random.default_rng(seed).standard_normal((width, num_directions))
    directions_DE /= np.linalg.norm(directions_DE, axis=0)
    sorted_NE = np.sort(z_ND @ directions_DE, axis=0)
    # The integral of the normal quantile function over the cell ((i-1)/N, i/N) is pdf(lower) - pdf(upper).
    cells_N = -np.diff(norm.pdf(norm.ppf(np.linspace(0, 1, num + 1))))
    squared_E = (sorted_NE**2).mean(axis=0) - 2 * cells_N @ sorted_NE + 1
    value = float(np.sqrt(np.maximum(squared_E, 0).mean()))
    return SlicedDistance(value=value, num_items=num, num_directions=num_directions)


def _kernel_among(z_ND: Matrix, squares_N: Matrix, widths_S: Matrix) -> float:
    """The mean of k over pairs of different items."""
    num, total = len(z_ND), 0.0
    for start in range(0, num, _BLOCK):
        rows = slice(start, start + _BLOCK)
        distances_BN = np.maximum(squares_N[rows, None] + squares_N - 2 * z_ND[rows] @ z_ND.T, 0)
        block = np.arange(len(distances_BN))
        distances_BN[block, start + block] = 0
        total += sum(float((c / (c + distances_BN)).sum()) for c in widths_S)
    return (total - num * len(widths_S)) / (num * (num - 1))


def _kernel_to_prior(squares_N: Matrix, *, num_latents: int, kernel_width: float) -> Matrix:
    """The mean of k(x, y) over y ~ N(0, I), for items of the given squared lengths |x|^2."""
    t, weight = _exponential_nodes()
    spread = 1 + 2 * t / kernel_width
    powers_NT = np.exp(-squares_N[:, None] * t / (kernel_width * spread))
    return np.asarray(powers_NT @ (weight * spread ** (-num_latents / 2)))


def _kernel_in_prior(*, num_latents: int, kernel_width: float) -> float:
    """The mean of k(x, y) over independent x, y ~ N(0, I)."""
    t, weight = _exponential_nodes()
    return float(weight @ (1 + 4 * t / kernel_width) ** (-num_latents / 2))


@cache
def _exponential_nodes() -> tuple[Matrix, Matrix]:
    """Nodes and weights for the mean over t ~ Exp(1): Gauss-Legendre in u = exp(-t).

    exp(-a t) becomes the power u^a, which it integrates well for the large a of items far from the origin; the
    customary Gauss-Laguerre does not.
    """
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    return -np.log((x + 1) / 2), weight / 2


def _checked(latents_ND: Floats) -> Matrix:
    if latents_ND.ndim != 2 or len(latents_ND) < 2:
        raise UsageError(f"the distance from the prior needs N x D latents of at least 2 items, not {latents_ND.shape}")
    return latents_ND.astype(np.float64)
