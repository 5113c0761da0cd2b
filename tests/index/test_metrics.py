"""The formulas, against closed forms."""

import numpy as np
import pytest

from lookscape.errors import UsageError
from lookscape.index import metrics
from lookscape.index.protocol import Metric


def test_unit_rows_survive_extreme_lengths_and_zero_rows_stay() -> None:
    rows = np.array([[3e30, 4e30], [3e-30, 4e-30], [0, 0]], dtype=np.float32)
    unit = metrics.stored(rows, metric=Metric.COSINE)
    np.testing.assert_allclose(unit, [[0.6, 0.8], [0.6, 0.8], [0, 0]], rtol=1e-6)
    assert metrics.stored(rows, metric=Metric.L2) is rows


@pytest.mark.parametrize(("metric", "expected"), [(Metric.L1, 7.0), (Metric.L2, 5.0)])
def test_distances_by_hand(metric: Metric, expected: float) -> None:
    query, row = np.array([[1, 1]], dtype=np.float32), np.array([[[4, -3]]], dtype=np.float32)
    assert metrics.distances(query, row, metric=metric).tolist() == [[expected]]


def test_cosine_of_equal_opposite_square_and_zero_vectors() -> None:
    query = np.array([[0.6, 0.8]], dtype=np.float32)
    rows = np.array([[[0.6, 0.8], [-0.6, -0.8], [0.8, -0.6], [0, 0]]], dtype=np.float32)
    found = metrics.distances(query, rows, metric=Metric.COSINE)
    np.testing.assert_allclose(found, [[0, 2, 1, 1]], atol=1e-6)
    assert found[0, 0] == 0
    assert metrics.distances(0 * query, rows, metric=Metric.COSINE).tolist() == [[1, 1, 1, 1]]


def test_sign_bits_in_blocks_are_sign_bits() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 70)).astype(np.float32)
    centre = metrics.mean(rows, block=7)
    np.testing.assert_allclose(centre, rows.mean(axis=0), atol=1e-6)
    bits = metrics.sign_bits(rows, centre_D=centre, block=7)
    assert bits.shape == (50, 16)
    np.testing.assert_array_equal(np.unpackbits(bits, axis=1)[:, :70], rows > centre)
    assert not np.unpackbits(bits, axis=1)[:, 70:].any()


def test_huge_but_finite_values_are_accepted() -> None:
    rows = np.full((2, 3), 3e38, dtype=np.float32)
    np.testing.assert_array_equal(metrics.checked(rows, dim=3), rows)
    rows[1, 2] = np.inf
    with pytest.raises(UsageError, match="vector 1 "):
        metrics.checked(rows, dim=3)
