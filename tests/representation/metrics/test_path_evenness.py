"""Paths whose steps and lengths are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.interpolation import (
    Route,
    between,
    path_evenness,
    perceptual_path_length,
)

Matrix = NDArray[np.float64]


def squared(one: Matrix, other: Matrix) -> Matrix:
    return np.asarray(((one - other) ** 2).sum(axis=1))


def test_evenness_of_even_jumping_resting_and_equal_paths() -> None:
    steps = np.array([[2.0, 2, 2, 2, 2], [1, 1, 1, 1, 6], [0, 0, 0, 0, 3], [0, 0, 0, 0, 0]])
    found = path_evenness(steps)
    np.testing.assert_allclose(found.largest_over_median_P, [1, 6, np.inf, 1])
    np.testing.assert_allclose(found.length_P, [10, 10, 3, 0])
    assert found.num_steps == 5
    assert found.share_within(2.5) == 0.5
    assert path_evenness(steps[:3]).median == 6


def test_linear_points_divide_the_line() -> None:
    start, end = np.array([[0.0, 0], [4, 4]]), np.array([[2.0, 4], [0, 4]])
    np.testing.assert_allclose(between(start, end, at_N=np.array([0.25, 0.5])), [[0.5, 1], [2, 4]])


def test_spherical_points_keep_length_and_cut_the_angle() -> None:
    start, end = np.array([[1.0, 0, 0]]), np.array([[0, 3.0, 0]])
    found = between(start, end, at_N=np.array([1 / 3]), route=Route.SPHERICAL)
    length = 1 + 2 / 3
    np.testing.assert_allclose(found, [[length * np.cos(np.pi / 6), length * np.sin(np.pi / 6), 0]])
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, 50, 16)).astype(np.float32)
    for at, wanted in ((0.0, start), (1.0, end)):
        found = between(start, end, at_N=np.full(50, at), route=Route.SPHERICAL)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("factor", [2.0, -2.0, 0.0])
def test_spherical_between_parallel_or_zero_vectors_is_the_line(factor: float) -> None:
    start = np.array([[1.0, 2, 2]])
    found = between(start, factor * start, at_N=np.array([0.25]), route=Route.SPHERICAL)
    np.testing.assert_allclose(found, (0.75 + 0.25 * factor) * start, atol=1e-12)


def test_path_length_of_a_linear_decoder_is_the_mean_squared_distance() -> None:
    rng = np.random.default_rng(0)
    start, end = rng.normal(size=(2, 50, 8))
    matrix = rng.normal(size=(8, 5))
    found = perceptual_path_length(start, end_ND=end, decode=lambda z: z @ matrix, compare=squared)
    assert found.value == pytest.approx((((start - end) @ matrix) ** 2).sum(axis=1).mean(), rel=1e-6)
    assert (found.num_paths, found.route) == (50, Route.LINEAR)


def test_path_length_of_the_sphere_is_the_squared_angle() -> None:
    start, end = np.tile([[1.0, 0]], (10, 1)), np.tile([[0, 1.0]], (10, 1))
    found = perceptual_path_length(
        start, end_ND=end, decode=lambda z: z, compare=squared, route=Route.SPHERICAL, epsilon=1e-3
    )
    assert found.value == pytest.approx((np.pi / 2) ** 2, rel=1e-5)


def test_path_length_leaves_out_the_extremes() -> None:
    start = np.zeros((200, 1))
    end = np.ones((200, 1))
    end[0], end[1] = 1000, 0
    end[2], end[3] = 1000, 0
    found = perceptual_path_length(start, end_ND=end, decode=lambda z: z, compare=squared)
    assert found.value == pytest.approx(1)


def test_a_path_of_one_step_is_refused() -> None:
    with pytest.raises(UsageError, match="two steps"):
        path_evenness(np.ones((3, 1)))
