"""What every model that the loop can train offers: networks, losses, optimizers, and the way there and back.

A model file holds `Config`, a frozen pydantic record, and `Model`, a `Trainable` made from it:

    Model(config)                       networks with random weights
    model.start_from(x_BCHW)            optional: look at a sample of the photos before the first step
    model(x_BCHW, moment)               the losses of one player at one step
    model.posterior(x_BCHW)             photos -> latents
    model.decode(z_BD)                  latents -> photos

Pixels are float32 in [0, 1], B x 3 x side x side, channels last in memory. A model with several players (an
autoencoder and a critic) is asked for each player's losses in turn, each with its own optimizer; the loop does the
rest. Randomness comes from torch's generator alone, which the loop seeds anew at every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn


class Prior(StrEnum):
    """What latents look like when nothing is known of the photo."""

    NORMAL = "normal"
    SPHERE = "sphere"
    MIXTURE = "mixture"
    NONE = "none"


class LatentConfig(BaseModel):
    """What every model with a latent space is asked: the fields that all Configs share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: int = Field(default=64, ge=16, le=256, multiple_of=16, description="side of the photos, pixels")
    dim: int = Field(default=64, ge=1, le=1024, description="D, the number of latents")
    width: int = Field(default=32, ge=4, le=256, description="channels of the first layer; the rest follow from it")


class StepContext(NamedTuple):
    """Where training is: `step` of `num_steps`, counted from 0, and which player is to move.

    `measured_BA` holds what was measured on the batch's photos, for models that `wants` something: a column for each
    name, standardised over the training photos, NaN where unknown. `labels_B` are the photos' classes, for classifiers.
    This and Losses are named tuples because Fabric looks through what a module takes and gives, frozen records not.
    """

    step: int
    num_steps: int
    player: str = "autoencoder"
    measured_BA: Tensor | None = None
    labels_B: Tensor | None = None

    @property
    def fraction(self) -> float:
        """How much of the training is over, in [0, 1)."""
        return self.step / max(1, self.num_steps)


class Losses(NamedTuple):
    """What a player wants small, and what is worth writing down (detached scalars, named as in metrics.jsonl)."""

    total: Tensor
    measured: Mapping[str, Tensor]


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """q(z|x) of a batch: a normal distribution with diagonal variance; a point when `log_variance_BD` is None."""

    mean_BD: Tensor
    log_variance_BD: Tensor | None = None

    def sample(self) -> Tensor:
        """One draw for each photo, B x D, with the gradient passed through (Kingma & Welling 2014)."""
        if self.log_variance_BD is None:
            return self.mean_BD
        return self.mean_BD + torch.randn_like(self.mean_BD) * (0.5 * self.log_variance_BD).exp()


class Learner(nn.Module):
    """What the loop can train: networks that know their own losses. Subclasses give `forward`."""

    players: ClassVar[tuple[str, ...]] = ("autoencoder",)
    """Who moves in a step, in order; each has its optimizer."""

    def parameters_of(self, player: str) -> list[nn.Parameter]:
        """The weights a player may change; all of them by default."""
        return list(self.parameters())

    def optimizer(self, player: str, *, learning_rate: float) -> torch.optim.Optimizer:
        """A player's optimizer; `learning_rate` is the recipe's learning rate, which the loop's schedule scales."""
        fused = next(self.parameters()).device.type in {"cpu", "cuda"}
        return torch.optim.AdamW(
            self.parameters_of(player), lr=learning_rate, betas=(0.9, 0.99), weight_decay=0.0, fused=fused
        )

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """One player's losses on a batch."""
        raise NotImplementedError


class Trainable(Learner):
    """Base of all models with a latent space. Subclasses give `forward`, `posterior` and `decode`."""

    prior: Prior = Prior.NORMAL

    wants: tuple[str, ...] = ()
    """Names of measured attributes that the losses use."""

    def __init__(self, config: LatentConfig) -> None:
        super().__init__()
        self.side, self.dim = config.side, config.dim

    def start_from(self, x_BCHW: Tensor) -> None:
        """Look at a sample of the training photos before the first step; nothing by default."""

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """Where each photo lies in the latent space."""
        raise NotImplementedError

    def decode(self, z_BD: Tensor) -> Tensor:
        """Latents to photos, B x 3 x side x side in [0, 1]."""
        raise NotImplementedError

    def draw(self, count: int) -> Tensor:
        """Latents from the prior, count x D, by torch's generator; from N(0, I) for a model that has none."""
        return torch.randn(count, self.dim, device=next(iter(self.state_dict().values())).device)
