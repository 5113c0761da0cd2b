"""A Gaussian mixture fitted to a catalogue's codes, to sample from: products lie in clusters, not all around the origin.

Ghosh et al., "From Variational to Deterministic Autoencoders" (ICLR 2020), fit the density after training too; full
covariances, ten components by default, EM as in scikit-learn. What is fitted is a draw of each photo's posterior, not its
mean, when the model has one, since that is what the decoder was trained on.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.protocol import Tensors, Vectors

COMPONENTS = 10
PHOTOS_PER_COMPONENT = 20
"""Fewer photos than this for each component give fewer components."""

RIDGE = 1e-3
"""Variance added to every direction, in the latents' own units (about 1)."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Weights K, means K x D and lower triangular factors K x D x D of the covariances."""

    weights: NDArray[np.float32]
    means: NDArray[np.float32]
    factors: NDArray[np.float32]

    def sample(self, count: int, *, seed: int) -> Vectors:
        """`count` x D draws; the same seed gives the same ones."""
        random = np.random.default_rng(seed)
        shares = self.weights.astype(np.float64) / self.weights.astype(np.float64).sum()
        chosen = random.choice(len(shares), size=count, p=shares)
        noise = random.standard_normal((count, self.means.shape[1]))
        drawn = self.means[chosen] + np.einsum("nij,nj->ni", self.factors[chosen], noise)
        return drawn.astype(np.float32)

    def state(self) -> Tensors:
        """As a checkpoint holds it."""
        return {"weights": self.weights, "means": self.means, "factors": self.factors}

    @classmethod
    def from_state(cls, state: Tensors) -> "Mixture":
        """What `state` gave."""
        return cls(weights=state["weights"], means=state["means"], factors=state["factors"])


def fit(codes_ND: Vectors, *, components: int = COMPONENTS, seed: int = 0) -> Mixture:
    """Expectation-maximisation from k-means; the same codes and seed give the same mixture."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    num = max(1, min(components, len(codes_ND) // PHOTOS_PER_COMPONENT))
    model = GaussianMixture(num, covariance_type="full", reg_covar=RIDGE, random_state=seed, max_iter=200)
    with warnings.catch_warnings():
        # Stopping early at a density that is still rising slowly is good enough to sample from.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(codes_ND.astype(np.float64))
    return Mixture(
        weights=model.weights_.astype(np.float32),
        means=model.means_.astype(np.float32),
        factors=np.linalg.cholesky(model.covariances_).astype(np.float32),
    )
