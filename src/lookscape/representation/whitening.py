"""Attenuated PCA whitening: makes the directions in which a catalogue varies count more alike.

Jégou & Chum, "Negative evidences and co-occurences in image retrieval: the benefit of PCA and whitening" (ECCV 2012);
attenuation as in Mukundan et al., "Understanding and improving kernel local descriptors" (IJCV 2019): each principal
direction is divided by the eigenvalue to the power POWER / 2, POWER = 1 being full whitening and 0 none.

The mean and covariance are shrunk towards those of PRIOR_PHOTOS imagined photos of no catalogue (zero mean, equal
variance PRIOR_VARIANCE / D in every direction), so that three photos give nearly the identity and a thousand their own.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.protocol import Tensors, Vectors

POWER = 0.5
PRIOR_PHOTOS = 32
PRIOR_VARIANCE = 0.25
"""Summed over all D directions; unit-length features of real catalogues scatter by 0.2 to 0.4."""


@dataclass(frozen=True, kw_only=True)
class Whitening:
    """A mean (D) and a projection (D x E), learned from `num_photos` photos."""

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]
    num_photos: int

    def __call__(self, features_ND: Vectors) -> Vectors:
        """N x D features -> N x E vectors of length 1.

        Row by row: a product of matrices rounds differently with N, and a photo's vector must not depend on the others.
        """
        rows = [(features_D - self.mean) @ self.projection for features_D in features_ND]
        vectors_NE = np.array(rows, np.float32).reshape(len(rows), self.projection.shape[1])
        lengths_N1 = np.linalg.norm(vectors_NE, axis=1, keepdims=True)
        return np.asarray(vectors_NE / np.maximum(lengths_N1, np.finfo(np.float32).tiny), np.float32)

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


def fit(features_ND: Vectors, *, dim: int) -> Whitening:
    """Learn from N >= 1 photos' features; `dim` directions of the largest variance are kept, at most D.

    The sign of each direction is fixed (its largest entry is positive), so the same features give the same projection.
    """
    x_ND = features_ND.astype(np.float64)
    num, width = x_ND.shape
    mean_D = x_ND.mean(axis=0)
    centred_ND = x_ND - mean_D
    prior_DD = PRIOR_PHOTOS * PRIOR_VARIANCE / width * np.eye(width)
    covariance_DD = (centred_ND.T @ centred_ND + prior_DD) / (num + PRIOR_PHOTOS)
    variances, directions_DD = np.linalg.eigh(covariance_DD)
    largest = np.argsort(-variances, kind="stable")[:dim]
    projection_DE = directions_DD[:, largest] * variances[largest] ** (-POWER / 2)
    projection_DE *= np.sign(projection_DE[np.abs(projection_DE).argmax(axis=0), np.arange(len(largest))])
    return Whitening(
        mean=(mean_D * num / (num + PRIOR_PHOTOS)).astype(np.float32),
        projection=projection_DE.astype(np.float32),
        num_photos=num,
    )
