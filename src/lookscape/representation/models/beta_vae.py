"""beta-VAE: a variational autoencoder whose divergence has a weight, or a capacity to be filled.

Higgins et al., "beta-VAE: Learning basic visual concepts with a constrained variational framework" (ICLR 2017), and the
controlled capacity of Burgess et al., "Understanding disentangling in beta-VAE" (2018): the divergence is held near a
number of nats that grows from 0 to `capacity`. Here the weight itself is steered towards that target, as in ControlVAE
(Shao et al. 2020), so that `capacity` is reached and not merely aimed at.
"""

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.networks.gaussian_autoencoder import GaussianAutoencoder
from lookscape.representation.networks.losses import ERRORS, Error, kl_to_normal, reconstruction_error
from lookscape.representation.networks.photo_networks import start_from_components
from lookscape.representation.networks.steering import steer
from lookscape.representation.trainable import LatentConfig, Losses, StepContext

FIRST_SHARE, USUAL_NATS = 0.85, 100.0
"""The share of the capacity that the linear code spends before the first step; nats when there is no capacity."""


class Config(LatentConfig):
    """What to train."""

    beta: float = Field(default=1.0, gt=0, description="weight of the divergence, the first one if there is a capacity")
    capacity: float | None = Field(
        default=120.0, gt=0, description="nats of divergence to steer to; beta stays without"
    )
    error: Error = Field(default=Error.L2, description=ERRORS)
    sharpness: float = Field(default=100.0, gt=0, description="1/sigma^2 of the pixels: weighs the error against nats")


class Model(GaussianAutoencoder):
    """Encoder, decoder and the steered weight."""

    log_beta: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.config = config
        self.register_buffer("log_beta", torch.tensor(config.beta).log())

    def start_from(self, x_BCHW: Tensor) -> None:
        """Begin as a linear code of the photos that spends most of the capacity."""
        nats = FIRST_SHARE * (self.config.capacity or USUAL_NATS)
        start_from_components(self.encoder, self.decoder, x_BCHW, nats=nats)

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Reconstruction error and weighted divergence."""
        posterior = self.posterior(x_BCHW)
        rebuilt_BCHW = self.decode(posterior.sample())
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=rebuilt_BCHW, error=self.config.error)
        divergence = kl_to_normal(posterior).sum(1).mean()
        if self.config.capacity is not None and self.training:
            steer(self.log_beta, divergence=divergence, capacity=self.config.capacity)
        beta = self.log_beta.exp()
        measured = {"reconstruction": error.detach(), "divergence": divergence.detach(), "beta": beta}
        total = self.config.sharpness * error + beta * divergence
        return Losses(total=total / x_BCHW[0].numel(), measured=measured)
