"""Wasserstein autoencoder with the MMD penalty: all codes together look like N(0, I), each single one is a point.

Tolstikhin, Bousquet, Gelly & Schölkopf, "Wasserstein Auto-Encoders" (ICLR 2018), algorithm 2 with the inverse
multiquadric kernel. Reconstructions are sharper than a VAE's because no noise is added to codes.
"""

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.codec import Codec, CodecConfig
from lookscape.representation.losses import Reconstruction, mmd_imq, reconstruction_nats
from lookscape.representation.protocol import StepResult

PIXEL_NOISE = 0.2


class Config(CodecConfig):
    """What to train."""

    penalty: float = Field(default=500.0, gt=0, description="weight of the discrepancy from the prior, nats")
    reconstruction: Reconstruction = "l2"


class WaeMmd(Codec):
    """Codes are points whose distribution is the prior's."""

    has_posterior = False
    config: Config

    def training_step(self, x_BCHW: Tensor, *, turn: int, progress: float) -> StepResult:
        """Reconstruction error plus the weighted discrepancy from as many draws of the prior, per value."""
        z_BD, _ = self.moments(x_BCHW)
        error = reconstruction_nats(
            x_BCHW, self.decode(z_BD), kind=self.config.reconstruction, noise=PIXEL_NOISE
        ).mean()
        discrepancy = mmd_imq(z_BD, torch.randn_like(z_BD))
        loss = (error + self.config.penalty * discrepancy) / x_BCHW[0].numel()
        return StepResult(loss=loss, figures={"reconstruction": error, "mmd": discrepancy})


def create(config: Config) -> WaeMmd:
    """Untrained."""
    return WaeMmd(config)
