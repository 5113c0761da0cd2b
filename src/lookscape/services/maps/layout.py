"""From vectors to coordinates: the start, the neighbours, the layout of all rows or of a sample with the rest placed.

The same vectors and seed give the same bytes however many threads there are: neighbours are exact or walked for one by
one, the start is computed by one thread, and no sum depends on who is first (index/layouts).
"""

import os
from collections.abc import Callable
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.errors import UsageError
from lookscape.index import neighbourhood
from lookscape.index.metrics import stored
from lookscape.index.protocol import Vectors
from lookscape.services.maps.file import About, Map, Points
from lookscape.services.maps.source import Source
from lookscape.services.records import Progress

LAYOUTS = "lookscape.index.layouts"
USUAL = "tsne"

FEWEST = 10
"""Fewer photos make no map."""

LOOKED_AT = 5000
"""Rows from which the principal components are found."""

WORTH_THREADS = 20_000

JITTER = 0.01
"""Shift at the start, in standard deviations, so that photos with the same vector part."""

Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]


def lay_out(source: Source, about: About, progress: Progress) -> Map:
    """A new map of all photos. Raises UsageError for fewer than FEWEST."""
    if len(source) < FEWEST:
        raise UsageError(f"a map needs at least {FEWEST} photos with vectors; there are {len(source)}")
    layout = load_layout(about.method)
    rows = _chosen(len(source), most=layout.LARGEST[about.dimensions], seed=about.seed)
    ids = tuple(source.ids[row] for row in rows)
    vectors_ND = source.vectors_ND if len(rows) == len(source) else source.vectors_ND[rows]
    index = source.index(None if len(rows) == len(source) else rows.tolist(), num_queries=len(source))
    near = neighbourhood.among_themselves(
        index, ids, vectors_ND, num=layout.NEIGHBOURS, report=_reporting(progress, "finding neighbours")
    )
    start_ND = first_components(vectors_ND, metric=about.metric, num_dims=about.dimensions, seed=about.seed)
    report = _reporting(progress, "laying out the map")
    points = layout.lay_out(near, start_ND, seed=about.seed, threads=num_threads(len(ids)), report=report)
    made = Map(about=about, ids=ids, points_ND=points.astype(np.float32), placed_N=np.zeros(len(ids), np.bool_))
    return made if len(rows) == len(source) else place(source, made, progress)


def place(source: Source, before: Map, progress: Progress) -> Map:
    """The map without photos that are gone and with those that are new; nothing else in it moves.

    A new photo's place depends on those that were laid out alone, so it does not matter when or with which others it
    came. Raises UsageError when too few of those are left.
    """
    known = source.place_of
    kept = before.only([row for row, photo_id in enumerate(before.ids) if photo_id in known])
    there = set(kept.ids)
    new = [row for row, photo_id in enumerate(source.ids) if photo_id not in there]
    if not new:
        return kept
    base = kept.only(np.flatnonzero(~kept.placed_N))
    if len(base.ids) < FEWEST:
        raise UsageError(f"only {len(base.ids)} photos of the map are left; make it again with rebuild")
    return kept.with_placed([source.ids[row] for row in new], _placed(source, base, new, progress))


def _placed(source: Source, base: Map, new: list[int], progress: Progress) -> Points:
    layout = load_layout(base.about.method)
    index = source.index([source.place_of[photo_id] for photo_id in base.ids], num_queries=len(new))
    near = neighbourhood.to_others(
        index,
        base.ids,
        source.vectors_ND[new],
        num=getattr(layout, "PLACING_NEIGHBOURS", layout.NEIGHBOURS),
        report=_reporting(progress, "finding neighbours"),
    )
    report = _reporting(progress, "placing photos")
    map_MD = base.points_ND.astype(np.float64)
    found: Points = layout.place(near, map_MD, threads=num_threads(len(new)), report=report).astype(np.float32)
    return found


def first_components(vectors_ND: Vectors, *, metric: str, num_dims: int, seed: int) -> Numbers:
    """N x D principal components of the vectors as the metric sees them, each turned so that it is the same anywhere.

    One thread, because a product of matrices rounds differently with the number of threads.
    """
    from threadpoolctl import threadpool_limits

    from lookscape.index.protocol import Metric

    rng = np.random.default_rng(seed)
    some = np.linspace(0, len(vectors_ND) - 1, min(LOOKED_AT, len(vectors_ND))).astype(np.intp)
    with threadpool_limits(1):
        rows_SD = stored(np.asarray(vectors_ND[some]), metric=Metric(metric)).astype(np.float64)
        mean_D = rows_SD.mean(axis=0)
        _, axes_DD = np.linalg.eigh(np.cov(rows_SD.T))
        axes_DK = axes_DD[:, ::-1][:, :num_dims]
        axes_DK = axes_DK * np.sign(axes_DK[np.abs(axes_DK).argmax(axis=0), np.arange(axes_DK.shape[1])])
        start_ND = np.zeros((len(vectors_ND), num_dims))
        for begin in range(0, len(vectors_ND), LOOKED_AT):
            part_BD = stored(np.asarray(vectors_ND[begin : begin + LOOKED_AT]), metric=Metric(metric))
            start_ND[begin : begin + LOOKED_AT, : axes_DK.shape[1]] = (part_BD - mean_D) @ axes_DK
    spread = start_ND[:, 0].std() or 1.0
    return np.asarray(start_ND / spread + rng.normal(0, JITTER, start_ND.shape))


def load_layout(method: str) -> ModuleType:
    """A method by name. Raises UnknownNameError."""
    return parts.load(LAYOUTS, method)


def titles() -> dict[str, str]:
    """The methods there are with their titles, the usual one first."""
    names = sorted(parts.names(LAYOUTS), key=lambda name: (name != USUAL, name))
    return {name: load_layout(name).TITLE for name in names}


def num_threads(num_rows: int) -> int:
    """Cores this process may use; one for few rows, since threads that wait for each other at every step cost more."""
    return len(os.sched_getaffinity(0)) if num_rows >= WORTH_THREADS else 1


def _chosen(num_rows: int, *, most: int, seed: int) -> Rows:
    """All rows, or as many as can be laid out, drawn by the seed."""
    if num_rows <= most:
        return np.arange(num_rows)
    return np.sort(np.random.default_rng(seed).choice(num_rows, most, replace=False))


def _reporting(progress: Progress, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(done, total, stage)
