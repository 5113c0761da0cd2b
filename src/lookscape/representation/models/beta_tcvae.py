"""beta-TCVAE: a variational autoencoder that pays extra for latents that say the same thing.

Chen, Li, Grosse & Duvenaud, "Isolating Sources of Disentanglement in Variational Autoencoders" (NeurIPS 2018): the
divergence from the prior holds a part, the total correlation KL(q(z) || prod q(z_d)), that is 0 when the latents are
independent over the catalogue. It is estimated from a batch by minibatch-weighted sampling (their section 4.1) and
weighed by `beta`; the rest of the divergence keeps the weight 1.
"""

import math

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.networks.gaussian_autoencoder import WARMUP, GaussianAutoencoder
from lookscape.representation.networks.losses import Error, kl_to_normal, reconstruction_error
from lookscape.representation.trainable import LatentConfig, Losses, Posterior, StepContext


class Config(LatentConfig):
    """What to train."""

    dim: int = Field(default=32, ge=1, le=1024, description="D, the number of latents")
    beta: float = Field(default=6.0, ge=1, description="weight of the total correlation")
    sharpness: float = Field(default=156.0, gt=0, description="1/sigma^2 of the pixels: weighs the error against nats")


class Model(GaussianAutoencoder):
    """Encoder and decoder."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.config = config

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Reconstruction error, divergence, and the total correlation once more."""
        posterior = self.posterior(x_BCHW)
        z_BD = posterior.sample()
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=self.decode(z_BD), error=Error.L2)
        divergence = kl_to_normal(posterior).sum(1).mean()
        correlation = total_correlation(z_BD, posterior=posterior)
        rising = min(1.0, context.fraction / WARMUP)
        penalty = rising * (divergence + (self.config.beta - 1) * correlation)
        measured = {
            "reconstruction": error.detach(),
            "divergence": divergence.detach(),
            "correlation": correlation.detach(),
        }
        return Losses(total=self.config.sharpness * error + penalty, measured=measured)


def total_correlation(z_BD: Tensor, *, posterior: Posterior) -> Tensor:
    """KL(q(z) || prod q(z_d)) in nats, up to a constant, from one draw for each photo of a batch.

    q is taken to be the mixture of the batch's posteriors. Chen et al. count the whole catalogue instead, which adds
    D - 1 times a logarithm that has no gradient.
    """
    mean_BD, log_variance_BD = posterior.mean_BD.float(), posterior.log_variance_BD
    assert log_variance_BD is not None
    log_variance_BD = log_variance_BD.float()
    distance_BBD = (z_BD.float()[:, None] - mean_BD[None]).square() / log_variance_BD.exp()[None]
    density_BBD = -0.5 * (distance_BBD + log_variance_BD[None] + math.log(2 * math.pi))
    log_count = math.log(len(z_BD))
    joint_B = torch.logsumexp(density_BBD.sum(2), dim=1) - log_count
    apart_B = (torch.logsumexp(density_BBD, dim=1) - log_count).sum(1)
    return (joint_B - apart_B).mean()
