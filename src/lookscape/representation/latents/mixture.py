"""A Gaussian mixture fitted to a model's latents: where its products really lie, so that samples look like products.

Photos seldom fill N(0, I) evenly, even where a divergence asks for it (Hoffman & Johnson, "ELBO surgery", 2016), and a
decoder knows nothing of the gaps. A density fitted afterwards mends that (Ghosh et al., "From variational to
deterministic autoencoders", ICLR 2020). It is fitted to one draw from each photo's posterior, which is what the
decoder was trained on, and kept as models/NAME/mixture.safetensors.
"""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.representation.metrics._arrays import Floats, Matrix
from lookscape.representation.protocol import Vectors

FILE = "mixture.safetensors"

NUM_COMPONENTS = {"full": (1, 2, 4, 8, 12, 16, 24), "diag": (1, 4, 16, 64)}
ROWS_PER_COMPONENT = {"full": 2.0, "diag": 0.5}
"""Rows a component needs for each dimension."""
LARGEST_WORK = 8e8
"""Rows x components x dimensions^2 of a fit: some seconds on one core."""
MOST_ROWS = 8000
SHARE_TO_CHOOSE = 0.15
ITERATIONS, TOLERANCE, FLOOR = 60, 1e-2, 1e-4
"""Steps of expectation-maximisation, the gain that ends them, and what is added to every variance."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """K normal distributions: `weights_K` sum to 1, `roots_KDD` are the lower Cholesky factors of the covariances."""

    weights_K: Matrix
    means_KD: Matrix
    roots_KDD: Matrix

    @property
    def num_components(self) -> int:
        """K."""
        return len(self.weights_K)

    @property
    def dim(self) -> int:
        """D."""
        return int(self.means_KD.shape[1])

    def sample(self, count: int, *, seed: int, temperature: float = 1.0) -> Vectors:
        """`count` latents, N x D. A `temperature` below 1 keeps closer to the centres, 0 gives the centres alone.

        It scales the deviations of the components. Raises UsageError when it is negative.
        """
        if temperature < 0:
            raise UsageError(
                f"temperature {temperature} is negative; 1 samples as the products are spread, 0 the most typical"
            )
        rng = np.random.default_rng(seed)
        chosen_N = rng.choice(self.num_components, size=count, p=self.weights_K)
        noise_ND = rng.standard_normal((count, self.dim)) * temperature
        spread_ND = np.empty((count, self.dim))
        for component in np.unique(chosen_N):
            rows = chosen_N == component
            spread_ND[rows] = noise_ND[rows] @ self.roots_KDD[component].T
        return (self.means_KD[chosen_N] + spread_ND).astype(np.float32)

    def log_density(self, latents_ND: Floats) -> Matrix:
        """N: the logarithm of the density at each latent, in nats. Raises UsageError for another number of latents."""
        from scipy.linalg import solve_triangular
        from scipy.special import logsumexp

        if latents_ND.ndim != 2 or latents_ND.shape[1] != self.dim:
            raise UsageError(f"this mixture has {self.dim} latents, not {latents_ND.shape[-1]}")
        each_KN = np.empty((self.num_components, len(latents_ND)))
        for component, (mean_D, root_DD) in enumerate(zip(self.means_KD, self.roots_KDD, strict=True)):
            white_DN = solve_triangular(root_DD, (latents_ND.astype(np.float64) - mean_D).T, lower=True)
            log_volume = np.log(np.diag(root_DD)).sum() + 0.5 * self.dim * math.log(2 * math.pi)
            each_KN[component] = -0.5 * (white_DN**2).sum(axis=0) - log_volume
        with np.errstate(divide="ignore"):
            log_weights_K1 = np.log(self.weights_K)[:, None]
        return np.asarray(logsumexp(each_KN + log_weights_K1, axis=0))

    def save(self, folder: Path) -> None:
        """Write mixture.safetensors."""
        from safetensors.numpy import save

        tensors = {"weights": self.weights_K, "means": self.means_KD, "roots": self.roots_KDD}
        write_atomically(folder / FILE, save({name: np.ascontiguousarray(array) for name, array in tensors.items()}))


def open_mixture(folder: Path) -> Mixture | None:
    """The mixture of the model in a folder; None where none was fitted."""
    from safetensors.numpy import load_file

    if not (folder / FILE).is_file():
        return None
    tensors = load_file(folder / FILE)
    return Mixture(weights_K=tensors["weights"], means_KD=tensors["means"], roots_KDD=tensors["roots"])


def fit_mixture(latents_ND: Floats, *, seed: int = 0) -> Mixture:
    """Fit mixtures of several sizes, keep the one most likely on latents left out, and fit it again to all.

    Uses at most MOST_ROWS rows; the same rows and seed give the same mixture, since the work is bounded and not the
    time. Raises UsageError for fewer than 2 rows.
    """
    if latents_ND.ndim != 2 or len(latents_ND) < 2:
        raise UsageError(f"a mixture needs the N x D latents of at least 2 photos, not {latents_ND.shape}")
    order = np.random.default_rng(seed).permutation(len(latents_ND))[:MOST_ROWS]
    x_ND = latents_ND[order].astype(np.float64)
    num_left_out = max(1, round(SHARE_TO_CHOOSE * len(x_ND)))
    fitted_on, left_out = x_ND[num_left_out:], x_ND[:num_left_out]
    best, most = ("diag", 1), -math.inf
    for kind, count in _candidates(len(fitted_on), dim=x_ND.shape[1]):
        likelihood = float(_fit(fitted_on, kind=kind, count=count, seed=seed).log_density(left_out).mean())
        if likelihood > most:
            best, most = (kind, count), likelihood
    return _fit(x_ND, kind=best[0], count=best[1], seed=seed)


def _candidates(num_rows: int, *, dim: int) -> Iterator[tuple[str, int]]:
    """Covariances and numbers of components that the rows can carry; one diagonal normal always."""
    yield "diag", 1
    for kind, counts in NUM_COMPONENTS.items():
        for count in counts:
            enough = num_rows >= count * dim * ROWS_PER_COMPONENT[kind]
            work = num_rows * count * (dim**2 if kind == "full" else dim)
            if enough and work <= LARGEST_WORK and (kind, count) != ("diag", 1):
                yield kind, count


def _fit(x_ND: Matrix, *, kind: str, count: int, seed: int) -> Mixture:
    if len(x_ND) < 2:
        return _single(x_ND)
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(
        count, covariance_type=kind, max_iter=ITERATIONS, tol=TOLERANCE, reg_covar=FLOOR, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what counts is the likelihood of what was left out
        model.fit(x_ND)
    covariances = model.covariances_
    covariances_KDD = covariances if kind == "full" else np.stack([np.diag(variances) for variances in covariances])
    weights_K = model.weights_ / model.weights_.sum()
    return Mixture(weights_K=weights_K, means_KD=model.means_, roots_KDD=np.linalg.cholesky(covariances_KDD))


def _single(x_ND: NDArray[np.float64]) -> Mixture:
    """A unit normal around the one row there is."""
    return Mixture(weights_K=np.ones(1), means_KD=x_ND[:1], roots_KDD=np.eye(x_ND.shape[1])[None])
