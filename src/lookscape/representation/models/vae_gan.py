"""VAE/GAN: a variational autoencoder whose idea of "alike" is learned by a critic.

Larsen, Sonderby, Larochelle & Winther, "Autoencoding beyond pixels using a learned similarity metric" (ICML 2016). A
critic learns to tell photos from what the decoder makes, of encoded photos and of draws from the prior. The decoder
learns to fool it, and reconstructions are compared in the critic's maps, where a sharp edge a pixel off costs less than
a blurred one.

Other than in the paper: maps are compared by direction (as in perceptual.py), so that the error does not depend on how
large the critic makes them; some error in pixels is kept, which holds the colours from the first step; the critic
judges patches and its spectral norm is bounded; the encoder hears of the verdict too, which saves a second decoding.
"""

import torch
from pydantic import Field
from torch import Tensor, nn

from lookscape.representation.networks.critics import Judgement, PhotoCritic, critic_optimizer, held_still, others
from lookscape.representation.networks.gaussian_autoencoder import GaussianAutoencoder
from lookscape.representation.networks.losses import (
    ERRORS,
    Error,
    critic_accuracy,
    critic_loss,
    fooling_loss,
    kl_to_normal,
    reconstruction_error,
)
from lookscape.representation.networks.perceptual import maps_distance
from lookscape.representation.networks.photo_networks import start_from_components
from lookscape.representation.networks.steering import steer
from lookscape.representation.trainable import LatentConfig, Losses, Posterior, StepContext

START_NATS = 120.0
"""The divergence to begin with where none is steered to."""


class Config(LatentConfig):
    """What to train."""

    beta: float = Field(default=1.0, gt=0, description="weight of the divergence, the first one if there is a capacity")
    capacity: float | None = Field(
        default=120.0, gt=0, description="nats of divergence to steer to; beta stays without"
    )
    error: Error = Field(default=Error.L2, description=ERRORS)
    sharpness: float = Field(default=20.0, gt=0, description="1/sigma^2 of the pixels: weighs all errors against nats")
    similarity: float = Field(default=0.01, ge=0, description="weight of the learned error, for each value of a photo")
    fooling: float = Field(default=3.0, ge=0, description="weight of fooling the critic, against the error")
    critic_width: int = Field(default=16, ge=4, le=256, description="channels of the critic's first layer")


class Model(GaussianAutoencoder):
    """Encoder, decoder and a critic of photos."""

    players = ("autoencoder", "critic")
    log_beta: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.config = config
        self.critic = PhotoCritic(width=config.critic_width)
        self.register_buffer("log_beta", torch.tensor(config.beta).log())

    def start_from(self, x_BCHW: Tensor) -> None:
        """Begin as a linear code of about the divergence to be steered to."""
        start_from_components(self.encoder, self.decoder, x_BCHW, nats=self.config.capacity or START_NATS)

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
        """Reconstruct and fool the critic; then, as the critic, tell photos from what is made."""
        return self._tell(x_BCHW) if context.player == "critic" else self._rebuild(x_BCHW)

    def _rebuild(self, x_BCHW: Tensor) -> Losses:
        posterior = self.posterior(x_BCHW)
        made_BCHW = self._made(posterior)
        rebuilt_BCHW = made_BCHW[: len(x_BCHW)]
        error = reconstruction_error(x_BCHW, rebuilt_BCHW=rebuilt_BCHW, error=self.config.error)
        with held_still(self.critic):
            with torch.no_grad():
                real: Judgement = self.critic(x_BCHW)
            made: Judgement = self.critic(made_BCHW)
        rebuilt_maps = [map_BCHW[: len(x_BCHW)] for map_BCHW in made.maps]
        distance = maps_distance(rebuilt_maps, others=real.maps).mean()
        fooling = fooling_loss(made.logits)
        divergence = kl_to_normal(posterior).sum(1).mean()
        beta = self._beta(divergence)
        errors = error + self.config.similarity * x_BCHW[0].numel() * distance + self.config.fooling * fooling
        measured = {
            "reconstruction": error.detach(),
            "similarity": distance.detach(),
            "fooling": fooling.detach(),
            "divergence": divergence.detach(),
            "beta": beta,
        }
        return Losses(total=self.config.sharpness * errors + beta * divergence, measured=measured)

    def _tell(self, x_BCHW: Tensor) -> Losses:
        with torch.no_grad():
            made_BCHW = self._made(self.posterior(x_BCHW))
        judgement: Judgement = self.critic(torch.cat([x_BCHW, made_BCHW]))
        real, made = judgement.logits[: len(x_BCHW)], judgement.logits[len(x_BCHW) :]
        loss = critic_loss(real, made_logits=made)
        accuracy = critic_accuracy(real, made_logits=made)
        return Losses(total=loss, measured={"critic": loss.detach(), "critic_accuracy": accuracy})

    def _made(self, posterior: Posterior) -> Tensor:
        """Reconstructions, and below them half as many photos decoded from draws of the prior."""
        z_BD = posterior.sample()
        return self.decode(torch.cat([z_BD, self.draw((len(z_BD) + 1) // 2)]))

    def _beta(self, divergence: Tensor) -> Tensor:
        if self.config.capacity is not None and self.training:
            steer(self.log_beta, divergence=divergence, capacity=self.config.capacity)
        return self.log_beta.exp()
