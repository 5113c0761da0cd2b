"""The figures of one model, a section at a time: each is a function of the model and of what it is compared with.

Intervals redraw or leave out whole groups of photos that are one product. A figure that repeated photos would move by
themselves gets a jackknife (see `metrics.intervals`).
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lookscape.representation.metrics._arrays import Mask
from lookscape.representation.metrics.aggregate import prior_mmd, prior_sliced_wasserstein
from lookscape.representation.metrics.interpolation import between, path_evenness, perceptual_path_length
from lookscape.representation.metrics.intervals import Rows, Statistic, bootstrap, bootstrap_mean, jackknife
from lookscape.representation.metrics.pixels import psnr, ssim
from lookscape.representation.metrics.posterior import active_units, divergence, kl_nats, sample_posterior
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.services.board.photos import Reference, resized
from lookscape.services.figures import Figure, figure_of

if TYPE_CHECKING:
    from lookscape.representation.latents.codec import Codec, Latents
    from lookscape.representation.metrics.disentanglement.factors import FactorTable

Figures = dict[str, Figure]

STEPS = 10
JUMP = 2.5
EQUAL_DB = 100.0
"""What a photo that came back without any error counts as."""

MMD_PHOTOS = 1000
"""More take long (the time grows with their square) and change little."""

VOTES = 1000
"""Of the FactorVAE score, to learn from and to judge by."""

ENOUGH_TO_JACKKNIFE = 60
"""Scores of true factors need 50 products also when a tenth is left out."""


class Judged:
    """A model, and what several sections need of it."""

    def __init__(self, codec: "Codec", reference: Reference) -> None:
        self.codec, self.reference, self.photos = codec, reference, reference.photos

    @cached_property
    def latents(self) -> "Latents":
        """Of all held-out photos."""
        return self.codec.latents(self.photos.at(self.codec.side, self.photos.ids))

    def decode(self, latents_ND: Vectors) -> ImageU8:
        """Photos at the board's side."""
        return resized(self.codec.decode(latents_ND), side=self.photos.side)

    def decode_unit(self, latents_ND: Any) -> Any:
        """The same in [0, 1], not rounded."""
        return np.clip(resized(self.codec.decode_unit(latents_ND), side=self.photos.side), 0, 1)  # type: ignore[arg-type]


def reconstruction(judged: Judged) -> Figures:
    """PSNR, SSIM, perceptual and Fréchet distance of photos that went there and back."""
    reference = judged.reference
    back_NHWC = judged.decode(judged.latents.means_ND[: judged.photos.num_seen])
    real_NHWC, groups = reference.real, reference.groups
    per_photo = {
        "psnr_db": np.minimum(psnr(real_NHWC, reconstructions_NHWC=back_NHWC), EQUAL_DB),
        "ssim": ssim(real_NHWC, reconstructions_NHWC=back_NHWC),
        "perceptual": reference.stages.distance(real_NHWC, others_NHWC=back_NHWC).values_N,
    }
    figures = {name: figure_of(bootstrap_mean(values_N, groups=groups)) for name, values_N in per_photo.items()}
    return {**figures, "frechet": figure_of(jackknife(reference.frechet(back_NHWC), groups=groups))}


def latent_space(judged: Judged) -> Figures:
    """Active units, KL, and how far all latents together are from N(0, I)."""
    means_ND, variances_ND = judged.latents.means_ND, judged.latents.variances_ND
    groups = judged.photos.groups
    figures = {"active_units": figure_of(bootstrap(lambda rows: active_units(means_ND[rows]).count, groups=groups))}
    points_ND: Any = means_ND
    if (variances_ND > 0).all():
        nats_N = kl_nats(means_ND, variances_ND=variances_ND).sum(axis=1)
        figures["kl_nats"] = figure_of(bootstrap_mean(nats_N, groups=groups))
        points_ND = sample_posterior(means_ND, variances_ND=variances_ND, seed=judged.photos.choice.seed)
    distances: dict[str, Statistic] = {
        "prior_mmd": lambda rows: prior_mmd(points_ND[rows]).mmd_squared,
        "prior_wasserstein": lambda rows: prior_sliced_wasserstein(points_ND[rows]).value,
    }
    first = slice(0, MMD_PHOTOS)
    points_ND, groups = points_ND[first], groups[first]
    return figures | {name: figure_of(jackknife(one, groups=groups)) for name, one in distances.items()}


