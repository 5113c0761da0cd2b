"""Distances between feature maps, place by place."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.perceptual import perceptual_distance

Maps = list[NDArray[np.float32]]


def maps(num: int, seed: int) -> Maps:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(num, 5, 4, 4)).astype(np.float32), rng.normal(size=(num, 7, 2, 3)).astype(np.float32)]


def test_against_a_loop_over_places() -> None:
    one, other = maps(3, 0), maps(3, 1)
    found = perceptual_distance(one, others=other, features="random")
    for n in range(3):
        stages = []
        for a, b in zip(one, other, strict=True):
            places = []
            for y in range(a.shape[2]):
                for x in range(a.shape[3]):
                    u, v = a[n, :, y, x].astype(float), b[n, :, y, x].astype(float)
                    places.append(((u / np.linalg.norm(u) - v / np.linalg.norm(v)) ** 2).sum())
            stages.append(np.mean(places))
        assert found.values_N[n] == pytest.approx(np.mean(stages), rel=1e-9)
    assert found.features == "random"
    assert found.num_stages == 2
    np.testing.assert_allclose(found.roots**2, found.values_N)
    assert found.mean == pytest.approx(found.values_N.mean())


def test_range_and_indifference_to_strength() -> None:
    one = maps(2, 0)
    assert perceptual_distance(one, others=[3 * stage for stage in one], features="f").mean == pytest.approx(
        0, abs=1e-12
    )
    assert perceptual_distance(one, others=[-stage for stage in one], features="f").mean == pytest.approx(4)


def test_places_without_activation_are_finite() -> None:
    blank = [np.zeros((1, 5, 2, 2), np.float32)]
    assert perceptual_distance(blank, others=blank, features="f").mean == 0
    assert perceptual_distance(blank, others=[np.ones_like(blank[0])], features="f").mean == pytest.approx(1)


def test_different_shapes_are_refused() -> None:
    with pytest.raises(UsageError, match="same stages"):
        perceptual_distance(maps(2, 0), others=maps(2, 0)[:1], features="f")
    with pytest.raises(UsageError, match="N x C x H x W"):
        perceptual_distance(maps(2, 0), others=maps(3, 0), features="f")
