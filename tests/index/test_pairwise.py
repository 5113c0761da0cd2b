"""All distances against SciPy's and against the exact index, and what a vector takes."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from lookscape.index.backends.exact import Backend
from lookscape.index.metrics import mean
from lookscape.index.pairwise import all_distances, bytes_of
from lookscape.index.protocol import Metric

NAMES = {Metric.L1: "cityblock", Metric.L2: "euclidean", Metric.COSINE: "cosine"}
QUERIES, ROWS, DIM = 37, 301, 130


def drawn(num: int, *, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.4, 1, (num, DIM)).astype(np.float32)


def direct(queries: np.ndarray, rows: np.ndarray, metric: Metric) -> np.ndarray:
    if metric is Metric.HAMMING:
        centre = rows.mean(axis=0)
        return ((queries > centre)[:, None] != (rows > centre)).sum(axis=2)
    return cdist(queries.astype(np.float64), rows.astype(np.float64), NAMES[metric])


@pytest.mark.parametrize("metric", list(Metric))
def test_they_are_those_of_a_second_implementation(metric: Metric) -> None:
    queries, rows = drawn(QUERIES, seed=0), drawn(ROWS, seed=1)
    found = all_distances(queries, rows, metric=metric, centre_D=mean(rows))
    assert found.shape == (QUERIES, ROWS)
    np.testing.assert_allclose(found, direct(queries, rows, metric), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("metric", list(Metric))
def test_an_index_ranks_as_they_do(metric: Metric) -> None:
    rows = drawn(ROWS, seed=1)
    names = [f"{number:04}" for number in range(ROWS)]
    index = Backend(metric=metric, dim=DIM)
    index.add(names, rows)
    near = index.search(rows[:QUERIES], limit=20)
    far = all_distances(rows[:QUERIES], rows, metric=metric, centre_D=mean(rows))
    order = np.argsort(far, axis=1, kind="stable")[:, :20]
    assert [[names[row] for row in one] for one in order.tolist()] == [list(ids) for ids in near.ids]


def test_near_rows_are_told_apart_far_from_the_origin() -> None:
    base = np.full((1, DIM), 300, np.float32)
    rows = base + np.array([[0], [1e-3], [2e-3]], np.float32)
    found = all_distances(base, rows, metric=Metric.L2, centre_D=mean(rows))
    np.testing.assert_allclose(found, cdist(base.astype(float), rows.astype(float)), rtol=1e-4)
    assert found[0, 0] == 0


def test_a_zero_vector_is_one_away_by_cosine() -> None:
    rows = np.array([[0, 0], [3, 4], [-3, -4]], np.float32)
    found = all_distances(rows, rows, metric=Metric.COSINE, centre_D=mean(rows))
    np.testing.assert_allclose(found, [[1, 1, 1], [1, 0, 2], [1, 2, 0]], atol=1e-6)


@pytest.mark.parametrize(("dim", "metric", "size"), [(4096, "l2", 16384), (4096, "hamming", 512), (10, "hamming", 2)])
def test_what_a_vector_takes(dim: int, metric: str, size: int) -> None:
    assert bytes_of(dim, Metric(metric)) == size
