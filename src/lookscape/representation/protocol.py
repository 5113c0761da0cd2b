"""What every model that turns photos into vectors offers.

Legend of tensor shapes, used as name suffixes through the project:
B photos in a batch, C channels, H height, W width, D dimensions of a vector, N rows of a matrix, K hits.
Pixels enter as uint8 RGB; every encoder does its own resizing and normalisation.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

ImageU8 = NDArray[np.uint8]
"""One photo: height x width x 3, RGB, 0 to 255."""

Vectors = NDArray[np.float32]
"""N x D vectors, one row per photo."""

Tensors = Mapping[str, NDArray[Any]]
"""Named arrays, as a checkpoint holds them."""


@runtime_checkable
class Encoder(Protocol):
    """Turns photos into vectors. `key` changes whenever the same photo would get another vector."""

    @property
    def dim(self) -> int:
        """D, the length of a vector."""
        ...

    @property
    def key(self) -> str:
        """A short hash of weights, layer, input size and preprocessing.

        The engine is not part of it: all engines agree to cosine 0.999 (see runtime.py), so a Space may be moved
        to a machine that computes with another one.
        """
        ...

    @property
    def default_metric(self) -> str:
        """The metric to search this model's Space with: l1, l2, cosine or hamming."""
        ...

    @property
    def side(self) -> int:
        """The side of the network's input, pixels: detail beyond it is not used, so decoding may stop there."""
        ...

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """Photos of any sizes -> B x D float32, finite. A photo's vector does not depend on the others.

        The photos are taken one by one while the network runs, so a generator that decodes them costs little.
        Safe to call from several threads.
        """
        ...


@runtime_checkable
class FittedEncoder(Encoder, Protocol):
    """An encoder that learns something small from the catalogue (a whitening, a mixture) before it can encode."""

    @property
    def network_key(self) -> str:
        """The part of `key` that is known before fitting; a state may be restored if it was learned under the same."""
        ...

    @property
    def sample_size(self) -> int:
        """How many photos it wants to learn from; more do not help."""
        ...

    @property
    def num_fitted(self) -> int:
        """How many photos it has learned from; 0 before the first fit, when `encode` raises UsageError."""
        ...

    def fit(self, photos: Iterable[ImageU8]) -> None:
        """Learn from a sample of the catalogue's photos; the same sample gives the same result."""
        ...

    def state(self) -> Tensors:
        """What was learned."""
        ...

    def restore(self, state: Tensors) -> None:
        """Take over what another encoder of the same configuration learned."""
        ...
