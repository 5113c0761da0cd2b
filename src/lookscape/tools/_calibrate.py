"""Measures the distances that a Space's calibration is learned from (see index/calibration.py)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.index.calibration import Calibration, Measured, calibrate, paired_distances
from lookscape.index.metrics import mean
from lookscape.index.protocol import Index, Metric, Vectors
from lookscape.representation.altered import alter
from lookscape.representation.spaces import Space
from lookscape.tools._vectors import vectors_of

SAMPLE = 256
"""Photos to alter; the curve has two parameters and its interval is narrow with these."""

SEED = 20
NEIGHBOURS = 16
PAIRS_EACH = 4
Rows = NDArray[np.intp]


def calibrate_space(engine: Engine, space: Space, metric: Metric) -> Calibration:
    """Learn and save a Space's calibration, unless the saved one was learned from these very vectors."""
    path = engine.calibration_path(space, metric)
    known = engine.saved_calibration(space, metric)
    if known is not None and known.fingerprint == space.fingerprint:
        return known
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.permutation(len(space.ids))[:SAMPLE])
    photo_ids = [space.ids[row] for row in rows]
    vectors_ND = space.vectors[rows]
    copies_ND = _copies(engine, space, photo_ids, rng)
    left, right = _strangers(engine, photo_ids, rng)
    centre_D = mean(space.vectors)

    def between(one_ND: Vectors, other_ND: Vectors) -> NDArray[np.float64]:
        return paired_distances(one_ND, other_ND, metric=metric, centre_D=centre_D)

    apart = np.linalg.norm(copies_ND - vectors_ND, axis=1)
    measured = Measured(
        copies=between(copies_ND, vectors_ND),
        strangers=between(vectors_ND[left], vectors_ND[right]),
        usual=np.concatenate([apart, _to_nearest(engine, space, photo_ids, engine.index(space, metric))]),
    )
    found = calibrate(measured, fingerprint=space.fingerprint)
    found.save(path)
    return found


def _copies(engine: Engine, space: Space, photo_ids: Sequence[str], rng: np.random.Generator) -> Vectors:
    """The vector of an altered copy of each photo."""
    photos = (imaging.decode(engine.catalogue.read_photo(photo_id)).pixels for photo_id in photo_ids)
    return engine.encoder_of(space).encode(imaging.pad_to_square(alter(photo, rng)) for photo in photos)


def _strangers(engine: Engine, photo_ids: Sequence[str], rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Pairs of rows whose photos are of different products, drawn at random."""
    owners = engine.catalogue.products_of_photos(photo_ids)
    left = np.repeat(np.arange(len(photo_ids)), PAIRS_EACH)
    right = rng.integers(0, len(photo_ids), len(left))
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    differ = np.array([set(owners[photo_ids[a]]).isdisjoint(owners[photo_ids[b]]) for a, b in pairs], bool)
    return left[differ], right[differ]


def _to_nearest(engine: Engine, space: Space, photo_ids: Sequence[str], index: Index) -> NDArray[np.float64]:
    """Euclidean, from each photo to the nearest of another product among its neighbours under the metric."""
    queries_ND = vectors_of(space, photo_ids)
    near = index.search(queries_ND, limit=min(index.count(), NEIGHBOURS))
    owners = engine.catalogue.products_of_photos({photo_id for ids in near.ids for photo_id in ids} | set(photo_ids))
    nearest = []
    for photo_id, query_D, ids in zip(photo_ids, queries_ND, near.ids, strict=True):
        others = [other for other in ids if set(owners[photo_id]).isdisjoint(owners.get(other, ()))]
        if others:
            nearest.append(float(np.linalg.norm(vectors_of(space, others) - query_D, axis=1).min()))
    return np.array(nearest)
