"""beta-TCVAE: only the dependence among latents is penalised harder, so that each comes to hold one factor.

Chen, Li, Grosse & Duvenaud, "Isolating Sources of Disentanglement in Variational Autoencoders" (NeurIPS 2018): the KL
divergence is the sum of mutual information, total correlation and dimension-wise divergence; the second weighs `beta`.
The minibatch-weighted estimate needs to know how many photos there are, which `prepare` notes.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from lookscape.representation.codec import Codec, CodecConfig
from lookscape.representation.losses import (
    Reconstruction,
    decompose_kl,
    kl_normal,
    reconstruction_nats,
    reparameterise,
)
from lookscape.representation.protocol import StepResult

PIXEL_NOISE = 0.2


class Config(CodecConfig):
    """What to train."""

    beta: float = Field(default=6.0, gt=0, description="weight of the total correlation")
    reconstruction: Reconstruction = "l2"


class BetaTcVae(Codec):
    """Codes are normal distributions whose average has independent latents."""

    config: Config
    num_photos: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.register_buffer("num_photos", torch.tensor(1))

    def prepare(self, photos_NHWC: NDArray[np.uint8]) -> None:
        """Start as every codec does, and note how many photos there are."""
        super().prepare(photos_NHWC)
        self.num_photos.fill_(len(photos_NHWC))

    def training_step(self, x_BCHW: Tensor, *, turn: int, progress: float) -> StepResult:
        """Reconstruction error plus the three parts of the divergence, the total correlation weighted, per value."""
        mean_BD, log_variance_BD = self.moments(x_BCHW)
        assert log_variance_BD is not None
        z_BD = reparameterise(mean_BD, log_variance_BD)
        error = reconstruction_nats(
            x_BCHW, self.decode(z_BD), kind=self.config.reconstruction, noise=PIXEL_NOISE
        ).mean()
        terms = decompose_kl(
            z_BD, mean_BD=mean_BD, log_variance_BD=log_variance_BD, num_photos=int(self.num_photos)
        )
        divergence = terms.mutual_information + self.config.beta * terms.total_correlation + terms.dimension_wise
        nats = kl_normal(mean_BD, log_variance_BD).sum(1).mean()
        figures = {"reconstruction": error, "nats": nats, "total_correlation": terms.total_correlation}
        return StepResult(loss=(error + divergence) / x_BCHW[0].numel(), figures=figures)


def create(config: Config) -> BetaTcVae:
    """Untrained."""
    return BetaTcVae(config)
