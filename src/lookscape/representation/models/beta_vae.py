"""beta-VAE: a variational autoencoder whose divergence has a weight, or a capacity to be filled.

Higgins et al., "beta-VAE: Learning basic visual concepts with a constrained variational framework" (ICLR 2017), and the
controlled capacity of Burgess et al., "Understanding disentangling in beta-VAE" (2018): the divergence is held near a
number of nats that grows from 0 to `capacity`. Here the weight itself is steered towards that target, as in ControlVAE
(Shao et al. 2020), so that `capacity` is reached and not merely aimed at.
"""

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.losses import Error, kl_to_normal, reconstruction_error
from lookscape.representation.photo_networks import PhotoDecoder, PhotoEncoder
from lookscape.representation.trainable import LatentConfig, Losses, Moment, Posterior, Trainable

GAIN = 0.01
"""How strongly log beta follows the relative excess of the divergence, each step."""


class Config(LatentConfig):
    """What to train."""

    beta: float = Field(default=1.0, gt=0, description="weight of the divergence, the first one if there is a capacity")
    capacity: float | None = Field(
        default=120.0, gt=0, description="nats of divergence to steer to; beta stays without"
    )
    error: Error = Field(default=Error.L2, description="reconstruction error: l1 or l2")
    sharpness: float = Field(default=100.0, gt=0, description="1/sigma^2 of the pixels: weighs the error against nats")


class Model(Trainable):
    """Encoder, decoder and the steered weight."""

    log_beta: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.config = config
        self.encoder = PhotoEncoder(side=config.side, width=config.width, num_outputs=2 * config.dim)
        self.decoder = PhotoDecoder(side=config.side, width=config.width, dim=config.dim)
        self.register_buffer("log_beta", torch.tensor(config.beta).log())

    def forward(self, x_BCHW: Tensor, moment: Moment) -> Losses:
        """Reconstruction error and weighted divergence."""
        posterior = self.posterior(x_BCHW)
        rebuilt_BCHW = self.decode(posterior.sample())
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=rebuilt_BCHW, error=self.config.error)
        divergence = kl_to_normal(posterior).sum(1).mean()
        beta = self._steer(divergence.detach(), moment)
        measured = {"reconstruction": error.detach(), "divergence": divergence.detach(), "beta": beta}
        return Losses(total=self.config.sharpness * error + beta * divergence, measured=measured)

    def _steer(self, divergence: Tensor, moment: Moment) -> Tensor:
        if self.config.capacity is not None and self.training:
            excess = (divergence / self.config.capacity - 1).clamp(-1, 1)
            self.log_beta += GAIN * excess
        return self.log_beta.exp()

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """A normal distribution for each photo."""
        mean_BD, log_variance_BD = self.encoder(x_BCHW).chunk(2, dim=1)
        return Posterior(mean_BD=mean_BD, log_variance_BD=log_variance_BD.clamp(-12, 4))

    def decode(self, z_BD: Tensor) -> Tensor:
        """Photos in [0, 1]."""
        rebuilt_BCHW: Tensor = self.decoder(z_BD)
        return rebuilt_BCHW
