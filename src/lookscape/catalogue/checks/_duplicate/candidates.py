"""Which pairs of photos are worth a close look: those that are near in features that forget what copying changes.

Pooled features of a pretrained network are moved by cropping, tinting and compression about as much as by a small
difference between two products. So a few photos of the catalogue are altered as copies are, and a linear map is learned
that makes such differences small in every direction (Mikolajczyk & Matas, "Improving descriptors for fast tree matching
by optimal linear projection", ICCV 2007). How near a copy stays to its photo is seen on the same altered photos, and
that (on those not learned from) is the bar: no threshold has to fit every kind of catalogue.

Memory: COMPONENTS half-precision numbers for each photo, and one chunk of similarities at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging import ImageU8, pad_to_square

SAMPLE = 320
"""Photos that are altered to learn from."""

COMPONENTS = 128
"""Numbers kept for each photo."""

LEAST = 0.20
"""The lowest bar; else one in a hundred of the altered photos may be further from its photo."""

FEW = 40
"""Photos below which the lowest bar holds: too few to learn from some and look at others."""

NEAREST = 5
"""Candidates for each photo, the most similar ones; of 1,000 copies one was not among the first three."""

BLOCK = 4096
"""Photos whose features are held at full length at once."""

CHUNK = 128
"""Photos compared with all others at once."""

RIDGE = 0.1

Features = NDArray[np.float32]
Codes = NDArray[np.float16]
Pairs = NDArray[np.intp]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Forgetting:
    """A mean (D) and a projection (D x C) after which copies are nearer than other photos, by cosine above `bar`."""

    mean: Features
    projection: Features
    bar: float

    def __call__(self, features_ND: Features) -> Codes:
        """N x C, rows of length 1; 0 for photos without features, which are near to nothing."""
        short_NC = (features_ND - self.mean) @ self.projection
        short_NC[~np.isfinite(short_NC).all(axis=1)] = 0
        lengths = np.linalg.norm(short_NC, axis=1, keepdims=True)
        return np.asarray(short_NC / np.maximum(lengths, 1e-6), np.float16)


def learn(features_ND: Features, altered_ND: Features) -> Forgetting:
    """Learn from the features of N photos, and of an altered copy of each; rows that are not finite are left out."""
    good = np.isfinite(features_ND).all(axis=1) & np.isfinite(altered_ND).all(axis=1)
    before, after = features_ND[good].astype(np.float64), altered_ND[good].astype(np.float64)
    if len(before) < 2:
        width = features_ND.shape[1]
        return Forgetting(mean=np.zeros(width, np.float32), projection=np.eye(width, dtype=np.float32), bar=LEAST)
    halves = [_fitted(before[part::2], after[part::2]) for part in (0, 1)] if len(before) >= FEW else []
    kept = [_cosines(half, before[1 - part :: 2], after[1 - part :: 2]) for part, half in enumerate(halves)]
    bar = max(float(np.quantile(np.concatenate(kept), 0.01)), LEAST) if kept else LEAST
    return replace(_fitted(before, after), bar=bar)


def _fitted(before_ND: NDArray[np.float64], after_ND: NDArray[np.float64]) -> Forgetting:
    """The map that all these photos and their copies give, without a bar."""
    mean = before_ND.mean(axis=0)
    whiten = _whitening(before_ND - after_ND)
    projection = whiten @ _principal((before_ND - mean) @ whiten)
    return Forgetting(mean=mean.astype(np.float32), projection=projection.astype(np.float32), bar=LEAST)


def _cosines(forgetting: Forgetting, before_ND: NDArray[np.float64], after_ND: NDArray[np.float64]) -> Features:
    """How near copies are to photos that were not learned from."""
    codes, copies = (forgetting(side.astype(np.float32)).astype(np.float32) for side in (before_ND, after_ND))
    return np.asarray(np.einsum("nc,nc->n", codes, copies), np.float32)


def sample(count: int) -> NDArray[np.intp]:
    """Rows to learn from, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.intp)) if count else np.zeros(0, np.intp)


