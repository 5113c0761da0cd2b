"""t-SNE: near rows stay near (van der Maaten & Hinton, JMLR 2008), by openTSNE (Poličar et al., JSS 2024).

In two dimensions rows repel each other by interpolation on a grid (FIt-SNE, Linderman et al., Nature Methods 2019), in
three by an octree (Barnes-Hut, van der Maaten, JMLR 2014). The learning rate grows with the rows (Belkina et al.,
Nature Communications 2019), the start is the first principal components (Kobak & Berens, Nature Communications 2019).
The grid is coarser and the steps are fewer than openTSNE's defaults: what that costs is printed by benchmarks/map.py.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.index.neighbourhood import Neighbourhood, Report

TITLE = "t-SNE"
PERPLEXITY = 30
NEIGHBOURS = 3 * PERPLEXITY
LARGEST = {2: 200_000, 3: 20_000}

EARLY, LATE = 125, 250
"""Steps with exaggerated attraction, and without."""

RATE = 2.0
"""Length of a step, in those of openTSNE: so, half the steps go nearly as far."""

EXAGGERATION = 12.0
GRID = 2.0
"""Side of a grid cell, in units of the map; each is interpolated with 3 x 3 points."""

FEW = 2000
"""Below so many rows a tree takes less time than a grid."""

PLACING_PERPLEXITY = 5
PLACING_NEIGHBOURS = 3 * PLACING_PERPLEXITY
PLACING_STEPS = 50
MOST_GRADIENT = 0.25
"""A new row that lands on an old one would be thrown far away; openTSNE's own limit for placing."""

EVERY = 25
"""Steps between two reports of progress."""

Points = NDArray[np.float64]


def lay_out(near: Neighbourhood, start_ND: Points, *, seed: int, threads: int, report: Report) -> Points:
    """Coordinates of N rows, centred, from where they start (any scale). `seed` plays no part: nothing is drawn."""
    from openTSNE import TSNEEmbedding, affinity, initialization, nearest_neighbors

    num_neighbours = near.rows_NK.shape[1]
    known = nearest_neighbors.PrecomputedNeighbors(near.rows_NK, near.distances_NK)
    perplexity = min(PERPLEXITY, num_neighbours / 3)
    attraction = affinity.PerplexityBasedNN(perplexity=perplexity, knn_index=known, n_jobs=threads)
    watched = _Watched(report, total=EARLY + LATE)
    map_ND = TSNEEmbedding(initialization.rescale(start_ND), attraction, n_jobs=threads, **_repulsion(start_ND))
    rate = RATE * len(start_ND)
    watched.optimise(map_ND, EARLY, exaggeration=EXAGGERATION, learning_rate=rate / EXAGGERATION)
    watched.optimise(map_ND, LATE, learning_rate=rate)
    return np.array(map_ND)


def place(near: Neighbourhood, map_MD: Points, *, threads: int, report: Report) -> Points:
    """Coordinates of N new rows: each starts where its nearest lies, is drawn on by its neighbours and pushed by all.

    No new row acts on another, so it does not matter in which order, or with which others, they come.
    """
    from openTSNE import TSNEEmbedding, affinity
    from openTSNE.tsne import PartialTSNEEmbedding
    from scipy.sparse import csr_matrix

    near = near.nearest(PLACING_NEIGHBOURS)
    perplexity = min(PLACING_PERPLEXITY, near.rows_NK.shape[1] / 3)
    pull = affinity.joint_probabilities_nn(
        near.rows_NK, near.distances_NK, [perplexity], symmetrize=False, normalization="point-wise",
        n_reference_samples=near.num_rows, n_jobs=threads,
    )  # fmt: skip
    nothing = affinity.PrecomputedAffinities(csr_matrix((near.num_rows, near.num_rows)), normalize=False)
    old_MD = TSNEEmbedding(map_MD, nothing, n_jobs=threads)  # it does not move, so what it was drawn by is not asked
    new_ND = PartialTSNEEmbedding(
        map_MD[near.rows_NK[:, 0]], old_MD, P=pull, n_jobs=threads, negative_gradient_method="bh"
    )
    _Watched(report, total=PLACING_STEPS).optimise(
        new_ND, PLACING_STEPS, exaggeration=1.5, learning_rate=0.1, max_grad_norm=MOST_GRADIENT
    )
    return np.array(new_ND)


def _repulsion(start_ND: Points) -> dict[str, Any]:
    if start_ND.shape[1] == 2 and len(start_ND) >= FEW:
        return {"negative_gradient_method": "fft", "ints_in_interval": GRID}
    return {"negative_gradient_method": "bh"}


class _Watched:
    """Steps that report how far they are."""

    def __init__(self, report: Report, *, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def optimise(self, map_ND: Any, num_steps: int, **options: Any) -> None:
        """Move the points in place. Raises what reporting raises."""
        map_ND.optimize(
            num_steps, inplace=True, momentum=0.8, callbacks=self._step, callbacks_every_iters=EVERY, **options
        )

    def _step(self, step: int, error: float, map_ND: Points) -> bool:
        self._done += EVERY
        self._report(min(self._done, self._total), self._total)
        return False
