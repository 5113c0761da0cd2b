"""A plain autoencoder: the baseline that a latent space has to beat (Hinton & Salakhutdinov 2006).

Nothing shapes its latents, so it reconstructs well and its space has chasms between photos.
"""

from pydantic import Field
from torch import Tensor

from lookscape.representation.networks.losses import ERRORS, Error, reconstruction_error
from lookscape.representation.networks.photo_networks import PhotoDecoder, PhotoEncoder
from lookscape.representation.trainable import LatentConfig, Losses, Posterior, Prior, StepContext, Trainable


class Config(LatentConfig):
    """What to train."""

    error: Error = Field(default=Error.L2, description=ERRORS)


class Model(Trainable):
    """Encoder and decoder, and the error between what goes in and what comes out."""

    prior = Prior.NONE

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.error = config.error
        self.encoder = PhotoEncoder(side=config.side, width=config.width, num_outputs=config.dim)
        self.decoder = PhotoDecoder(side=config.side, width=config.width, dim=config.dim)

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """The reconstruction error."""
        rebuilt_BCHW = self.decode(self.posterior(x_BCHW).mean_BD)
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=rebuilt_BCHW, error=self.error)
        return Losses(total=error, measured={"reconstruction": error.detach()})

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """A point for each photo."""
        return Posterior(mean_BD=self.encoder(x_BCHW))

    def decode(self, z_BD: Tensor) -> Tensor:
        """Photos in [0, 1]."""
        rebuilt_BCHW: Tensor = self.decoder(z_BD)
        return rebuilt_BCHW
