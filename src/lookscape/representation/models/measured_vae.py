"""A variational autoencoder with one latent for each measured attribute: factors that are known by name from the start.

beta-VAE (Higgins et al., ICLR 2017) whose first latents must also give what the measures found on the photo's own
pixels (silhouette height, sole lightness ...): each is the mean of a normal distribution of the standardised attribute.
The divergence makes the other latents leave to them what they say already. No person labels anything, but the method
is not blind: which factors it finds is decided by the measures. Locatello et al., "Disentangling Factors of
Variation Using Few Labels" (ICLR 2020), do the same with labels of people.

Photos on which an attribute is not known train the rest; without any measurements it is a beta-VAE.
"""

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.latents.directions import LEADING
from lookscape.representation.networks.gaussian_autoencoder import WARMUP, GaussianAutoencoder
from lookscape.representation.networks.losses import ERRORS, Error, kl_to_normal, reconstruction_error
from lookscape.representation.networks.photo_networks import start_from_components
from lookscape.representation.networks.steering import steer
from lookscape.representation.trainable import LatentConfig, Losses, StepContext

FIRST_SHARE = 0.85
"""The share of the capacity that the linear code spends before the first step."""

FARTHEST = 4.0
"""Standard deviations that an attribute's value is taken to be away from the mean at most."""


class Config(LatentConfig):
    """What to train."""

    dim: int = Field(default=32, ge=1, le=1024, description="D, the number of latents, tied ones included")
    ties: tuple[str, ...] = Field(
        default=LEADING, description="measured attributes of the first latents; at most dim count"
    )
    beta: float = Field(default=4.0, gt=0, description="weight of the divergence, the first one if there is a capacity")
    capacity: float | None = Field(default=None, gt=0, description="nats of divergence to steer to; beta stays without")
    error: Error = Field(default=Error.L2, description=ERRORS)
    sharpness: float = Field(default=156.0, gt=0, description="1/sigma^2 of the pixels: weighs the error against nats")
    exactness: float = Field(default=480.0, gt=0, description="1/sigma^2 of the standardised attributes")


class Model(GaussianAutoencoder):
    """Encoder, decoder, and latents that are held to measurements."""

    log_beta: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.config, self.wants = config, config.ties[: config.dim]
        self.register_buffer("log_beta", torch.tensor(config.beta).log())

    def start_from(self, x_BCHW: Tensor) -> None:
        """With a capacity, the latents that are not tied begin as a linear code that spends most of it."""
        if self.config.capacity is not None:
            nats, skip = FIRST_SHARE * self.config.capacity, len(self.wants)
            start_from_components(self.encoder, self.decoder, x_BCHW, nats=nats, skip=skip)

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Reconstruction error, weighted divergence, and how far the tied latents are from the measurements.

        Without measurements the last is left out.
        """
        posterior = self.posterior(x_BCHW)
        z_BD = posterior.sample()
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=self.decode(z_BD), error=self.config.error)
        divergence = kl_to_normal(posterior).sum(1).mean()
        beta = self._weight(divergence, context)
        total = self.config.sharpness * error + beta * divergence
        measured = {"reconstruction": error.detach(), "divergence": divergence.detach(), "beta": beta}
        if context.measured_BA is not None:
            distance = tie_distance(z_BD[:, : len(self.wants)], measured_BA=context.measured_BA)
            total = total + self.config.exactness * distance
            measured["tie"] = distance.detach()
        return Losses(total=total / x_BCHW[0].numel(), measured=measured)

    def _weight(self, divergence: Tensor, context: StepContext) -> Tensor:
        if self.config.capacity is None:
            return self.log_beta.exp() * min(1.0, context.fraction / WARMUP)
        if self.training:
            steer(self.log_beta, divergence=divergence, capacity=self.config.capacity)
        return self.log_beta.exp()


def tie_distance(z_BA: Tensor, *, measured_BA: Tensor) -> Tensor:
    """Half the squared distance from standardised measurements, summed over those known, averaged over the batch."""
    is_known_BA = measured_BA.isfinite()
    target_BA = torch.nan_to_num(measured_BA, nan=0.0).clamp(-FARTHEST, FARTHEST)
    return 0.5 * ((z_BA - target_BA).square() * is_known_BA).sum(1).mean()
