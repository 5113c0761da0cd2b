"""Wasserstein autoencoder with a critic: latents learn to pass for draws of the prior.

Tolstikhin, Bousquet, Gelly & Schoelkopf, "Wasserstein auto-encoders" (ICLR 2018), algorithm 1, close to the adversarial
autoencoder of Makhzani et al. (2015). The critic sees latents alone, so it is small, and its spectral norm is bounded,
so that it stays useful.
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from lookscape.representation.networks.critics import LatentCritic, critic_optimizer, held_still, others
from lookscape.representation.networks.losses import critic_accuracy, critic_loss, fooling_loss, reconstruction_error
from lookscape.representation.networks.point_autoencoder import PointAutoencoder, PointConfig
from lookscape.representation.trainable import Losses, Prior, StepContext


class Config(PointConfig):
    """What to train."""

    prior: Literal[Prior.NORMAL, Prior.SPHERE] = Field(
        default=Prior.NORMAL, description="what latents are moved towards: normal or sphere"
    )
    weight: float = Field(default=10.0, gt=0, description="weight of fooling the critic")
    draws: int = Field(default=256, ge=1, le=65_536, description="samples of the prior that the critic sees in a step")


class Model(PointAutoencoder):
    """Reconstructs, with latents that a critic cannot tell from the prior."""

    players = ("autoencoder", "critic")

    def __init__(self, config: Config) -> None:
        super().__init__(config, prior=config.prior)
        self.config = config
        self.critic = LatentCritic(dim=config.dim)

    def parameters_of(self, player: str) -> list[nn.Parameter]:
        """The critic's weights, or all others."""
        return list(self.critic.parameters()) if player == "critic" else others(self, self.critic)

    def optimizer(self, player: str, *, learning_rate: float) -> torch.optim.Optimizer:
        """The critic's has less momentum."""
        return (
            critic_optimizer(self.critic, learning_rate=learning_rate)
            if player == "critic"
            else super().optimizer(player, learning_rate=learning_rate)
        )

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Reconstruct and fool the critic; then, as the critic, tell latents from the prior."""
        if context.player == "critic":
            return self._tell(x_BCHW)
        z_BD = self.posterior(x_BCHW).mean_BD
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=self.decode(z_BD), error=self.config.error)
        with held_still(self.critic):
            fooling = fooling_loss(self.critic(z_BD))
        measured = {"reconstruction": error.detach(), "fooling": fooling.detach()}
        return Losses(total=error + self.config.weight * fooling, measured=measured)

    def _tell(self, x_BCHW: Tensor) -> Losses:
        with torch.no_grad():
            made_BD = self.posterior(x_BCHW).mean_BD
        logits = self.critic(torch.cat([self.draw(self.config.draws), made_BD]))
        real, made = logits[: self.config.draws], logits[self.config.draws :]
        loss = critic_loss(real, made_logits=made)
        accuracy = critic_accuracy(real, made_logits=made)
        return Losses(total=loss, measured={"critic": loss.detach(), "critic_accuracy": accuracy})