def alter(photo: ImageU8, number: int) -> ImageU8:
    """A copy as shops make them, the same for a number: cropped, mirrored, tinted, smaller, saved anew, in turns."""
    rng = np.random.default_rng(number)
    side = len(photo)
    if number % 4 != 1:
        kept = max(1, round(side * rng.uniform(0.82, 0.95)))
        top, left = rng.integers(0, side - kept + 1, 2)
        photo = photo[top : top + kept, left : left + kept]
    if number % 2:
        photo = photo[:, ::-1]
    if number % 3:
        tinted = photo * rng.uniform(0.85, 1.1, 3) + rng.uniform(-10, 20, 3)
        photo = np.clip(tinted, 0, 255).astype(np.uint8)
    if number % 5 == 0:
        smaller = max(2, round(len(photo) * 0.6))
        photo = np.asarray(cv2.resize(photo, (smaller, smaller), interpolation=cv2.INTER_AREA), np.uint8)
    _, encoded = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))])
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return pad_to_square(np.ascontiguousarray(decoded[..., ::-1]))


def encode(
    forgetting: Forgetting, ids: Sequence[str], features: Callable[[Sequence[str]], Features], *, progress: Progress
) -> Codes:
    """N x COMPONENTS codes of all photos, a block at a time, in the order of their ids, as features lie on disk."""
    order_N = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.intp)
    codes_NC = np.empty((len(ids), forgetting.projection.shape[1]), np.float16)
    for start in range(0, len(ids), BLOCK):
        progress(start, len(ids), "reading features")
        block_B = order_N[start : start + BLOCK]
        codes_NC[block_B] = forgetting(features([ids[row] for row in block_B]))
    return codes_NC


def near_pairs(codes_NC: Codes, *, bar: float, progress: Progress) -> Pairs:
    """P x 2 rows, the smaller first, sorted: each photo with its NEAREST most similar ones above the bar."""
    found = [np.zeros((0, 2), np.intp), *_chunks(codes_NC, bar=bar, progress=progress)]
    pairs_P2 = np.sort(np.concatenate(found), axis=1)
    return np.unique(pairs_P2, axis=0)


def near_order(pairs_P2: Pairs, count: int) -> Pairs:
    """A place for each of `count` photos such that those of a pair are near each other (Cuthill & McKee 1969)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    both_P2 = np.concatenate([pairs_P2, pairs_P2[:, ::-1]])
    graph = coo_array((np.ones(len(both_P2), np.int8), (both_P2[:, 0], both_P2[:, 1])), shape=(count, count))
    places = np.empty(count, np.intp)
    places[reverse_cuthill_mckee(graph.tocsr(), symmetric_mode=True)] = np.arange(count)
    return places


def _chunks(codes_NC: Codes, *, bar: float, progress: Progress) -> Iterator[Pairs]:
    full_NC = codes_NC.astype(np.float32)
    for start in range(0, len(full_NC), CHUNK):
        progress(start, len(full_NC), "finding photos that look alike")
        cosines = full_NC[start : start + CHUNK] @ full_NC.T
        rows = np.arange(len(cosines))
        cosines[rows, rows + start] = -1
        ones, others = np.nonzero(cosines > bar)
        rank = _ranks(ones, cosines[ones, others])
        yield np.stack([ones[rank < NEAREST] + start, others[rank < NEAREST]], axis=1)


def _ranks(ones: Pairs, cosines: Features) -> Pairs:
    """The place of each entry among those of its row, the largest first; `ones` is sorted."""
    order = np.lexsort((-cosines, ones))
    ranks = np.empty(len(ones), np.intp)
    ranks[order] = np.arange(len(ones)) - np.searchsorted(ones, ones)[order]
    return ranks


def _whitening(differences_ND: NDArray[np.float64]) -> NDArray[np.float64]:
    """D x D: makes the covariance of the differences nearly the identity; every direction not seen counts as ridge."""
    _, singular_K, directions_KD = np.linalg.svd(differences_ND, full_matrices=False)
    variances_K = np.square(singular_K) / len(differences_ND)
    ridge = (RIDGE + 100 / len(differences_ND)) * max(float(variances_K.sum()) / differences_ND.shape[1], 1e-8)
    shrink_K = 1 / np.sqrt(variances_K + ridge) - 1 / np.sqrt(ridge)
    return np.asarray(np.eye(differences_ND.shape[1]) / np.sqrt(ridge) + (directions_KD.T * shrink_K) @ directions_KD)


def _principal(centred_ND: NDArray[np.float64]) -> NDArray[np.float64]:
    """D x C: the directions of most variance, those of great variance drawn in by its fourth root."""
    _, singular_K, directions_KD = np.linalg.svd(centred_ND, full_matrices=False)
    variances_K = np.square(singular_K[:COMPONENTS]) / len(centred_ND)
    least = max(float(np.square(singular_K).mean()) / len(centred_ND), 1e-8)
    return np.asarray(directions_KD[:COMPONENTS].T * np.maximum(variances_K, least) ** -0.25)
