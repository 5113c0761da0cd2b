"""Votes on codes where the still latent is known, from a table and from a sampler."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics.disentanglement.factor_vae import (
    FactorVaeScore,
    factor_vae_score,
    factor_vae_score_by_sampler,
)
from lookscape.representation.metrics.disentanglement.factors import FactorTable

Matrix = NDArray[np.float64]
NUM_VOTES = 600


def products(num: int = 3000) -> tuple[Matrix, FactorTable]:
    """Four independent factors, two of them quantities, and their values as numbers."""
    rng = np.random.default_rng(0)
    v = np.stack(
        [rng.uniform(size=num), rng.normal(size=num), rng.integers(0, 3, num), rng.integers(0, 5, num)], axis=1
    )
    factors = {"a": v[:, 0], "b": v[:, 1], "c": v[:, 2].astype(int).astype(str), "d": v[:, 3].astype(int).astype(str)}
    return v, factors


def latents_of(score: FactorVaeScore) -> dict[str, int]:
    return {item.name: item.latent for item in score.factors}


def test_a_perfect_code_scores_one() -> None:
    v, factors = products()
    z = np.concatenate([-9 * v[:, [3, 0, 2, 1]], np.random.default_rng(1).normal(size=(len(v), 3))], axis=1)
    found = factor_vae_score(z.astype(np.float32), factors=factors, num_votes=NUM_VOTES)
    assert found.value == found.train_value == 1
    assert latents_of(found) == {"a": 1, "b": 3, "c": 2, "d": 0}
    assert all(item.share == 1 for item in found.factors)
    assert (found.num_active, found.num_votes, found.num_items) == (7, NUM_VOTES, 3000)


def test_noise_scores_chance() -> None:
    _, factors = products()
    z = np.random.default_rng(1).normal(size=(3000, 4))
    assert factor_vae_score(z, factors=factors, num_votes=2000).value == pytest.approx(0.25, abs=0.05)


def test_two_factors_in_one_latent_cannot_be_told_apart() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 3000))
    z = np.stack([a + 2 * b, rng.normal(size=3000)], axis=1)
    table = {"a": a.astype(str), "b": b.astype(str)}
    # b fixed leaves the first latent at rest (variance 0.25 of 1.25), a fixed leaves nothing so still: 1.0 of 1.25.
    assert factor_vae_score(z, factors=table, num_votes=NUM_VOTES).value < 0.75
    apart = np.stack([a, b], axis=1).astype(float)
    assert factor_vae_score(apart, factors=table, num_votes=NUM_VOTES).value == 1


def test_constant_and_inactive_latents_take_no_votes() -> None:
    v, factors = products()
    z = np.concatenate([np.full((len(v), 1), 3.0), v, 1e-4 * v[:, :1]], axis=1)
    active = np.array([True] * 5 + [False])
    found = factor_vae_score(z, factors=factors, active_D=active, num_votes=NUM_VOTES)
    assert found.num_active == 4
    assert found.value == 1
    assert latents_of(found) == {"a": 1, "b": 2, "c": 3, "d": 4}
    with pytest.raises(UsageError, match="collapsed"):
        factor_vae_score(z, factors=factors, active_D=np.zeros(6, bool))
    with pytest.raises(UsageError, match="one entry for each"):
        factor_vae_score(z, factors=factors, active_D=np.ones(4, bool))


def test_against_votes_counted_plainly() -> None:
    """The same random numbers, one vote at a time and with the latents scaled beforehand."""
    rng = np.random.default_rng(3)
    classes = rng.integers(0, 3, (400, 2))
    z = classes + rng.normal(0, 2.5, (400, 2))
    found = factor_vae_score(z, factors={"a": classes[:, 0], "b": classes[:, 1]}, num_votes=150, seed=9)
    scaled = z / z.std(axis=0, ddof=1)
    rng = np.random.default_rng(9)
    votes = np.zeros((2, 2, 2), int)
    for half in range(2):
        for factor in rng.integers(2, size=150):
            sizes = np.bincount(classes[:, factor])
            value = rng.choice(3, p=sizes / 400)
            same = np.flatnonzero(classes[:, factor] == value)
            batch = scaled[rng.choice(same, size=64, replace=False)]
            votes[half, factor, np.argmin([np.var(batch[:, 0]), np.var(batch[:, 1])])] += 1
    winners = [int(votes[0, 1, latent] > votes[0, 0, latent]) for latent in range(2)]
    assert found.value < 1
    assert found.value == pytest.approx(sum(votes[1, winners[latent], latent] for latent in range(2)) / 150)


def test_a_sampler_fixes_exactly_one_factor() -> None:
    asked: set[tuple[str, int]] = set()
    names = ["x", "y", "z"]

    def sampler(name: str, num_items: int, rng: np.random.Generator) -> Matrix:
        asked.add((name, num_items))
        v = rng.normal(size=(num_items, 3))
        v[:, names.index(name)] = rng.normal()
        return v[:, ::-1] * 2

    reference = 2 * np.random.default_rng(0).normal(size=(500, 3))
    found = factor_vae_score_by_sampler(reference, names=names, sampler=sampler, num_votes=100)
    assert found.value == 1
    assert latents_of(found) == {"x": 2, "y": 1, "z": 0}
    assert asked == {("x", 64), ("y", 64), ("z", 64)}


def test_the_seed_decides() -> None:
    _, factors = products()
    z = np.random.default_rng(1).normal(size=(3000, 4))
    first, again, other = (factor_vae_score(z, factors=factors, num_votes=NUM_VOTES, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_a_factor_without_shared_values_is_left_out() -> None:
    num = 60
    values = np.arange(num)
    table = {"a": values % 2, "b": values // 2 % 2, "rare": np.array([f"v{n % 10}" for n in values])}
    z = np.random.default_rng(0).normal(size=(num, 3))
    found = factor_vae_score(z, factors=table, num_votes=50)
    assert [(item.name, item.reason) for item in found.left_out] == [("rare", "no value of it is shared by 10 items")]
    with pytest.raises(UsageError, match="at least 2 factors"):
        factor_vae_score(z, factors={"a": table["a"], "rare": table["rare"]})
