"""Principal components as a model: the linear baseline, learned at once from a sample.

Pearson 1901; for photos Turk & Pentland, "Eigenfaces for recognition" (1991).

Its latents are scaled to unit variance, so that a step of 1 means the same in every direction.
"""

import torch
from torch import Tensor, nn

from lookscape.representation.trainable import LatentConfig, Losses, Posterior, StepContext, Trainable


class Config(LatentConfig):
    """What to learn; `width` has no meaning here."""


class Model(Trainable):
    """Mean photo, components and their deviations."""

    players = ()
    mean: Tensor
    components: Tensor
    deviations: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        count = 3 * config.side**2
        self.register_buffer("mean", torch.zeros(count))
        self.register_buffer("components", torch.zeros(config.dim, count))
        self.register_buffer("deviations", torch.ones(config.dim))
        self.shape = (3, config.side, config.side)

    def start_from(self, x_BCHW: Tensor) -> None:
        """All of the learning."""
        x_BN = x_BCHW.flatten(1).float()
        self.mean.copy_(x_BN.mean(0))
        rank = min(self.dim, len(x_BN) - 1, x_BN.shape[1])
        _, sizes, directions = torch.svd_lowrank(x_BN - self.mean, q=min(rank + 10, *x_BN.shape), niter=4)
        signs = torch.sign(directions.sum(0))  # an eigenvector has no sign of its own; fix one
        self.components[:rank] = (directions * signs).T[:rank]
        self.deviations[:rank] = (sizes[:rank] / max(1, len(x_BN) - 1) ** 0.5).clamp(min=1e-6)

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Nothing is left to learn by steps."""
        error = nn.functional.mse_loss(self.decode(self.posterior(x_BCHW).mean_BD), x_BCHW)
        return Losses(total=error, measured={"reconstruction": error.detach()})

    def posterior(self, x_BCHW: Tensor) -> Posterior:
        """A point for each photo."""
        return Posterior(mean_BD=(x_BCHW.flatten(1).float() - self.mean) @ self.components.T / self.deviations)

    def decode(self, z_BD: Tensor) -> Tensor:
        """Photos in [0, 1]."""
        return (self.mean + (z_BD * self.deviations) @ self.components).view(-1, *self.shape).clamp(0, 1)
