"""beta-VAE: codes that are distributions, kept near N(0, I), so that one can walk, sample and steer among them.

Higgins et al., "beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework" (ICLR 2017): the KL
divergence from the prior weighs `beta` times in the loss (`schedule=fixed`). Burgess et al., "Understanding
disentangling in beta-VAE" (2018): the divergence is held at a capacity that rises from 0 to `nats` over training
(`capacity`). By default beta is steered so that the divergence stays at `nats`, after Shao et al., "ControlVAE" (ICML
2020), with an integral controller on log beta: how much a code may carry is chosen outright, not through a weight
whose effect depends on the photos.
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from lookscape.representation.codec import Codec, CodecConfig
from lookscape.representation.losses import Reconstruction, kl_normal, reconstruction_nats, reparameterise
from lookscape.representation.protocol import StepResult

PIXEL_NOISE = 0.2
"""Standard deviation of the decoder's Gaussian (or scale of its Laplace) distribution; white is 1."""

GAIN = 0.05
MEMORY = 0.95
"""The controller: change of log beta for a divergence twice its target, and how slowly the running mean follows."""

STEP_LIMIT = 0.01
"""Largest change of log beta in one step."""


class Config(CodecConfig):
    """What to train."""

    schedule: Literal["steered", "fixed", "capacity"] = "steered"
    beta: float = Field(default=1.0, gt=0, description="weight of the divergence; where it starts when steered")
    gamma: float = Field(default=30.0, gt=0, description="weight of the distance from the capacity")
    reconstruction: Reconstruction = "l2"


class BetaVae(Codec):
    """Codes are normal distributions."""

    config: Config
    log_beta: Tensor
    nats: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.register_buffer("log_beta", torch.tensor(config.beta).log())
        self.register_buffer("nats", torch.tensor(config.nats))

    def training_step(self, x_BCHW: Tensor, *, turn: int, progress: float) -> StepResult:
        """Minus the evidence lower bound, its divergence weighted, per value."""
        mean_BD, log_variance_BD = self.moments(x_BCHW)
        assert log_variance_BD is not None
        y_BCHW = self.decode(reparameterise(mean_BD, log_variance_BD))
        error = reconstruction_nats(x_BCHW, y_BCHW, kind=self.config.reconstruction, noise=PIXEL_NOISE).mean()
        nats = kl_normal(mean_BD, log_variance_BD).sum(1).mean()
        loss = (error + self._penalty(nats, progress=progress)) / x_BCHW[0].numel()
        return StepResult(loss=loss, figures={"reconstruction": error, "nats": nats, "beta": self.log_beta.exp()})

    def _penalty(self, nats: Tensor, *, progress: float) -> Tensor:
        if self.config.schedule == "capacity":
            return self.config.gamma * (nats - progress * self.config.nats).abs()
        if self.config.schedule == "steered":
            self._steer(nats.detach())
        return self.log_beta.exp() * nats

    def _steer(self, nats: Tensor) -> None:
        self.nats.lerp_(nats, 1 - MEMORY)
        excess = self.nats / self.config.nats - 1
        self.log_beta.add_((GAIN * excess).clamp(-STEP_LIMIT, STEP_LIMIT))


def create(config: Config) -> BetaVae:
    """Untrained."""
    return BetaVae(config)
