"""Recall of altered copies, against counting by hand, and the interval against its definition."""

import math

import pytest

from lookscape.engine import Engine
from lookscape.services.spaces.intervals import Z_95, wilson


def test_unaltered_copies_are_always_found(engine: Engine) -> None:
    result = engine.measure.recall(queries=24, area=1.0, brightness=0.0, quality=100)
    assert [(recall.rank, recall.recall) for recall in result.recalls] == [(1, 1.0), (5, 1.0), (10, 1.0)]
    assert result.queries == 24


def test_the_same_seed_gives_the_same_numbers_and_ranks_only_add(engine: Engine) -> None:
    first = engine.measure.recall(queries=24, seed=3, area=0.3)
    assert first == engine.measure.recall(queries=24, seed=3, area=0.3)
    shares = [recall.recall for recall in first.recalls]
    assert shares == sorted(shares)
    assert all(recall.low <= recall.recall <= recall.high for recall in first.recalls)


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (10, 10), (7, 10), (480, 500), (1, 1)])
def test_wilson_bounds_solve_its_equation(hits: int, trials: int) -> None:
    share = hits / trials
    for bound in wilson(hits, trials):
        if 1e-9 < bound < 1 - 1e-9:
            assert abs(share - bound) == pytest.approx(Z_95 * math.sqrt(bound * (1 - bound) / trials), rel=1e-9)
