"""What every score asks of the latents."""

import numpy as np

from lookscape.errors import UsageError
from lookscape.representation.metrics._arrays import Floats, Mask, Matrix

MIN_ITEMS = 50
CONSTANT_SHARE = 1e-12
"""A latent with less than this share of the largest latent's variance does not vary: rounding alone gives as much."""


def checked(latents_ND: Floats) -> Matrix:
    """As float64. Raises UsageError unless they are finite, of 2 latents or more and of MIN_ITEMS items or more."""
    if latents_ND.ndim != 2 or latents_ND.shape[1] < 2 or len(latents_ND) < MIN_ITEMS:
        raise UsageError(
            f"the latents must be N x D with N at least {MIN_ITEMS} and D at least 2, not {latents_ND.shape}"
        )
    if not np.isfinite(latents_ND).all():
        raise UsageError("the latents contain values that are not finite; the model has diverged")
    return latents_ND.astype(np.float64)


def varying(latents_ND: Matrix, *, active_D: Mask | None) -> Mask:
    """Which latents to use: those given as active (all without it) that vary at all. Raises UsageError for none."""
    variance_D = latents_ND.var(axis=0)
    usable_D = variance_D > CONSTANT_SHARE * variance_D.max()
    if active_D is not None:
        if active_D.shape != usable_D.shape:
            raise UsageError(f"active_D must have one entry for each of {len(usable_D)} latents, not {active_D.shape}")
        usable_D = usable_D & active_D
    if not usable_D.any():
        raise UsageError("no latent is active; the posterior has collapsed to the prior")
    return np.asarray(usable_D)
