"""The baseline: a code and back with the least error, and nothing asked of the codes' distribution.

Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors" (Nature 1986); with its principal
way it starts as PCA. Its samples and slider positions mean little; what the other models give up in sharpness for a latent
space that can be walked in is measured against it.
"""

from torch import Tensor

from lookscape.representation.codec import Codec, CodecConfig
from lookscape.representation.losses import Reconstruction, reconstruction_nats
from lookscape.representation.protocol import StepResult

PIXEL_NOISE = 0.2


class Config(CodecConfig):
    """What to train."""

    reconstruction: Reconstruction = "l2"


class Autoencoder(Codec):
    """Codes are points."""

    has_posterior = False
    config: Config

    def training_step(self, x_BCHW: Tensor, *, turn: int, progress: float) -> StepResult:
        """The reconstruction error per value."""
        z_BD, _ = self.moments(x_BCHW)
        error = reconstruction_nats(
            x_BCHW, self.decode(z_BD), kind=self.config.reconstruction, noise=PIXEL_NOISE
        ).mean()
        return StepResult(loss=error / x_BCHW[0].numel(), figures={"reconstruction": error})


def create(config: Config) -> Autoencoder:
    """Untrained."""
    return Autoencoder(config)
