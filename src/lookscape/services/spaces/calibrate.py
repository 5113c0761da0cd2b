"""Measures the distances that a Space's calibration is learned from (see index/calibration.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.index.calibration import Measured, calibrate, paired_distances
from lookscape.index.metrics import mean
from lookscape.index.protocol import Index, Metric, Vectors
from lookscape.representation.spaces.alterations import alter
from lookscape.representation.spaces.space import Space
from lookscape.services.spaces.vectors import vectors_of

SAMPLE = 256
"""Photos to alter; the curve has two parameters and its interval is narrow with these."""

SEED = 20
NEIGHBOURS = 16
PAIRS_EACH = 4
Rows = NDArray[np.intp]


def calibrate_space(engine: Engine, space: Space) -> None:
    """Learn and save what distances mean under every metric, unless that was learned from these very vectors."""
    known = [engine.saved_calibration(space, metric) for metric in Metric]
    if all(calibration is not None and calibration.fingerprint == space.fingerprint for calibration in known):
        return
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.permutation(len(space.ids))[:SAMPLE])
    sample = _Sample(
        photo_ids=[space.ids[row] for row in rows], vectors_ND=space.vectors[rows], centre_D=mean(space.vectors)
    )
    copies_ND = _copies(engine, space, sample.photo_ids, rng)
    left, right = _strangers(engine, sample.photo_ids, rng)
    nearest = _to_nearest(engine, space, sample, engine.index(space))
    usual = np.concatenate([np.linalg.norm(copies_ND - sample.vectors_ND, axis=1), nearest])
    for metric in Metric:
        between = partial(paired_distances, metric=metric, centre_D=sample.centre_D)
        measured = Measured(
            copies=between(copies_ND, sample.vectors_ND),
            strangers=between(sample.vectors_ND[left], sample.vectors_ND[right]),
            usual=usual,
        )
        calibrate(measured, fingerprint=space.fingerprint).save(engine.calibration_path(space, metric))


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """N photos with their vectors, N x D, and the Space's mean."""

    photo_ids: Sequence[str]
    vectors_ND: Vectors
    centre_D: Vectors


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


def _to_nearest(engine: Engine, space: Space, sample: _Sample, index: Index) -> NDArray[np.float64]:
    """Euclidean, from each photo to the nearest of another product among its neighbours under the Space's metric."""
    near = index.search(sample.vectors_ND, limit=min(index.count(), NEIGHBOURS))
    found = {photo_id for ids in near.ids for photo_id in ids}
    owners = engine.catalogue.products_of_photos(found | set(sample.photo_ids))
    nearest = []
    for photo_id, query_D, ids in zip(sample.photo_ids, sample.vectors_ND, near.ids, strict=True):
        others = [other for other in ids if set(owners[photo_id]).isdisjoint(owners.get(other, ()))]
        if others:
            nearest.append(float(np.linalg.norm(vectors_of(space, others) - query_D, axis=1).min()))
    return np.array(nearest)
