"""The pair of networks that all trained models share: photo to numbers, numbers to photo.

Each is the sum of two paths. The straight one is linear and can begin as the photos' principal components, so that
training starts from the best linear code (Pearson 1901) and not from noise. The curved one is convolutional and learns
what a linear code cannot say; it begins close to nothing, as the branches of Fixup do (Zhang, Dauphin & Ma 2019). It
cuts the photo into patches of 4 x 4 pixels at once, because photos a second count for more than depth, and halves the
map until about 4 x 4 are left: `width` channels on the first map, at most 4 times as many on the last.

Photos are seen as ink, 1 - x: the white around a product is 0, which is also what a convolution sees past the edge.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookscape.representation.networks.blocks import PatchConvolution, SmallConvolution, leaky_bounds

PATCH = 4
"""Side of the patches, pixels."""

SMALLEST = 4
"""Maps are halved until their side is this or less."""

MOST = 4
"""The last map has at most this many times `width` channels."""

STRAIGHT_SIDE = 64
"""The straight path sees larger photos at this side: more pixels would be learned by heart."""

FAINT = 0.05
"""Strength of the curved path before the first step, relative to the usual random weights."""

GROWTH = 1.4
"""A SiLU makes numbers smaller; random weights make up for it by this much."""

INK_SCALE = 3.0
"""Brings ink, mostly between 0 and 0.5, to numbers near 1."""

MOST_NOISE = 0.9
"""No latent begins as nothing but noise, or it could never begin to say something."""

SPARE, POWERS = 16, 3
"""Extra directions and rounds of the randomised principal components (Halko, Martinsson & Tropp 2011)."""

LEAK = 0.1
"""What counts of a pixel's excess beyond white or black in training; none of it is left afterwards."""


class PhotoEncoder(nn.Module):
    """B x 3 x side x side in [0, 1] -> B x num_outputs, float32."""

    def __init__(self, *, side: int, width: int, num_outputs: int) -> None:
        super().__init__()
        widths, last = _maps(side, width)
        layers: list[nn.Module] = [nn.Conv2d(3, width, PATCH + 2, stride=PATCH, padding=1), nn.SiLU()]
        for before, after in pairwise(widths):
            layers += [PatchConvolution(before, after, side=2), nn.SiLU()]
        self.convolutions = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1] * last**2, num_outputs)
        self.straight = _Straight(3 * min(side, STRAIGHT_SIDE) ** 2, num_outputs, gain=_gain(side))
        _draw(self.convolutions)
        _draw(self.head, strength=FAINT)

    def features(self, x_BCHW: Tensor) -> Tensor:
        """The last map, B x C x h x w."""
        out: Tensor = self.convolutions(INK_SCALE * (1 - x_BCHW))
        return out

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """The sum of both paths."""
        curved_BD: Tensor = self.head(self.features(x_BCHW).flatten(1))
        straight_BD: Tensor = self.straight(_flat_ink(x_BCHW))
        return curved_BD.float() + straight_BD.float()


class PhotoDecoder(nn.Module):
    """B x dim -> B x 3 x side x side, float32, in [0, 1]; in training a little beyond, see LEAK."""

    def __init__(self, *, side: int, width: int, dim: int) -> None:
        super().__init__()
        widths, self.first = _maps(side, width)
        self.side, self.dim, self.widest = side, dim, widths[-1]
        self.stem = nn.Linear(dim, self.widest * self.first**2)
        layers: list[nn.Module] = [nn.SiLU()]
        for number, (before, after) in enumerate(pairwise(widths[::-1])):
            convolution = nn.Conv2d if number else SmallConvolution
            layers += [convolution(before, 4 * after, 3, padding=1), nn.PixelShuffle(2), nn.SiLU()]
        self.convolutions = nn.Sequential(*layers)
        self.head = nn.Conv2d(width, 3 * PATCH**2, 3, padding=1)
        self.straight = _Straight(dim, 3 * min(side, STRAIGHT_SIDE) ** 2, gain=_gain(side))
        _draw(self.stem)
        _draw(self.convolutions)
        _draw(self.head, strength=FAINT)

    def forward(self, z_BD: Tensor) -> Tensor:
        """White less the ink of both paths."""
        map_BCHW = self.stem(z_BD).view(-1, self.widest, self.first, self.first)
        curved_BCHW = self.head(self.convolutions(map_BCHW))
        ink_BCHW = functional.pixel_shuffle(curved_BCHW, PATCH).float() + self._straight_ink(z_BD)
        return 1 - (leaky_bounds(ink_BCHW, leak=LEAK) if self.training else ink_BCHW.clamp(0, 1))

    def _straight_ink(self, z_BD: Tensor) -> Tensor:
        seen = min(self.side, STRAIGHT_SIDE)
        ink_BCHW: Tensor = self.straight(z_BD).float().view(-1, seen, seen, 3).permute(0, 3, 1, 2)
        if seen == self.side:
            return ink_BCHW
        return functional.interpolate(ink_BCHW, size=self.side, mode="bilinear", align_corners=False)


