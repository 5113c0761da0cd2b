"""A linear map that forgets what altering a photo changes, learned from a catalogue and altered copies of its photos.

Learned whitening after Mikolajczyk & Matas, "Improving descriptors for fast tree matching by optimal linear projection"
(ICCV 2007), as used for retrieval by Radenović, Tolias & Chum (PAMI 2019): the covariance of the differences between
two views of the same thing is made the identity, then the directions in which things differ most are kept. Here the two
views are a photo and its altered copy, so no label is needed. The kept directions are brought nearer to each other by
their variance to the power -ATTENUATION / 2 ("attenuated whitening", Mukundan et al., IJCV 2019), so that the most
varied ones do not drown the rest.

With few photos all three estimates (mean, differences, directions) are drawn towards those of no knowledge; with two
photos the map is nearly a rotation.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.protocol import Tensors, Vectors

ATTENUATION = 0.5
RIDGE = 0.1
RIDGE_PHOTOS = 100
"""The differences' covariance gets (RIDGE + RIDGE_PHOTOS / N) of its mean variance in every direction."""

PRIOR_PHOTOS = 32
"""The mean and the directions are estimated as if this many photos of average variance and zero mean stood beside."""

_NO_DIFFERENCE = 1e-8
"""Variance taken for copies that are all equal to their photos (blank ones), features having length about 1."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Whitening:
    """A mean (D) and a projection (D x E), learned from `num_photos` photos."""

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]
    num_photos: int

    def __call__(self, features_ND: Vectors) -> Vectors:
        """N x D features -> N x E vectors, to be compared by cosine.

        Their length is kept: one unit is what altering a photo changes, and something that is not of this catalogue
        lies unusually far from everything in it. Row by row, because a product of matrices rounds differently with N
        and a photo's vector must not depend on the others.
        """
        rows = [(features_D - self.mean) @ self.projection for features_D in features_ND]
        return np.array(rows, np.float32).reshape(len(rows), self.projection.shape[1])

    def state(self) -> Tensors:
        """As a checkpoint holds it."""
        return {"mean": self.mean, "projection": self.projection, "num_photos": np.array([self.num_photos])}

    @property
    def digest(self) -> str:
        """A short hash of what was learned."""
        return hashlib.sha256(self.mean.tobytes() + self.projection.tobytes()).hexdigest()[:16]

    @classmethod
    def from_state(cls, state: Tensors) -> "Whitening":
        """What `state` gave."""
        return cls(mean=state["mean"], projection=state["projection"], num_photos=int(state["num_photos"][0]))


def fit(features_ND: Vectors, altered_ND: Vectors, *, dim: int) -> Whitening:
    """Learn from the features of N >= 1 photos and of an altered copy of each; `dim` directions are kept, at most D.

    The sign of each direction is fixed (its largest entry is positive), so the same features give the same map.
    """
    x_ND, copies_ND = features_ND.astype(np.float64), altered_ND.astype(np.float64)
    num = len(x_ND)
    mean_D = x_ND.mean(axis=0)
    forget_DD = _forgetting(x_ND - copies_ND)
    projection_DE = forget_DD @ _directions((x_ND - mean_D) @ forget_DD, dim=dim)
    projection_DE *= np.sign(projection_DE[np.abs(projection_DE).argmax(axis=0), np.arange(projection_DE.shape[1])])
    return Whitening(
        mean=(mean_D * num / (num + PRIOR_PHOTOS)).astype(np.float32),
        projection=projection_DE.astype(np.float32),
        num_photos=num,
    )


def _forgetting(differences_ND: Matrix) -> Matrix:
    """D x D: makes the covariance of the differences the identity; half of it is each view's own."""
    num = len(differences_ND)
    variances, directions_DD = np.linalg.eigh(differences_ND.T @ differences_ND / (2 * num))
    ridge = (RIDGE + RIDGE_PHOTOS / num) * max(float(variances.mean()), _NO_DIFFERENCE)
    return np.asarray(directions_DD / np.sqrt(np.maximum(variances, 0) + ridge))


def _directions(centred_ND: Matrix, *, dim: int) -> Matrix:
    """D x E: the directions of the largest variance, attenuated."""
    num, width = centred_ND.shape
    scatter_DD = centred_ND.T @ centred_ND
    prior = PRIOR_PHOTOS * max(float(np.trace(scatter_DD)) / (num * width), 1.0)
    variances, directions_DD = np.linalg.eigh((scatter_DD + prior * np.eye(width)) / (num + PRIOR_PHOTOS))
    largest = np.argsort(-variances, kind="stable")[:dim]
    return np.asarray(directions_DD[:, largest] * variances[largest] ** (-ATTENUATION / 2))
