"""What the encoder's posterior q(z|x) = N(mean, diag(variance)) tells about a photo.

KL divergence from the prior N(0, I) in nats (Kingma & Welling, "Auto-Encoding Variational Bayes", ICLR 2014, appendix
B); active units (Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders", ICLR 2016, section 5.2): latents
whose mean varies over the photos by more than 0.01; informative latents (Duan et al., "Unsupervised Model Selection for
Variational Disentangled Representation Learning", ICLR 2020): those whose average KL exceeds 0.01 nats.
"""

from dataclasses import dataclass

import numpy as np

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Mask, Matrix

ACTIVE_VARIANCE = 0.01
INFORMATIVE_NATS = 0.01


@dataclass(frozen=True, kw_only=True)
class Divergence:
    """Average KL from the prior, in nats per photo: `nats_D` latent by latent, `total` their sum."""

    total: float
    nats_D: Matrix
    num_photos: int

    @property
    def informative(self) -> Mask:
        """D: which latents carry more than INFORMATIVE_NATS."""
        return self.nats_D > INFORMATIVE_NATS


@dataclass(frozen=True, kw_only=True)
class ActiveUnits:
    """How many latents' means vary by more than `threshold`, and which (`active_D`)."""

    count: int
    active_D: Mask
    variance_D: Matrix
    threshold: float
    num_photos: int


def kl_nats(means_ND: Floats, *, variances_ND: Floats) -> Matrix:
    """N x D: KL(N(mean, variance) || N(0, 1)) of each latent of each photo, in nats; a row's sum is the photo's KL.

    (mean^2 + variance - 1 - log variance) / 2. Raises UsageError when a variance is not positive.
    """
    means, variances = _moments(means_ND, variances_ND)
    return np.asarray((means**2 + variances - 1 - np.log(variances)) / 2)


def divergence(means_ND: Floats, *, variances_ND: Floats) -> Divergence:
    """The average of `kl_nats` over the photos."""
    nats_D = kl_nats(means_ND, variances_ND=variances_ND).mean(axis=0)
    return Divergence(total=float(nats_D.sum()), nats_D=nats_D, num_photos=len(means_ND))


def active_units(means_ND: Floats, *, threshold: float = ACTIVE_VARIANCE) -> ActiveUnits:
    """Counted from the posterior means alone, so it is defined for latents of about the prior's scale only."""
    if len(means_ND) < 2:
        raise UsageError(f"active units need at least 2 photos, not {len(means_ND)}")
    variance_D = means_ND.astype(np.float64).var(axis=0, ddof=1)
    active_D = variance_D > threshold
    return ActiveUnits(
        count=int(active_D.sum()),
        active_D=active_D,
        variance_D=variance_D,
        threshold=threshold,
        num_photos=len(means_ND),
    )


def sample_posterior(means_ND: Floats, *, variances_ND: Floats, seed: int = 0) -> Matrix:
    """One draw of z ~ q(z|x) for each photo: together, a sample of the aggregate posterior."""
    means, variances = _moments(means_ND, variances_ND)
    noise_ND = np.random.default_rng(seed).standard_normal(means.shape)
    return np.asarray(means + np.sqrt(variances) * noise_ND)


def _moments(means_ND: Floats, variances_ND: Floats) -> tuple[Matrix, Matrix]:
    if means_ND.ndim != 2 or means_ND.shape != variances_ND.shape or not means_ND.size:
        raise UsageError(f"means {means_ND.shape} and variances {variances_ND.shape} must both be N x D, not empty")
    if not (variances_ND > 0).all():
        raise UsageError("every variance must be positive; exponentiate log-variances before passing them")
    return means_ND.astype(np.float64), variances_ND.astype(np.float64)
