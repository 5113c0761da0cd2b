"""Which photos train, which choose and which judge: whole groups on one side, the same ones every time.

A group is a product with all its photos, joined with every product that has nearly the same photo. Photos are compared
by their details: small copies with what is coarse taken away, each scaled to length 1. (With the catalogue's mean photo
taken away instead, all white shoes on white are one group: they differ from the mean alike.) Colourways that differ in
little but a tint are joined; others may part unless they share a product id.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.disjoint_sets import DisjointSets

THUMBNAIL = 32
"""Side of the thumbnails that are compared, pixels."""

COARSE = 2.0
"""Deviation of the blur that is taken off, pixels of a thumbnail."""

NEARLY_SAME = 0.95
"""Cosine of two details from which on photos count as the same.

Looked at on 5,797 sneakers: above 0.98 (9 pairs) copies; 0.95 to 0.97 one shoe in near tints; below 0.94 different
shoes of one kind, which begin to chain (the largest group is 6 at 0.95, 22 at 0.93, 155 at 0.90).
"""

SHARES = {"train": 0.85, "validation": 0.05, "test": 0.10}

CHUNK = 512
"""Photos compared with all others at once."""

COMPONENTS = 64
"""Principal components that rule out nearly all pairs before the rest is compared in full."""

SAMPLE = 2048
"""Thumbnails from which the components are learned."""

FAINTEST = 1.0
"""Details weaker than this, in grey levels summed in squares, are noise and stay short."""

ROUNDING = 2e-3
"""What half precision may add to a squared distance."""

Rows = NDArray[np.intp]
Details = NDArray[np.float16]
Pairs = NDArray[np.intp]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Split:
    """Rows of Pixels in three parts."""

    train: Rows
    validation: Rows
    test: Rows


def split_by_group(groups: Sequence[str], *, seed: int = 0) -> Split:
    """Every group goes to one part by the hash of its name and the seed, so new photos move only groups they join."""
    ends = np.cumsum(list(SHARES.values()))
    drawn = np.array([_unit(group, seed=seed) for group in groups])
    part = np.searchsorted(ends, drawn, side="right").clip(max=2)
    train, validation, test = (np.flatnonzero(part == number) for number in range(3))
    if not len(train):
        train = np.arange(len(groups))
    return Split(train=train, validation=validation, test=test)


def find_groups(
    pixels: Pixels,
    *,
    products_of: Mapping[str, Sequence[str]],
    copies: Iterable[tuple[str, str]] = (),
    progress: Progress = lambda *_: None,
) -> list[str]:
    """The group of each row, named after the smallest photo id in it; `copies` are pairs of photos known to be one.

    Raises whatever `progress` raises.
    """
    joined = DisjointSets(len(pixels))
    rows = {photo_id: row for row, photo_id in enumerate(pixels.ids)}
    for photo_id, other_id in copies:
        if photo_id in rows and other_id in rows:
            joined.join(rows[photo_id], rows[other_id])
    first: dict[str, int] = {}
    for row, photo_id in enumerate(pixels.ids):
        for product in products_of.get(photo_id, ()):
            joined.join(row, first.setdefault(product, row))
    for pairs_P2 in near_pairs(details(pixels), progress=progress):
        apart = np.unique(joined.roots()[pairs_P2], axis=0)
        for one, other in apart[apart[:, 0] != apart[:, 1]].tolist():
            joined.join(one, other)
    return [pixels.ids[root] for root in joined.roots()]


def largest_group(groups: Sequence[str]) -> int:
    """Photos in the largest group: a catalogue whose photos chain into one has nothing to judge by."""
    return int(np.unique(np.array(groups), return_counts=True)[1].max(initial=0))


def details(pixels: Pixels) -> Details:
    """N x 3072: what is fine in each photo, of length 1 (0 for a photo without details), at half precision."""
    details_NV = np.empty((len(pixels), 3 * THUMBNAIL**2), np.float16)
    for row, photo in enumerate(pixels.array_NHWC):
        small = cv2.resize(photo, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32)
        fine_V = (small - cv2.GaussianBlur(small, (0, 0), COARSE)).ravel()
        details_NV[row] = fine_V / max(float(np.linalg.norm(fine_V)), FAINTEST)
    return details_NV


def near_pairs(
    details_NV: Details, *, above: float = NEARLY_SAME, progress: Progress = lambda *_: None
) -> Iterator[Pairs]:
    """All pairs of rows with a cosine above the bar, a chunk at a time, P x 2, the larger row first."""
    return (pairs_P2 for pairs_P2, _ in scored_pairs(details_NV, above=above, progress=progress))


def scored_pairs(
    details_NV: Details, *, above: float = NEARLY_SAME, progress: Progress = lambda *_: None
) -> Iterator[tuple[Pairs, NDArray[np.float32]]]:
    """The same pairs with their cosines.

    Nothing is missed: unit vectors with cosine c are sqrt(2 - 2c) apart, and no projection moves points away from each
    other, so only pairs that are near in their first principal components are compared in full.
    """
    directions_VC = _directions(details_NV)
    short_NC = np.concatenate([part @ directions_VC for part in _parts(details_NV)])
    squares_N = np.square(short_NC).sum(axis=1)
    for start in range(0, len(details_NV), CHUNK):
        progress(start, len(details_NV), "comparing photos")
        stop = min(start + CHUNK, len(details_NV))
        distances = short_NC[start:stop] @ (-2 * short_NC[:stop].T)
        distances += squares_N[start:stop, None]
        distances += squares_N[None, :stop]
        ones, others = np.nonzero(distances < 2 - 2 * above + ROUNDING)
        pairs_P2 = np.stack([ones + start, others], axis=1)
        pairs_P2 = pairs_P2[pairs_P2[:, 1] < pairs_P2[:, 0]]
        cosines_P = _cosines(details_NV, pairs_P2)
        yield pairs_P2[cosines_P > above], cosines_P[cosines_P > above]


def _cosines(details_NV: Details, pairs_P2: Pairs) -> NDArray[np.float32]:
    found = np.empty(len(pairs_P2), np.float32)
    for start in range(0, len(found), CHUNK):
        ones, others = pairs_P2[start : start + CHUNK].T
        one_PV, other_PV = details_NV[ones].astype(np.float32), details_NV[others].astype(np.float32)
        found[start : start + CHUNK] = np.einsum("pv,pv->p", one_PV, other_PV)
    return found


def _directions(details_NV: Details) -> NDArray[np.float32]:
    """V x C, orthonormal and close to the principal ones (Halko, Martinsson & Tropp 2011)."""
    sample = details_NV[:: max(1, len(details_NV) // SAMPLE)].astype(np.float32)
    found = np.random.default_rng(0).standard_normal((sample.shape[1], COMPONENTS), dtype=np.float32)
    for _ in range(2):
        found, _triangle = np.linalg.qr(sample.T @ (sample @ found))
    return found


def _parts(details_NV: Details) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(details_NV), SAMPLE):
        yield details_NV[start : start + SAMPLE].astype(np.float32)


def _unit(group: str, *, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