def samples(judged: Judged, mixture: Any) -> Figures:
    """Fréchet distance of products drawn from N(0, I), and from the fitted mixture where there is one."""
    reference, num = judged.reference, judged.photos.num_seen
    seed = judged.photos.choice.seed
    normal_ND = np.random.default_rng(seed).standard_normal((num, judged.codec.dim)).astype(np.float32)
    normal = reference.frechet(judged.decode(normal_ND))
    statistics: dict[str, Statistic] = {"samples_normal": normal}
    if mixture is not None:
        drawn = reference.frechet(judged.decode(np.asarray(mixture.sample(num, seed=seed), np.float32)))
        statistics |= {"samples_mixture": drawn, "mixture_gain": lambda rows: 1 - drawn(rows) / normal(rows)}
    return {name: figure_of(jackknife(one, groups=reference.groups)) for name, one in statistics.items()}


def smoothness(judged: Judged) -> Figures:
    """How evenly the straight way between random held-out photos changes what is decoded."""
    stages = judged.reference.stages
    start_PD, end_PD = _pairs(judged)
    at_S = np.linspace(0, 1, STEPS + 1)
    paths = []
    for start_D, end_D in zip(start_PD, end_PD, strict=True):
        ends = (np.repeat(one[None], len(at_S), axis=0) for one in (start_D, end_D))
        paths.append(stages.steps(judged.decode_unit(between(*ends, at_N=at_S))))
    ratio_P = path_evenness(np.stack(paths)).largest_over_median_P
    lengths_P: list[Any] = []

    def compare(one: Any, other: Any) -> Any:
        lengths_P.append(stages.distance(one, others_NHWC=other).values_N)
        return lengths_P[-1]

    path = perceptual_path_length(start_PD, end_ND=end_PD, decode=judged.decode_unit, compare=compare)
    each = np.arange(len(ratio_P))
    finite_P = np.minimum(ratio_P, STEPS)  # all change in a single step is as uneven as it gets
    return {
        "largest_step": figure_of(bootstrap(lambda rows: float(np.median(finite_P[rows])), groups=each)),
        "even_paths": figure_of(bootstrap_mean(ratio_P < JUMP)),
        "path_length": figure_of(bootstrap_mean(np.concatenate(lengths_P) / path.epsilon**2)),
    }


def true_factors(judged: Judged, factors: "FactorTable") -> Figures:
    """MIG, DCI, FactorVAE score and SAP of the held-out photos' means; nothing where products are too few."""
    from lookscape.representation.metrics.disentanglement.dci import dci
    from lookscape.representation.metrics.disentanglement.factor_vae import factor_vae_score
    from lookscape.representation.metrics.disentanglement.mig import mig
    from lookscape.representation.metrics.disentanglement.sap import sap

    means_ND, groups = judged.latents.means_ND, judged.photos.groups
    if len(np.unique(groups)) < ENOUGH_TO_JACKKNIFE:
        return {}

    def part(rows: Rows) -> "FactorTable":
        return {name: column[rows] for name, column in factors.items()}

    three = Kept(lambda rows: dci(means_ND[rows], factors=part(rows)))
    statistics: dict[str, Statistic] = {
        "mig": lambda rows: mig(means_ND[rows], factors=part(rows)).value,
        "disentanglement": lambda rows: float(three(rows).disentanglement),
        "completeness": lambda rows: float(three(rows).completeness),
        "informativeness": lambda rows: float(three(rows).informativeness),
        "factor_vae": lambda rows: factor_vae_score(means_ND[rows], factors=part(rows), num_votes=VOTES).value,
        "sap": lambda rows: sap(means_ND[rows], factors=part(rows)).value,
    }
    return {name: figure_of(jackknife(one, groups=groups)) for name, one in statistics.items()}


def informative(judged: Judged) -> Mask:
    """D: the latents that say something of a photo; by their variance where the model has no posterior."""
    means_ND, variances_ND = judged.latents.means_ND, judged.latents.variances_ND
    if (variances_ND > 0).all():
        return divergence(means_ND, variances_ND=variances_ND).informative
    return active_units(means_ND).active_D


class Kept:
    """A costly record of some rows, computed once for all figures that are read off it."""

    def __init__(self, compute: Callable[[Rows], Any]) -> None:
        self._compute = compute
        self._known: dict[bytes, Any] = {}

    def __call__(self, rows: Rows) -> Any:
        """The record of these rows."""
        name = rows.tobytes()
        if name not in self._known:
            self._known[name] = self._compute(rows)
        return self._known[name]


def _pairs(judged: Judged) -> tuple[Vectors, Vectors]:
    """P x D starts and ends: held-out photos of different groups where chance will have it."""
    photos, means_ND = judged.photos, judged.latents.means_ND
    rng = np.random.default_rng(photos.choice.seed)
    ends = [rng.choice(len(means_ND), size=2, replace=False) for _ in range(photos.choice.pairs)]
    start_P, end_P = np.array(ends).T
    return means_ND[start_P], means_ND[end_P]