@torch.no_grad()
def start_from_components(
    encoder: PhotoEncoder, decoder: PhotoDecoder, x_BCHW: Tensor, *, nats: float | None = None, skip: int = 0
) -> None:
    """Make the straight paths a linear code of these photos: their principal components, one a latent.

    Without `nats` latents are points of unit variance. With `nats` the encoder's outputs are means and log-variances,
    and they begin as the posterior of a linear variational autoencoder that spends about so many nats a photo (Lucas,
    Tucker, Grosse & Norouzi 2019, section 4). The first `skip` latents get no component. Draws from torch's generator.
    """
    ink_BN = _flat_ink(x_BCHW)
    mean_N = ink_BN.mean(0)
    count = min(decoder.dim - skip, len(ink_BN) - 1)
    _, sizes, directions_ND = torch.svd_lowrank(
        ink_BN - mean_N, q=min(decoder.dim + SPARE, *ink_BN.shape), niter=POWERS
    )
    variance_D = (sizes[:count].square() / len(ink_BN)).clamp(min=1e-8)
    noise_D = _noise_shares(variance_D, nats) if nats is not None else torch.zeros_like(variance_D)
    kept_D = (1 - noise_D).sqrt()
    inward_ND = directions_ND[:, :count] * kept_D / variance_D.sqrt()
    inward_ND = functional.pad(inward_ND, (skip, 0))
    encoder.straight.become(inward_ND.T, bias=-mean_N @ inward_ND)
    outward_ND = directions_ND[:, :count] * kept_D * variance_D.sqrt()
    decoder.straight.become(functional.pad(outward_ND, (skip, 0)), bias=mean_N)
    if nats is not None:
        encoder.head.bias[decoder.dim + skip : decoder.dim + skip + count] = noise_D.log()


class _Straight(nn.Linear):
    """A linear layer that is learned gently.

    Its weights are larger by 1 / gain than what they do, so that a step of Adam, equal for all weights, moves what they
    do by `gain` times less.
    """

    def __init__(self, num_inputs: int, num_outputs: int, *, gain: float) -> None:
        super().__init__(num_inputs, num_outputs)
        self.gain = gain
        nn.init.normal_(self.weight, std=FAINT / (gain * math.sqrt(num_inputs)))
        nn.init.zeros_(self.bias)

    def forward(self, inputs_BN: Tensor) -> Tensor:
        return self.gain * super().forward(inputs_BN)

    def become(self, weight: Tensor, *, bias: Tensor) -> None:
        """Do this from now on; outputs and inputs that `weight` does not reach do nothing."""
        self.weight.zero_()
        self.bias.zero_()
        self.weight[: weight.shape[0], : weight.shape[1]] = weight / self.gain
        self.bias[: len(bias)] = bias / self.gain


def _noise_shares(variance_D: Tensor, nats: float) -> Tensor:
    """The share of each latent's unit variance that is noise when sum of 0.5 log(1 / share) is `nats`."""
    low, high = variance_D.min().log().item() - 2 * nats / len(variance_D) - 1, variance_D.max().log().item()
    for _ in range(60):
        middle = (low + high) / 2
        spent = 0.5 * (variance_D.log() - middle).clamp(min=0).sum().item()
        low, high = (middle, high) if spent > nats else (low, middle)
    return (math.exp(high) / variance_D).clamp(max=MOST_NOISE)


def _maps(side: int, width: int) -> tuple[list[int], int]:
    """The channels of each map and the side of the last one."""
    widths, last = [width], side // PATCH
    while last > SMALLEST and last % 2 == 0:
        widths.append(min(2 * widths[-1], MOST * width))
        last //= 2
    return widths, last


def _gain(side: int) -> float:
    """Straight weights spread over more pixels are smaller; this keeps them near 1 when divided by it."""
    return 2 / min(side, STRAIGHT_SIDE)


def _flat_ink(x_BCHW: Tensor) -> Tensor:
    """B x N, pixel by pixel, as photos lie in memory channels last; large photos made smaller."""
    if x_BCHW.shape[-1] > STRAIGHT_SIDE:
        x_BCHW = functional.interpolate(x_BCHW, size=STRAIGHT_SIDE, mode="area")
    return 1 - x_BCHW.permute(0, 2, 3, 1).flatten(1)


def _draw(module: nn.Module, *, strength: float = 1.0) -> None:
    """Random weights that keep the size of what passes through a SiLU (He et al. 2015, up to a constant)."""
    for weight in module.parameters():
        if weight.ndim > 1:
            nn.init.normal_(weight, std=strength * GROWTH / math.sqrt(weight[0].numel()))
        else:
            nn.init.zeros_(weight)
