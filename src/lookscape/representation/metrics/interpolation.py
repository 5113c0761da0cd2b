"""How evenly a path through the latent space changes the photo.

`path_evenness` compares the steps of a decoded path: the largest over the median is 1 on an even path and large where
the photo jumps. `perceptual_path_length` after Karras, Laine & Aila, "A Style-Based Generator Architecture for
Generative Adversarial Networks" (CVPR 2019, section 4.1): the average squared distance per squared step between photos
decoded a small step apart, at random places of random paths. Spherical interpolation after Shoemake, "Animating
Rotation with Quaternion Curves" (SIGGRAPH 1985), with the vectors' lengths interpolated linearly beside the angle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Matrix

PARALLEL_SINE = 1e-6
"""Below this sine of the angle between two vectors the great circle is not well defined: a straight line."""

TRIM = 0.01
"""Share of the smallest and of the largest local lengths that is left out, as Karras et al. do."""

Frames = NDArray[Any]
Decode = Callable[[Floats], Frames]
"""N x D latents -> N decoded photos, in floating point: rounding to bytes would hide a small step."""

Compare = Callable[[Frames, Frames], Matrix]
"""N frames and N other frames -> N squared distances, such as `perceptual.perceptual_distance(...).values_N`."""


class Route(StrEnum):
    """How a path leads from one latent to another."""

    LINEAR = "linear"
    SPHERICAL = "spherical"


@dataclass(frozen=True, kw_only=True)
class PathEvenness:
    """Per path: the largest step over the median step (1 or more; inf where most steps are 0), and its whole length."""

    largest_over_median_P: Matrix
    length_P: Matrix
    num_steps: int

    @property
    def median(self) -> float:
        """The typical path's largest step over its median step."""
        return float(np.median(self.largest_over_median_P))

    def share_within(self, limit: float) -> float:
        """The share of paths whose largest step is under `limit` times their median."""
        return float((self.largest_over_median_P < limit).mean())


@dataclass(frozen=True, kw_only=True)
class PathLength:
    """The average over paths, with the TRIM extremes left out, of squared distance over squared step."""

    value: float
    route: Route
    epsilon: float
    num_paths: int


def path_evenness(steps_PS: Matrix) -> PathEvenness:
    """From the distances between neighbouring frames of P paths of S >= 2 steps.

    The distance must grow in proportion to a small change (`PerceptualDistance.roots`): a squared one would square
    the ratio. Paths between equal ends (all steps 0) count as even.
    """
    if steps_PS.ndim != 2 or steps_PS.shape[1] < 2 or not len(steps_PS):
        raise UsageError(f"steps must be P x S with at least one path of two steps, not {steps_PS.shape}")
    largest_P, median_P = steps_PS.max(axis=1), np.median(steps_PS, axis=1)
    ratio_P = np.full(len(steps_PS), np.inf)
    np.divide(largest_P, median_P, out=ratio_P, where=median_P > 0)
    ratio_P[largest_P == 0] = 1.0
    return PathEvenness(largest_over_median_P=ratio_P, length_P=steps_PS.sum(axis=1), num_steps=steps_PS.shape[1])


def between(start_ND: Floats, end_ND: Floats, *, at_N: Matrix, route: Route = Route.LINEAR) -> Floats:
    """N x D latents a fraction `at_N` (0 to 1) of the way from each start to its end."""
    start, end = start_ND.astype(np.float64), end_ND.astype(np.float64)
    t = np.asarray(at_N, np.float64)[:, None]
    found = (1 - t) * start + t * end if route is Route.LINEAR else _spherical(start, end, t)
    return np.asarray(found, np.float32 if start_ND.dtype == np.float32 else np.float64)


def perceptual_path_length(
    start_ND: Floats,
    *,
    end_ND: Floats,
    decode: Decode,
    compare: Compare,
    route: Route = Route.LINEAR,
    epsilon: float = 1e-2,
    seed: int = 0,
) -> PathLength:
    """Each path is cut at one random place and decoded there and a step of `epsilon` further on.

    The paper's step is 1e-4, for float32 networks with smooth activations; at reduced precision the difference must
    stand above the rounding, hence the larger default.
    """
    at_N = np.random.default_rng(seed).uniform(0, 1 - epsilon, len(start_ND))
    here = decode(between(start_ND, end_ND, at_N=at_N, route=route))
    further = decode(between(start_ND, end_ND, at_N=at_N + epsilon, route=route))
    lengths_N = np.sort(np.asarray(compare(here, further), np.float64) / epsilon**2)
    cut = int(TRIM * len(lengths_N))
    kept = lengths_N[cut : len(lengths_N) - cut]
    return PathLength(value=float(kept.mean()), route=route, epsilon=epsilon, num_paths=len(lengths_N))


def _spherical(start_ND: Matrix, end_ND: Matrix, t_N1: Matrix) -> Matrix:
    lengths = [np.linalg.norm(side, axis=1, keepdims=True) for side in (start_ND, end_ND)]
    one, other = (
        side / np.maximum(length, np.finfo(np.float64).tiny)
        for side, length in zip((start_ND, end_ND), lengths, strict=True)
    )
    angle_N1 = np.arccos(np.clip((one * other).sum(axis=1, keepdims=True), -1, 1))
    sine_N1 = np.sin(angle_N1)
    is_line_N1 = (sine_N1 < PARALLEL_SINE) | (np.minimum(*lengths) == 0)
    safe_N1 = np.where(is_line_N1, 1.0, sine_N1)
    arc = (np.sin((1 - t_N1) * angle_N1) * one + np.sin(t_N1 * angle_N1) * other) / safe_N1
    arc *= (1 - t_N1) * lengths[0] + t_N1 * lengths[1]
    return np.where(is_line_N1, (1 - t_N1) * start_ND + t_N1 * end_ND, arc)
