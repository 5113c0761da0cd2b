"""What autoencoders share that give each photo a point and move all points together towards a prior."""

from pydantic import Field
from torch import Tensor

from lookscape.representation.networks.losses import ERRORS, Error
from lookscape.representation.networks.photo_networks import PhotoDecoder, PhotoEncoder, start_from_components
from lookscape.representation.networks.priors import build_prior
from lookscape.representation.trainable import LatentConfig, Posterior, Prior, Trainable


class PointConfig(LatentConfig):
    """What they are all asked; a model adds `prior`, the ones that its divergence can take."""

    error: Error = Field(default=Error.L2, description=ERRORS)


class PointAutoencoder(Trainable):
    """Encoder, decoder and prior; subclasses give `forward`."""

    def __init__(self, config: PointConfig, *, prior: Prior) -> None:
        super().__init__(config)
        self.prior = prior
        self.encoder = PhotoEncoder(side=config.side, width=config.width, num_outputs=config.dim)
        self.decoder = PhotoDecoder(side=config.side, width=config.width, dim=config.dim)
        self.target = build_prior(prior, dim=config.dim)

    def start_from(self, x_BCHW: Tensor) -> None:
        """Begin as principal components, whose latents have unit variance."""
        start_from_components(self.encoder, self.decoder, x_BCHW)

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """A point for each photo."""
        return Posterior(mean_BD=self.target.place(self.encoder(x_BCHW)))

    def decode(self, z_BD: Tensor) -> Tensor:
        """Photos in [0, 1]."""
        rebuilt_BCHW: Tensor = self.decoder(z_BD)
        return rebuilt_BCHW

    def draw(self, count: int) -> Tensor:
        """Latents from the prior."""
        return self.target.draw(count, device=next(self.parameters()).device)
