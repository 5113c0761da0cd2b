"""What a catalogue shows mostly, learned from its own photos although many may show something else.

Roots of the network's pooled features, scaled to length 1, compared by cosine (the Hellinger kernel, as for RootSIFT in
Arandjelovic & Zisserman, CVPR 2012): a photo's loudest features then do not drown the rest. The centre of the nearest
60 % of the photos, found anew until they stay the same (a trimmed mean; Rousseeuw 1984), is not moved by up to 40 %
others, however much alike these are. In such distances photos of one kind of thing lie within about 0.4 of its
centre, whatever it is, those of other things beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import Photos

SAMPLE = 4000
"""Photos that are learned from at most, those with the smallest ids: 20 MB."""

FEW = 40
"""From fewer photos nothing is learned."""

CORE = 0.6
"""Share of the photos that show what is usual, at least."""

ROUNDS = 50

# Distances at which confidence is 0, half and 1; where a catalogue is wider, so many times that which 40 % lie within.
_FAR, _WIDE = (0.36, 0.43, 0.50), (1.7, 2.0, 2.4)
_SURE = (0.0, 0.5, 1.0)
# Shares of photos that are not the subject from which on there is no subject, and where that is certain.
_MANY = (0.42, 0.50)

Features = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Usual:
    """`centre` (D) of length 1; `typical_ids` are the photos nearest to it, and `typical_ND` their rooted features.

    `far` are the distances at which confidence is 0, half and 1; `one` is how sure it is that most photos show one
    kind of thing, 0 to 1; `distances_N` are those of all photos learned from, sorted.
    """

    centre: Features
    typical_ids: Sequence[str]
    typical_ND: Features
    far: tuple[float, float, float]
    one: float
    distances_N: NDArray[np.float64]

    @classmethod
    def of(cls, photos: Photos) -> "Usual | None":
        """Learn; None from fewer than FEW photos."""
        ids = sorted(photos.ids)[:SAMPLE]
        features_ND = photos.features(ids) if len(ids) >= FEW else np.zeros((0, 1), np.float32)
        good = np.flatnonzero(np.isfinite(features_ND).all(axis=1))
        if len(good) < FEW:
            return None
        rows_ND = rooted(features_ND[good])
        centre, core = _centre(rows_ND)
        distances_N = 1 - rows_ND @ centre
        reach = float(np.quantile(distances_N, 1 - CORE))
        far = tuple(max(own, wide * reach) for own, wide in zip(_FAR, _WIDE, strict=True))
        others = float((distances_N > far[1]).mean())
        return cls(
            centre=centre,
            typical_ids=[ids[row] for row in good[core]],
            typical_ND=rows_ND[core],
            far=(far[0], far[1], far[2]),
            one=float(np.interp(others, _MANY, (1.0, 0.0))),
            distances_N=np.sort(distances_N.astype(np.float64)),
        )

    def distance(self, features_D: Features) -> float:
        """From the centre, 0 to 1; NaN for a photo without features."""
        return float(1 - rooted(features_D[None])[0] @ self.centre)

    def confidence(self, distance: float) -> float:
        """How surely a photo at this distance shows something else, 0 to 1."""
        return float(np.interp(distance, self.far, _SURE)) * self.one if np.isfinite(distance) else 0.0

    def nearer(self, distance: float) -> float:
        """Share of the photos learned from that lie nearer to the centre."""
        return float(np.searchsorted(self.distances_N, distance) / len(self.distances_N))

    def nearest(self, features_D: Features, *, but: str) -> str | None:
        """The typical photo that is most like this one, but not itself."""
        order = np.argsort(-(self.typical_ND @ rooted(features_D[None])[0]), kind="stable")[:2]
        return next((self.typical_ids[row] for row in order if self.typical_ids[row] != but), None)


def rooted(features_ND: Features) -> Features:
    """Square roots of what is above 0, rows of length 1."""
    roots_ND = np.sqrt(np.maximum(features_ND, 0))
    return np.asarray(roots_ND / np.maximum(np.linalg.norm(roots_ND, axis=1, keepdims=True), 1e-6), np.float32)


def _centre(rows_ND: Features) -> tuple[Features, NDArray[np.intp]]:
    """The trimmed mean, of length 1, and the rows that it is of, in order."""
    centre = np.median(rows_ND, axis=0)
    core = np.zeros(0, np.intp)
    for _ in range(ROUNDS):
        nearest = np.argsort(-(rows_ND @ centre), kind="stable")[: max(1, round(CORE * len(rows_ND)))]
        if np.array_equal(np.sort(nearest), core):
            break
        core = np.sort(nearest)
        mean = rows_ND[core].mean(axis=0)
        centre = mean / max(float(np.linalg.norm(mean)), 1e-6)
    return np.asarray(centre, np.float32), core
