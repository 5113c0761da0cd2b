"""How different two photos look to a network: the distance between its feature maps.

The unweighted form of LPIPS (Zhang, Isola, Efros, Shechtman & Wang, "The Unreasonable Effectiveness of Deep Features
as a Perceptual Metric", CVPR 2018): at every place of every stage the channels are scaled to length 1, squared
differences are summed over channels and averaged over places. Stages are averaged where the paper sums them, so the
range does not depend on how many there are: 0 for equal maps, at most 4, at most 2 after a ReLU. The paper's weights
per channel, fitted to people's judgements, are left out (its "baseline" rows): they exist for three networks only.

The distance is quadratic in small changes. `roots` makes it grow in proportion, as the steps of a path need.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

Maps = NDArray[np.floating]
"""One stage's feature maps: N x C x H x W."""


@dataclass(frozen=True, kw_only=True)
class PerceptualDistance:
    """One distance per pair of photos, and the features it was measured in."""

    values_N: NDArray[np.float64]
    features: str
    num_stages: int

    @property
    def mean(self) -> float:
        """Over the pairs."""
        return float(self.values_N.mean())

    @property
    def roots(self) -> NDArray[np.float64]:
        """N: square roots, proportional to a small change: Euclidean distances between the scaled maps."""
        return np.asarray(np.sqrt(self.values_N))


def perceptual_distance(stages: Sequence[Maps], *, others: Sequence[Maps], features: str) -> PerceptualDistance:
    """Between photo n and photo n of `others`, given the maps of both at the same stages of one network.

    `features` says which network and stages, for the record. Raises UsageError when shapes differ.
    """
    if not stages or len(stages) != len(others):
        raise UsageError(f"both sides need the same stages, at least one, not {len(stages)} and {len(others)}")
    per_stage = [_stage_distance(one, other) for one, other in zip(stages, others, strict=True)]
    return PerceptualDistance(values_N=np.mean(per_stage, axis=0), features=features, num_stages=len(stages))


def _stage_distance(one_NCHW: Maps, other_NCHW: Maps) -> NDArray[np.float64]:
    if one_NCHW.ndim != 4 or one_NCHW.shape != other_NCHW.shape:
        raise UsageError(f"feature maps must both be N x C x H x W, not {one_NCHW.shape} and {other_NCHW.shape}")
    squares_NCHW = (_unit(one_NCHW) - _unit(other_NCHW)) ** 2
    return np.asarray(squares_NCHW.sum(axis=1).mean(axis=(1, 2)))


def _unit(maps_NCHW: Maps) -> NDArray[np.float64]:
    """Channels scaled to length 1 at every place; a place without any activation stays zero."""
    maps_NCHW = maps_NCHW.astype(np.float64)
    lengths = np.sqrt((maps_NCHW**2).sum(axis=1, keepdims=True))
    return np.asarray(maps_NCHW / np.maximum(lengths, np.finfo(np.float64).tiny))
