"""The pictures of a report: montages, mean photos, eigenimages, and single photos, as WebP files by name.

montage-G  mean-G  mean  eigen-K  PHOTO_ID  PHOTO_ID-OTHER_ID (side by side)  asked
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.latents.drawings import enlarged, sheet, still, strip
from lookscape.representation.protocol import ImageU8
from lookscape.services.photos.tiles import TILE
from lookscape.services.survey.eigen import Eigenimages

WIDE, TALL = 8, 3
"""Photos in a row and in a column of a montage."""

SHOWN_EIGEN = 8
AWAY = 2.0
"""Standard deviations that a mean photo is moved along an eigenimage, to show what it stands for."""

BLOCK = 1024


def means(photos_NHWC: ImageU8, codes_N: NDArray[np.intp], *, num: int) -> NDArray[np.float64]:
    """The average photo of each group, in sRGB: G x H x W x 3; zeros for a group without photos."""
    totals_GHWC = np.zeros((num, *photos_NHWC.shape[1:]))
    for start in range(0, len(photos_NHWC), BLOCK):
        part, codes = photos_NHWC[start : start + BLOCK], codes_N[start : start + BLOCK]
        for group in np.unique(codes):
            totals_GHWC[group] += part[codes == group].sum(axis=0, dtype=np.float64)
    sizes_G = np.bincount(codes_N, minlength=num)
    return np.asarray(totals_GHWC / np.maximum(sizes_G, 1)[:, None, None, None])


def drawn(codes_N: NDArray[np.intp], *, num: int, seed: int) -> list[NDArray[np.intp]]:
    """For each group the rows of its montage: WIDE x TALL of its photos, drawn at random, all of a smaller one."""
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(codes_N == group) for group in range(num)]
    return [one if len(one) <= WIDE * TALL else np.sort(rng.choice(one, WIDE * TALL, replace=False)) for one in rows]


def montages(shown: Sequence[Sequence[str]], tiles_of: Mapping[str, ImageU8]) -> dict[str, bytes]:
    """The montage of every group of which a photo can be read."""
    found = {}
    for group, photo_ids in enumerate(shown):
        if photos := [tiles_of[photo_id] for photo_id in photo_ids if photo_id in tiles_of]:
            found[f"montage-{group}"] = still(sheet(photos, wide=min(WIDE, len(photos))))
    return found


def pairs(ids: Iterable[tuple[str, str]], tiles_of: Mapping[str, ImageU8]) -> dict[str, bytes]:
    """Two photos side by side."""
    return {
        f"{first}-{second}": still(strip(np.stack([tiles_of[first], tiles_of[second]])))
        for first, second in ids
        if first in tiles_of and second in tiles_of
    }


def mean_photos(means_GHWC: NDArray[np.float64], codes_N: NDArray[np.intp]) -> dict[str, bytes]:
    """The mean photo of each group that has photos, and of all together."""
    sizes_G = np.bincount(codes_N, minlength=len(means_GHWC))
    found = {f"mean-{group}": small(means_GHWC[group]) for group in np.flatnonzero(sizes_G).tolist()}
    shares_G = sizes_G / sizes_G.sum()
    return {**found, "mean": small((means_GHWC * shares_G[:, None, None, None]).sum(axis=0))}


def eigenimages(found: Eigenimages) -> dict[str, bytes]:
    """For each of the first the mean photo with little of it, itself, and the mean photo with much of it."""
    strips = {}
    for number in range(min(SHOWN_EIGEN, len(found.components_KP))):
        three = [found.moved(number, by=-AWAY), found.picture(number), found.moved(number, by=AWAY)]
        strips[f"eigen-{number + 1}"] = still(strip(np.stack(three)))
    return strips


def small(picture_HWC: NDArray[np.number]) -> bytes:
    """A mean photo, twice as wide as a TILE."""
    rounded = np.asarray(np.round(picture_HWC), np.uint8)
    return still(enlarged(rounded[None], side=2 * TILE)[0])
