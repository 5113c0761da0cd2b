"""What leaks are worth: much where only knowing the photo helps, nothing where there are none or the looks say it."""

import numpy as np
import pytest

from lookscape.services.splits.claim import Claim, Labelled, measure_claim
from lookscape.tools import _tool

EACH = 300


def twice(*, telling: float, seed: int = 0) -> Labelled:
    """300 photos of two classes, each there twice; `telling` is how far apart the classes are in 30 of 150 features."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, EACH)
    rows = rng.normal(size=(EACH, 150)).astype(np.float32)
    rows[:, :30] += telling * codes[:, None]
    return Labelled(rows_ND=np.tile(rows, (2, 1)), codes_N=np.tile(codes, 2), groups_N=np.tile(np.arange(EACH), 2))


def claim_of(labelled: Labelled, train: np.ndarray, held_out: np.ndarray) -> Claim:
    found = measure_claim(labelled, train=train, held_out=held_out, progress=_tool.silent)
    assert found is not None
    return found


def at_random(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(2 * EACH)
    return order[200:], order[:200]


def test_what_can_only_be_known_by_heart_is_all_leak() -> None:
    claim = claim_of(twice(telling=0.0), *at_random())
    assert claim.inflated.low > 0.02
    assert claim.claimed.value > claim.clean.value + 0.1
    assert claim.clean.low < 0.55
    assert 80 < claim.dropped < 200
    assert claim.inflated.value == pytest.approx(claim.fair.value - claim.clean.value, abs=1e-9)
    assert claim.inflated.num_groups == len(np.unique(at_random()[1] % EACH))


def test_what_the_looks_say_is_hardly_inflated() -> None:
    claim = claim_of(twice(telling=2.0), *at_random())
    assert claim.clean.value > 0.95
    assert claim.inflated.value < 0.03


def test_without_leaks_nothing_is_dropped_and_nothing_inflated() -> None:
    claim = claim_of(twice(telling=1.0), np.arange(200, 600)[np.arange(200, 600) % EACH >= 100], np.arange(100))
    assert (claim.dropped, claim.inflated.value, claim.inflated.high) == (0, 0.0, 0.0)
    assert claim.claimed == claim.clean


def test_it_is_the_same_again() -> None:
    labelled, (train, held_out) = twice(telling=1.0), at_random()
    assert claim_of(labelled, train, held_out) == claim_of(labelled, train, held_out)


def test_when_all_of_train_is_like_the_held_out_nothing_can_be_said() -> None:
    labelled = twice(telling=1.0)
    assert measure_claim(labelled, train=np.arange(300), held_out=np.arange(300, 600), progress=_tool.silent) is None
