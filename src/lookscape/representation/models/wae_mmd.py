"""Wasserstein autoencoder with a kernel: latents of all photos together are moved towards the prior.

Tolstikhin, Bousquet, Gelly & Schoelkopf, "Wasserstein auto-encoders" (ICLR 2018), algorithm 2: the reconstruction error
plus a weighted squared maximum mean discrepancy with the inverse multiquadric kernel. Photos get points, not
distributions, so nothing is blurred by noise; the prior may be anything that can be drawn from.
"""

from typing import Literal

from pydantic import Field
from torch import Tensor

from lookscape.representation.networks.losses import mmd, reconstruction_error
from lookscape.representation.networks.point_autoencoder import PointAutoencoder, PointConfig
from lookscape.representation.trainable import Losses, Prior, StepContext


class Config(PointConfig):
    """What to train."""

    prior: Literal[Prior.NORMAL, Prior.SPHERE, Prior.MIXTURE] = Field(
        default=Prior.NORMAL, description="what latents are moved towards: normal, sphere or mixture (learned)"
    )
    weight: float = Field(default=1000.0, gt=0, description="weight of the discrepancy")
    draws: int = Field(default=1024, ge=2, le=65_536, description="samples of the prior that a batch is compared with")


class Model(PointAutoencoder):
    """Reconstructs, with latents that are spread like the prior."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, prior=config.prior)
        self.config = config

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Reconstruction error and weighted discrepancy."""
        z_BD = self.posterior(x_BCHW).mean_BD
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=self.decode(z_BD), error=self.config.error)
        discrepancy = mmd(z_BD, prior_ND=self.draw(self.config.draws))
        measured = {"reconstruction": error.detach(), "discrepancy": discrepancy.detach()}
        return Losses(total=error + self.config.weight * discrepancy, measured=measured)
