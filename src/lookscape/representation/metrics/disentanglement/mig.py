"""Mutual information gap: is each factor known to one latent only?

Chen, Li, Grosse & Duvenaud, "Isolating Sources of Disentanglement in Variational Autoencoders" (NeurIPS 2018): for each
factor, the mutual information of the best latent less that of the second best, as a share of the factor's entropy;
averaged over factors. 0 to 1.

Latents are cut into bins (see `Binning`) and the information is read from the joint histogram, as in Locatello et al.,
"Challenging Common Assumptions" (ICML 2019), from posterior means; given variances, from draws of q(z|x), as Chen et
al. define it, so that a latent which is nearly all noise counts as such. A histogram overstates information by about
(bins - 1)(classes - 1) / 2N nats; the difference of two such numbers largely cancels it. Quantities among the factors
are cut into bins too, and their entropy is that of the bins.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Matrix
from lookscape.representation.metrics.disentanglement._latents import checked
from lookscape.representation.metrics.disentanglement.factors import (
    Factor,
    FactorTable,
    LeftOut,
    equal_frequency,
    num_bins,
    read_factors,
)

DRAWS = 4
"""Draws of q(z|x) for each item, when variances are given."""

Codes = NDArray[np.int64]


class Binning(StrEnum):
    """How a latent is cut into bins: of equal width between its extremes (usual), or of equal frequency."""

    WIDTH = "equal width"
    FREQUENCY = "equal frequency"


@dataclass(frozen=True, kw_only=True)
class FactorGap:
    """One factor: its entropy and its information with the two latents that know most of it, in nats; gap in [0, 1]."""

    name: str
    gap: float
    first_latent: int
    second_latent: int
    first_nats: float
    second_nats: float
    entropy_nats: float
    num_known: int
    num_classes: int


@dataclass(frozen=True, kw_only=True)
class MigScore:
    """The mean gap. `from_draws` is True when latents were drawn from q(z|x), False for posterior means."""

    value: float
    factors: tuple[FactorGap, ...]
    left_out: tuple[LeftOut, ...]
    num_items: int
    num_latents: int
    num_bins: int
    binning: Binning
    from_draws: bool


def mig(
    latents_ND: Floats,
    *,
    factors: FactorTable,
    variances_ND: Floats | None = None,
    binning: Binning = Binning.WIDTH,
    seed: int = 0,
) -> MigScore:
    """Of N x D posterior means (or any codes), against a table of N factors; `seed` matters with variances only."""
    z_ND = checked(latents_ND)
    num_items, num_latents = z_ND.shape
    table = read_factors(factors, num_items=num_items)
    draws = 1
    if variances_ND is not None:
        z_ND, draws = _drawn(z_ND, variances_ND, seed=seed), DRAWS
    bins = num_bins(num_items)
    codes_MD = np.stack([_cut(z, bins=bins, binning=binning) for z in z_ND.T], axis=1)
    gaps = tuple(_gap(codes_MD, factor, draws=draws) for factor in table.used)
    return MigScore(
        value=float(np.mean([gap.gap for gap in gaps])),
        factors=gaps,
        left_out=table.left_out,
        num_items=num_items,
        num_latents=num_latents,
        num_bins=bins,
        binning=binning,
        from_draws=variances_ND is not None,
    )


def mutual_information(codes_ND: Codes, *, classes_N: Codes) -> Matrix:
    """D: the plug-in mutual information, in nats, of each column of bins with the classes; both count from 0."""
    num_bins, num_classes = int(codes_ND.max()) + 1, int(classes_N.max()) + 1
    num_latents = codes_ND.shape[1]
    cells_ND = codes_ND + num_bins * classes_N[:, None] + num_bins * num_classes * np.arange(num_latents)
    counts = np.bincount(cells_ND.ravel(), minlength=num_latents * num_classes * num_bins)
    joint_DVB = counts.reshape(num_latents, num_classes, num_bins) / len(codes_ND)
    return np.asarray(
        entropy(joint_DVB.sum(axis=2)) + entropy(joint_DVB.sum(axis=1)) - entropy(joint_DVB.reshape(num_latents, -1))
    )


def entropy(probabilities_RK: Matrix) -> Matrix:
    """R: the entropy of each row, in nats; 0 log 0 is 0."""
    logs = np.log(probabilities_RK, out=np.zeros_like(probabilities_RK), where=probabilities_RK > 0)
    return np.asarray(-(probabilities_RK * logs).sum(axis=-1))


def _gap(codes_MD: Codes, factor: Factor, *, draws: int) -> FactorGap:
    classes_M = np.tile(factor.codes_N, draws)
    known_M = np.tile(factor.known, draws)
    nats_D = mutual_information(codes_MD[known_M], classes_N=classes_M[known_M])
    first, second = (int(latent) for latent in np.argsort(-nats_D, kind="stable")[:2])
    known = factor.codes_N[factor.known]
    entropy_nats = float(entropy(np.bincount(known)[None] / len(known))[0])
    return FactorGap(
        name=factor.name,
        gap=float(nats_D[first] - nats_D[second]) / entropy_nats,
        first_latent=first,
        second_latent=second,
        first_nats=float(nats_D[first]),
        second_nats=float(nats_D[second]),
        entropy_nats=entropy_nats,
        num_known=len(known),
        num_classes=factor.num_classes,
    )


def _drawn(means_ND: Matrix, variances_ND: Floats, *, seed: int) -> Matrix:
    if variances_ND.shape != means_ND.shape or not (variances_ND >= 0).all():
        raise UsageError(f"the variances must be {means_ND.shape} like the latents, and not negative")
    noise = np.random.default_rng(seed).standard_normal((DRAWS, *means_ND.shape))
    return np.asarray((means_ND + np.sqrt(variances_ND) * noise).reshape(-1, means_ND.shape[1]))


def _cut(values_N: Matrix, *, bins: int, binning: Binning) -> Codes:
    """Bins from 0; a constant latent is all in one."""
    low, high = values_N.min(), values_N.max()
    if low == high:
        return np.zeros(len(values_N), np.int64)
    if binning is Binning.FREQUENCY:
        return equal_frequency(values_N, bins=bins)
    return np.asarray(np.minimum((values_N - low) / (high - low) * bins, bins - 1), np.int64)
