"""Fréchet distance between two sets of photos in a network's feature space.

Heusel, Ramsauer, Unterthiner, Nessler & Hochreiter, "GANs Trained by a Two Time-Scale Update Rule Converge to a Local
Nash Equilibrium" (NeurIPS 2017): the squared Wasserstein-2 distance between Gaussians fitted to the features (Dowson &
Landau 1982), |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). The paper uses Inception v3; any features do, but distances
in different features cannot be compared, so the record names them.

The trace of the root is taken from the eigenvalues of S1^(1/2) S2 S1^(1/2), which is symmetric: no root of a matrix
that is not, no imaginary part to drop, and singular covariances (fewer photos than features) need no added ridge.

On finite samples the distance is too large, by about a constant over the number of photos. Compare only distances from
equal numbers against the same reference, or use `frechet_infinity`, the extrapolation of Chong & Forsyth, "Effectively
Unbiased FID and Inception Score and Where to Find Them" (CVPR 2020). Covariances are not shrunk: shrinkage would give
models with different spectra different advantages.
"""

from dataclasses import dataclass

import numpy as np

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Matrix


@dataclass(frozen=True, kw_only=True)
class Gaussian:
    """A mean (D) and a covariance (D x D, divided by `num_items` - 1)."""

    mean: Matrix
    covariance: Matrix
    num_items: int


@dataclass(frozen=True, kw_only=True)
class FrechetDistance:
    """The squared distance, as the field reports it.

    `features` says in which network's features, `extrapolated` that it stands for infinitely many judged photos.
    """

    value: float
    features: str
    num_items: int
    num_reference: int
    extrapolated: bool


def fit_gaussian(features_ND: Floats) -> Gaussian:
    """The mean and the unbiased covariance of at least 2 rows."""
    if features_ND.ndim != 2 or len(features_ND) < 2:
        raise UsageError(f"a Fréchet distance needs the N x D features of at least 2 photos, not {features_ND.shape}")
    x_ND = features_ND.astype(np.float64)
    centred_ND = x_ND - x_ND.mean(axis=0)
    covariance_DD = centred_ND.T @ centred_ND / (len(x_ND) - 1)
    return Gaussian(mean=x_ND.mean(axis=0), covariance=covariance_DD, num_items=len(x_ND))


def between_gaussians(one: Gaussian, *, other: Gaussian) -> float:
    """The squared Fréchet distance of two Gaussians of the same dimension; never negative."""
    return _to_reference(one, other, _root(other.covariance))


def frechet_distance(features_ND: Floats, *, reference_MD: Floats, features: str) -> FrechetDistance:
    """Between photos to judge (samples, reconstructions) and reference photos, in the features named `features`."""
    judged, reference = fit_gaussian(features_ND), fit_gaussian(reference_MD)
    return FrechetDistance(
        value=between_gaussians(judged, other=reference),
        features=features,
        num_items=judged.num_items,
        num_reference=reference.num_items,
        extrapolated=False,
    )


def frechet_infinity(
    features_ND: Floats, *, reference_MD: Floats, features: str, num_sizes: int = 10, seed: int = 0
) -> FrechetDistance:
    """The intercept of the distance against 1 / n, for `num_sizes` random subsets of N / 2 to N judged photos.

    It removes the bias that comes from the judged photos; the reference's stays, equal for all models. The intercept
    of a near-perfect model may fall a little below 0.
    """
    if len(features_ND) < 4:
        raise UsageError(f"extrapolating a Fréchet distance needs at least 4 photos, not {len(features_ND)}")
    reference = fit_gaussian(reference_MD)
    root_DD = _root(reference.covariance)
    rng = np.random.default_rng(seed)
    sizes = np.linspace(len(features_ND) // 2, len(features_ND), num_sizes).astype(int)
    subsets = (features_ND[rng.permutation(len(features_ND))[:size]] for size in sizes)
    found = [_to_reference(fit_gaussian(subset), reference, root_DD) for subset in subsets]
    _, intercept = np.polyfit(1 / sizes, found, 1)
    return FrechetDistance(
        value=float(intercept),
        features=features,
        num_items=len(features_ND),
        num_reference=reference.num_items,
        extrapolated=True,
    )


def _to_reference(one: Gaussian, other: Gaussian, root_DD: Matrix) -> float:
    """The distance, given the root of the other's covariance."""
    if one.mean.shape != other.mean.shape:
        raise UsageError(f"features of {len(one.mean)} and {len(other.mean)} numbers cannot be compared")
    shift = float(((one.mean - other.mean) ** 2).sum())
    product_DD = root_DD @ one.covariance @ root_DD
    eigenvalues = np.linalg.eigvalsh((product_DD + product_DD.T) / 2)
    overlap = float(np.sqrt(np.maximum(eigenvalues, 0)).sum())
    return max(shift + float(np.trace(one.covariance) + np.trace(other.covariance)) - 2 * overlap, 0.0)


def _root(covariance_DD: Matrix) -> Matrix:
    eigenvalues, directions_DD = np.linalg.eigh(covariance_DD)
    return np.asarray((directions_DD * np.sqrt(np.maximum(eigenvalues, 0))) @ directions_DD.T)
