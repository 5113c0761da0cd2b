"""FactorVAE score: with one factor held fixed, is it always the same latent that stands still?

Kim & Mnih, "Disentangling by Factorising" (ICML 2018, section 4): draw a factor and a value, take a batch of items that
share it, and vote for the latent whose variance, relative to its variance over all items, is smallest. A classifier by
majority learns from votes which factor each latent stands for; the score is its accuracy on further votes.

`factor_vae_score` draws its batches from a table: items of the catalogue with the same class of the factor. A quantity
in bins is then only nearly fixed, and factors that go together in the catalogue are fixed together. Where products can
be drawn at will, `factor_vae_score_by_sampler` takes batches with exactly one factor fixed, as the paper does.

Chance is about 1 / number of factors. The score has a known weakness, and is best read beside MIG or DCI: it is 1 as
soon as every factor has some latent that holds it most still, however much other latents know of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Mask, Matrix
from lookscape.representation.metrics.disentanglement._latents import checked, varying
from lookscape.representation.metrics.disentanglement.factors import Factor, FactorTable, LeftOut, read_factors

BATCH_SIZE = 64
MIN_BATCH = 10
"""Fewer items than this with the same value give a variance that is mostly chance; such values are not drawn."""

Votes = NDArray[np.int64]
"""K x D: how often holding factor k fixed made latent d stand most still."""

Sampler = Callable[[str, int, np.random.Generator], Floats]
"""(factor, number of items, random numbers) -> latents of new items that share one random value of that factor."""


@dataclass(frozen=True, kw_only=True)
class FactorVotes:
    """One factor: the latent most of its votes went to, and what share of them."""

    name: str
    latent: int
    share: float


@dataclass(frozen=True, kw_only=True)
class FactorVaeScore:
    """Accuracy of the majority vote on `num_votes` votes that it did not learn from; `train_value` on those it did."""

    value: float
    train_value: float
    factors: tuple[FactorVotes, ...]
    left_out: tuple[LeftOut, ...]
    num_items: int
    num_active: int
    num_votes: int


def factor_vae_score(
    latents_ND: Floats,
    *,
    factors: FactorTable,
    active_D: Mask | None = None,
    num_votes: int = 5000,
    seed: int = 0,
) -> FactorVaeScore:
    """Of N x D codes against at least two factors; `active_D` leaves out latents known to be inactive."""
    z_ND = checked(latents_ND)
    table = read_factors(factors, num_items=len(z_ND), at_least=2)
    pools = {factor.name: _pools(factor) for factor in table.used}
    sparse = tuple(
        LeftOut(name=name, reason=f"no value of it is shared by {MIN_BATCH} items") for name in pools if not pools[name]
    )

    def draw(name: str, num_items: int, rng: np.random.Generator) -> Matrix:
        sizes = np.array([len(pool) for pool in pools[name]])
        pool = pools[name][rng.choice(len(sizes), p=sizes / sizes.sum())]
        return np.asarray(z_ND[rng.choice(pool, size=min(num_items, len(pool)), replace=False)])

    names = [name for name in pools if pools[name]]
    left_out = table.left_out + sparse
    return _score(z_ND, draw, names, active_D=active_D, left_out=left_out, num_votes=num_votes, seed=seed)


def factor_vae_score_by_sampler(
    latents_ND: Floats,
    *,
    names: Sequence[str],
    sampler: Sampler,
    active_D: Mask | None = None,
    num_votes: int = 800,
    seed: int = 0,
) -> FactorVaeScore:
    """The same with batches from `sampler`; `latents_ND` of ordinary items give the variances to compare with."""
    z_ND = checked(latents_ND)
    return _score(z_ND, sampler, list(names), active_D=active_D, left_out=(), num_votes=num_votes, seed=seed)


def _score(
    z_ND: Matrix,
    draw: Sampler,
    names: Sequence[str],
    *,
    active_D: Mask | None,
    left_out: tuple[LeftOut, ...],
    num_votes: int,
    seed: int,
) -> FactorVaeScore:
    if len(names) < 2:
        raise UsageError(f"the FactorVAE score needs at least 2 factors to hold fixed, not {len(names)}")
    usable_D = varying(z_ND, active_D=active_D)
    rng = np.random.default_rng(seed)
    learned_KD, tested_KD = (_votes(z_ND, draw, names, usable_D, num_votes=num_votes, rng=rng) for _ in range(2))
    winner_D = learned_KD.argmax(axis=0)
    return FactorVaeScore(
        value=_accuracy(tested_KD, winner_D),
        train_value=_accuracy(learned_KD, winner_D),
        factors=tuple(
            FactorVotes(name=name, latent=int(row.argmax()), share=float(row.max() / max(row.sum(), 1)))
            for name, row in zip(names, learned_KD, strict=True)
        ),
        left_out=left_out,
        num_items=len(z_ND),
        num_active=int(usable_D.sum()),
        num_votes=num_votes,
    )


def _votes(
    z_ND: Matrix,
    draw: Sampler,
    names: Sequence[str],
    usable_D: NDArray[np.bool_],
    *,
    num_votes: int,
    rng: np.random.Generator,
) -> Votes:
    usable = np.flatnonzero(usable_D)
    overall_U = z_ND[:, usable].var(axis=0, ddof=1)
    votes_KD = np.zeros((len(names), len(usable_D)), np.int64)
    for factor in rng.integers(len(names), size=num_votes):
        batch_LU = draw(names[factor], BATCH_SIZE, rng)[:, usable]
        stillest = (batch_LU.var(axis=0, ddof=1) / overall_U).argmin()
        votes_KD[factor, usable[stillest]] += 1
    return votes_KD


def _accuracy(votes_KD: Votes, winner_D: NDArray[np.intp]) -> float:
    return float(votes_KD[winner_D, np.arange(votes_KD.shape[1])].sum() / votes_KD.sum())


def _pools(factor: Factor) -> list[NDArray[np.intp]]:
    """The items of each class, where there are enough of them."""
    pools = (np.flatnonzero(factor.codes_N == code) for code in range(factor.num_classes))
    return [pool for pool in pools if len(pool) >= MIN_BATCH]
