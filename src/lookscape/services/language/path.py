"""Paths through the latent space: along the line or the sphere, in steps that look equal.

A path leads through K >= 2 latents. Its position runs from 0 to K - 1, a whole number at each of them; the part from
one to the next is a leg.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.index.protocol import Vectors
from lookscape.representation.metrics.interpolation import Route, between

FINE = 4
"""Frames decoded for each step of the answer when steps are made equal."""

ROUNDS = 2
"""How often the cut into equal steps is made again."""

FLAT = 1e-6
"""Share of a leg's length added evenly, so that the length rises even where the photo stands still."""

FAINT = 2.0
"""Levels of 0 to 255: gradients well below this do not count as contours."""

Numbers = NDArray[np.float64]
Decode = Callable[[Vectors], NDArray[np.uint8]]


@dataclass(frozen=True, kw_only=True)
class Path:
    """K x D latents to pass through, and how."""

    knots_KD: Vectors
    route: Route

    @property
    def num_legs(self) -> int:
        """K - 1."""
        return len(self.knots_KD) - 1

    def at(self, positions_N: Numbers) -> Vectors:
        """N x D latents at these positions; at a whole number the latent given."""
        legs = np.clip(np.floor(positions_N).astype(int), 0, self.num_legs - 1)
        start_ND, end_ND = self.knots_KD[legs], self.knots_KD[legs + 1]
        return np.asarray(between(start_ND, end_ND, at_N=positions_N - legs, route=self.route), np.float32)

    def nearest_positions(self, latents_ND: Vectors, *, resolution: int = 200) -> Numbers:
        """N: the position at which the path is closest to each latent, to one part in `resolution` of a leg."""
        fine = np.linspace(0, self.num_legs, resolution * self.num_legs + 1)
        line_LD = self.at(fine).astype(np.float64)
        squares_NL = (line_LD**2).sum(axis=1) - 2 * latents_ND.astype(np.float64) @ line_LD.T
        return np.asarray(fine[squares_NL.argmin(axis=1)])


def plain_positions(path: Path, num_frames: int) -> Numbers:
    """Positions of the frames, equal steps within a leg, every given latent among them."""
    counts = _shares(np.ones(path.num_legs), num_frames - 1)
    return _joined([leg + np.linspace(0, 1, count + 1) for leg, count in enumerate(counts)])


def even_positions(path: Path, num_frames: int, decode: Decode) -> Numbers:
    """Positions between which the decoded photo changes by nearly equal amounts, every given latent among them.

    Every leg is decoded finely and cut into equal lengths, the length being the sum of `changes`. Change from frame to
    frame is less than the sum of what lies between, so the cut is made again, ROUNDS times, on the frames it gave.
    """
    fine = np.linspace(0, 1, FINE * (num_frames - 1) // path.num_legs + 2)
    lengths = [_lengths(decode(path.at(leg + fine))) for leg in range(path.num_legs)]
    counts = _shares(np.array([length[-1] for length in lengths]), num_frames - 1)
    legs = []
    for leg, (length, count) in enumerate(zip(lengths, counts, strict=True)):
        at = _cut(length, fine, count=count)
        for _ in range(ROUNDS if count > 1 else 0):
            at = _cut(_lengths(decode(path.at(leg + at))), at, count=count)
        legs.append(leg + at)
    return _joined(legs)


def _cut(length_N: Numbers, at_N: Numbers, *, count: int) -> Numbers:
    """The places that part a leg into `count` equal lengths; the ends stay exactly where they are."""
    return np.asarray(np.interp(np.linspace(0, length_N[-1], count + 1), length_N, at_N))


def changes(frames_NHWC: NDArray[np.uint8]) -> Numbers:
    """N - 1 changes of the contours from frame to frame: root mean squares, 0 for equal frames and at most about 2.

    At every pixel the gradient over both directions and all colours is scaled towards length 1, so that a faint
    contour that comes or goes counts nearly as much as a strong one, as it does to the eye and to the features of
    networks.
    """
    frames = frames_NHWC.astype(np.float32)
    across = frames[:, :-1, 1:] - frames[:, :-1, :-1]
    down = frames[:, 1:, :-1] - frames[:, :-1, :-1]
    gradients = np.concatenate([across, down], axis=-1)
    contours = gradients / (np.sqrt((gradients**2).sum(axis=-1, keepdims=True)) + FAINT)
    return np.asarray(np.sqrt(((contours[1:] - contours[:-1]) ** 2).sum(axis=-1).mean(axis=(1, 2))), np.float64)


def _lengths(frames_NHWC: NDArray[np.uint8]) -> Numbers:
    """N: the length of the path up to each frame, strictly rising from 0."""
    length = np.concatenate([[0.0], np.cumsum(changes(frames_NHWC))])
    return np.asarray(length + np.linspace(0, max(FLAT * length[-1], FLAT), len(length)))


def _shares(lengths: Numbers, total: int) -> list[int]:
    """`total` steps dealt to legs by their lengths, at least one each (largest remainders)."""
    wanted = lengths / lengths.sum() * (total - len(lengths))
    counts = np.floor(wanted).astype(int)
    rest = total - len(lengths) - counts.sum()
    counts[np.argsort(counts - wanted, kind="stable")[:rest]] += 1
    return [int(count) + 1 for count in counts]


def _joined(legs: list[Numbers]) -> Numbers:
    """The positions of all legs; where two meet it counts once."""
    return np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])
