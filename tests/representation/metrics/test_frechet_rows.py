"""The fast Fréchet distance of subsets against the general one."""

import numpy as np
import pytest

from lookscape.errors import UsageError
from lookscape.representation.metrics.frechet import frechet_distance
from lookscape.representation.metrics.frechet_rows import FrechetRows


@pytest.mark.parametrize("width", [5, 60, 300])
def test_every_subset_has_the_distance_of_its_features(width: int) -> None:
    rng = np.random.default_rng(width)
    one = (rng.normal(size=(80, width)) * rng.uniform(0.1, 3, width) + 5).astype(np.float32)
    other = (rng.normal(size=(80, width)) + 4).astype(np.float32)
    rows_of = FrechetRows(one, reference_ND=other)
    assert len(rows_of) == 80
    for rows in (np.arange(80), np.arange(0, 80, 3), rng.permutation(80)[:50]):
        wanted = frechet_distance(one[rows], reference_MD=other[rows], features="").value
        assert rows_of(rows) == pytest.approx(wanted, rel=1e-5)


def test_equal_features_have_no_distance() -> None:
    features = np.random.default_rng(0).normal(size=(30, 100))
    assert FrechetRows(features, reference_ND=features)(np.arange(30)) == pytest.approx(0, abs=1e-5)


def test_sides_of_different_sizes_are_refused() -> None:
    with pytest.raises(UsageError, match="both sides must be"):
        FrechetRows(np.zeros((3, 2)), reference_ND=np.zeros((4, 2)))
