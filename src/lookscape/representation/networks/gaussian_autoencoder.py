"""What variational autoencoders share: an encoder that gives a normal distribution for each photo, and a decoder.

Kingma & Welling, "Auto-Encoding Variational Bayes" (ICLR 2014). A model adds the losses.
"""

from torch import Tensor

from lookscape.representation.networks.photo_networks import PhotoDecoder, PhotoEncoder
from lookscape.representation.trainable import LatentConfig, Posterior, Trainable

WARMUP = 0.25
"""Share of the steps over which a divergence's weight grows from 0, so that the latents are not given up at once."""

NARROWEST, WIDEST = -12.0, 4.0
"""Bounds of log variances: beyond them exponentials overflow, and nothing is gained."""


class GaussianAutoencoder(Trainable):
    """Base of models with a normal posterior of diagonal variance."""

    def __init__(self, config: LatentConfig) -> None:
        super().__init__(config)
        self.encoder = PhotoEncoder(side=config.side, width=config.width, num_outputs=2 * config.dim)
        self.decoder = PhotoDecoder(side=config.side, width=config.width, dim=config.dim)

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """A normal distribution for each photo."""
        mean_BD, log_variance_BD = self.encoder(x_BCHW).chunk(2, dim=1)
        return Posterior(mean_BD=mean_BD, log_variance_BD=log_variance_BD.clamp(NARROWEST, WIDEST))

    def decode(self, z_BD: Tensor) -> Tensor:
        """Photos in [0, 1]."""
        rebuilt_BCHW: Tensor = self.decoder(z_BD)
        return rebuilt_BCHW
