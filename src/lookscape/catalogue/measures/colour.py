"""Which colours a product has, by name: k-means in CIELAB over its pixels, near ones merged, named, by their shares.

Light and shadow move a dye's lightness more than its hue, so differences of lightness count a third.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.measures._palette import PALETTE, colour_names
from lookscape.catalogue.measuring import Subject

_NAMES = ", ".join(PALETTE)

UNITS: Mapping[str, str] = {
    "colour.main": f"the colour with the largest share: {_NAMES}",
    "colour.second": "the colour with the second largest share, at least 0.05",
    "colour.third": "the colour with the third largest share, at least 0.05",
    "colour.main_share": "share of the product's area that has its main colour, 0 to 1",
    "colour.variety": "effective number of colours: exponential of the entropy of their shares, 1 or more",
}

_PLACES = ("colour.main", "colour.second", "colour.third")
_LEAST_SHARE = 0.05
_NUM_CLUSTERS, _NUM_ROUNDS = 8, 6
_NUM_PIXELS = 2000
_WEIGHTS = np.array([0.35, 1.0, 1.0], np.float32)
# Shadow only darkens: a dye is as light as its pixels at this quantile.
_LIT = 0.7
# Clusters nearer than this (weighted) are one dye.
_SAME = 8.0

Colours = NDArray[np.float32]


def measure(subject: Subject) -> dict[str, float | str]:
    """Names and shares of the dominant colours."""
    thinned = subject.colours[:: -(-len(subject.colours) // _NUM_PIXELS)]
    centres, shares = _merged(*_clusters(thinned * _WEIGHTS))
    by_name: dict[str, float] = {}
    for name, share in zip(colour_names(centres / _WEIGHTS), shares, strict=True):
        by_name[name] = by_name.get(name, 0.0) + float(share)
    ranked = sorted(by_name, key=lambda name: -by_name[name])
    portions = np.array([share for share in by_name.values() if share >= _LEAST_SHARE])
    portions /= portions.sum()
    found: dict[str, float | str] = {
        place: name
        for place, name in zip(_PLACES, ranked, strict=False)
        if place == _PLACES[0] or by_name[name] >= _LEAST_SHARE
    }
    found["colour.main_share"] = by_name[ranked[0]]
    found["colour.variety"] = float(np.exp(-(portions * np.log(portions)).sum()))
    return found


def _clusters(pixels: Colours) -> tuple[Colours, NDArray[np.float64]]:
    """Centres and shares by k-means (Lloyd 1982).

    It begins at the mean and, one after another, at the pixel farthest from all centres so far, so it is the same every
    time. In the end a centre's lightness is made that of its lit pixels.
    """
    centres = pixels.mean(axis=0, keepdims=True)
    nearest = ((pixels - centres) ** 2).sum(axis=1)
    for _ in range(_NUM_CLUSTERS - 1):
        centres = np.concatenate([centres, pixels[nearest.argmax()][None]])
        nearest = np.minimum(nearest, ((pixels - centres[-1]) ** 2).sum(axis=1))
    for _ in range(_NUM_ROUNDS):
        own = ((centres**2).sum(axis=1) - 2 * pixels @ centres.T).argmin(axis=1)
        counts = np.bincount(own, minlength=len(centres))
        sums = np.stack([np.bincount(own, pixels[:, k], minlength=len(centres)) for k in range(3)], axis=1)
        centres = (sums[counts > 0] / counts[counts > 0, None]).astype(np.float32)
    places = np.flatnonzero(counts)
    centres[:, 0] = [_lit(pixels[own == place, 0]) for place in places]
    return centres, counts[places] / len(pixels)


def _lit(light: Colours) -> np.float32:
    """The lightness at the quantile _LIT."""
    place = int(_LIT * (len(light) - 1))
    return np.float32(np.partition(light, place)[place])


def _merged(centres: Colours, shares: NDArray[np.float64]) -> tuple[Colours, NDArray[np.float64]]:
    """The two nearest clusters made one, until none are nearer than _SAME."""
    while len(centres) > 1:
        apart = np.linalg.norm(centres[:, None] - centres, axis=-1) + np.diag(np.full(len(centres), np.inf))
        first, second = sorted(int(place) for place in np.unravel_index(apart.argmin(), apart.shape))
        if apart[first, second] >= _SAME:
            break
        pair = [first, second]
        joined = (centres[pair] * shares[pair, None]).sum(axis=0) / shares[pair].sum()
        centres = np.concatenate([np.delete(centres, pair, axis=0), joined[None].astype(np.float32)])
        shares = np.append(np.delete(shares, pair), shares[pair].sum())
    return centres, shares
