"""Networks that learn to tell: latents from draws of a prior, photos from reconstructions.

Every layer is kept to a spectral norm of 1 (Miyato, Kataoka, Koyama & Yoshida, "Spectral normalization for generative
adversarial networks", ICLR 2018), so that a critic cannot run away from the network that it judges. The norm is found
by power iteration, one step for each pass in training, in float32.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, normalize
from torch.nn.utils.parametrize import register_parametrization

SLOPE = 0.2

GAIN = 2.0
"""What each layer of a photo critic may magnify: with 1, photos hardly move its logits and it learns too slowly."""

MOMENTUM = 0.5
"""Adam's first beta for critics: with the usual 0.9 both players circle round each other (Radford et al. 2016)."""

FIRST_STEPS = 15
"""Steps of power iteration at the start."""


class UnitNorm(nn.Module):
    """A parametrisation that divides a weight, seen as a matrix of output x rest, by its largest singular value."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.left: Tensor
        self.right: Tensor
        matrix = weight.detach().flatten(1).float()
        self.register_buffer("left", normalize(torch.randn(matrix.shape[0]), dim=0))
        self.register_buffer("right", normalize(torch.randn(matrix.shape[1]), dim=0))
        for _ in range(FIRST_STEPS):
            self._step(matrix)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight with spectral norm 1."""
        with torch.autocast(device_type=weight.device.type, enabled=False):
            matrix = weight.flatten(1).float()
            if self.training:
                self._step(matrix.detach())
            # Copies: the next pass writes into the buffers before this one's gradient is taken.
            norm = self.left.clone() @ (matrix @ self.right.clone())
            return weight / norm

    @torch.no_grad()
    def _step(self, matrix: Tensor) -> None:
        self.left.copy_(normalize(matrix @ self.right, dim=0))
        self.right.copy_(normalize(matrix.T @ self.left, dim=0))


def unit_norm(layer: nn.Module) -> nn.Module:
    """The layer, its `weight` kept to a spectral norm of 1."""
    register_parametrization(layer, "weight", UnitNorm(layer.get_parameter("weight")))
    return layer


class LatentCritic(nn.Module):
    """B x D -> B logits, in float32: above 0 where it takes a latent for a draw of the prior."""

    def __init__(self, *, dim: int, width: int = 256, depth: int = 3) -> None:
        super().__init__()
        sizes = [dim, *[width] * depth]
        hidden = [unit_norm(nn.Linear(before, after)) for before, after in pairwise(sizes)]
        self.hidden = nn.ModuleList(hidden)
        self.head = unit_norm(nn.Linear(width, 1))

    def forward(self, z_BD: Tensor) -> Tensor:
        """One logit for each latent."""
        with torch.autocast(device_type=z_BD.device.type, enabled=False):
            h_BD = z_BD.float()
            for layer in self.hidden:
                h_BD = leaky_relu(layer(h_BD), SLOPE)
            logits: Tensor = self.head(h_BD)
        return logits.squeeze(1)


class Judgement(NamedTuple):
    """What a photo critic says: logits of each patch, B x 1 x H x W, and its maps, from fine to coarse."""

    logits: Tensor
    maps: tuple[Tensor, ...]


class PhotoCritic(nn.Module):
    """B x 3 x side x side in [0, 1] -> Judgement: convolutions that halve the side, then a logit for each patch.

    Judging patches, not whole photos, is from Isola, Zhu, Zhou & Efros, "Image-to-image translation with conditional
    adversarial networks" (CVPR 2017).
    """

    def __init__(self, *, width: int, depth: int = 3) -> None:
        super().__init__()
        widths = [3, *(width * 2**level for level in range(depth))]
        layers = [unit_norm(nn.Conv2d(before, after, 4, stride=2, padding=1)) for before, after in pairwise(widths)]
        self.layers = nn.ModuleList(layers)
        self.head = unit_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, x_BCHW: Tensor) -> Judgement:
        """Logits above 0 where it takes a patch for a real photo's."""
        h_BCHW, maps = 2 * x_BCHW - 1, []
        for layer in self.layers:
            h_BCHW = leaky_relu(GAIN * layer(h_BCHW), SLOPE)
            maps.append(h_BCHW)
        return Judgement(logits=(GAIN * self.head(h_BCHW)).float(), maps=tuple(maps))


@contextmanager
def held_still(module: nn.Module) -> Iterator[None]:
    """Gradients pass through the module but not to its weights: it is another player's turn."""
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    for weight in weights:
        weight.requires_grad = False
    try:
        yield
    finally:
        for weight in weights:
            weight.requires_grad = True


def others(model: nn.Module, critic: nn.Module) -> list[nn.Parameter]:
    """The model's weights that are not its critic's."""
    own = {id(weight) for weight in critic.parameters()}
    return [weight for weight in model.parameters() if id(weight) not in own]


def critic_optimizer(critic: nn.Module, *, learning_rate: float) -> torch.optim.Optimizer:
    """Adam with less momentum than other players have."""
    return torch.optim.AdamW(critic.parameters(), lr=learning_rate, betas=(MOMENTUM, 0.99), weight_decay=0.0)
