"""Layers that several models share."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class Average(nn.Module):
    """Any layer's output as one vector a photo: B x C x H x W or B x tokens x C -> B x C; B x D stays as it is."""

    def forward(self, features: Tensor) -> Tensor:
        """The mean over the photo."""
        if features.ndim == 4:
            return features.mean(dim=(2, 3))
        return features.mean(dim=1) if features.ndim == 3 else features


def generalised_mean(x_BCHW: Tensor, *, power: float = 3.0, floor: float = 1e-6) -> Tensor:
    """GeM pooling, B x C: between the mean (power 1) and the maximum (power to infinity) of what is positive.

    Radenović, Tolias & Chum, "Fine-tuning CNN image retrieval with no human annotation" (PAMI 2019), equation 3, with
    their power 3 and floor 1e-6.
    """
    return x_BCHW.clamp(min=floor).pow(power).mean(dim=(2, 3)).pow(1 / power)


class GeneralisedMeans(nn.Module):
    """Several maps as one vector: each pooled by its generalised mean, scaled to length 1, joined."""

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """B x the sum of their channels."""
        return torch.cat([functional.normalize(generalised_mean(x_BCHW), dim=1) for x_BCHW in maps], dim=1)


class FromBytes(nn.Module):
    """Puts what a network expects before it: uint8 B x H x W x 3 in [0, 255] -> normalised float B x 3 x H x W."""

    def __init__(self, network: nn.Module, *, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        self.scale: Tensor
        self.shift: Tensor
        self.register_buffer("scale", 1 / (255 * torch.tensor(std).view(1, -1, 1, 1)))
        self.register_buffer("shift", -(torch.tensor(mean) / torch.tensor(std)).view(1, -1, 1, 1))

    def forward(self, pixels_BHWC: Tensor) -> Tensor:
        """The network's output for these pixels."""
        x_BCHW = pixels_BHWC.permute(0, 3, 1, 2).to(self.scale.dtype)
        output: Tensor = self.network(x_BCHW * self.scale + self.shift)
        return output


CODE_SIDE = 4
"""Pixels a side at which strided convolutions end and a linear layer takes over."""

WIDEST = 8
"""Channels grow twofold with every halving, up to this many times the first layer's."""


class Downsampling(nn.Module):
    """B x 3 x side x side -> B x outputs: strided 4 x 4 convolutions down to CODE_SIDE, then a linear layer.

    Pixels are first folded into channels, `fold` by `fold`; each convolution halves the side.
    """

    def __init__(self, *, side: int, fold: int, width: int, outputs: int) -> None:
        super().__init__()
        channels = _channels(side // fold, width=width)
        layers: list[nn.Module] = [nn.PixelUnshuffle(fold)] if fold > 1 else []
        for before, after in zip([3 * fold**2, *channels], channels, strict=False):
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.SiLU()]
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Linear(channels[-1] * CODE_SIDE**2, outputs)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """The head's numbers."""
        outputs: Tensor = self.head(self.features(x_BCHW))
        return outputs

    def start_at(self, outputs: Tensor) -> None:
        """Give these numbers for every photo until training says otherwise."""
        nn.init.zeros_(self.head.weight)
        self.head.bias.copy_(outputs)


class Upsampling(nn.Module):
    """B x inputs -> B x 3 x side x side: the mirror of Downsampling, with transposed convolutions."""

    def __init__(self, *, side: int, fold: int, width: int, inputs: int) -> None:
        super().__init__()
        channels = _channels(side // fold, width=width)[::-1]
        self.head = nn.Linear(inputs, channels[0] * CODE_SIDE**2)
        layers: list[nn.Module] = [nn.Unflatten(1, (channels[0], CODE_SIDE, CODE_SIDE)), nn.SiLU()]
        for before, after in pairwise(channels):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.SiLU()]
        self.features = nn.Sequential(*layers)
        self.last = nn.ConvTranspose2d(channels[-1], 3 * fold**2, 4, stride=2, padding=1)
        self.unfold = nn.PixelShuffle(fold) if fold > 1 else nn.Identity()

    def forward(self, z_BD: Tensor) -> Tensor:
        """The photo."""
        y_BCHW: Tensor = self.unfold(self.last(self.features(self.head(z_BD))))
        return y_BCHW

    def start_at_nothing(self) -> None:
        """Give zero everywhere until training says otherwise."""
        nn.init.zeros_(self.last.weight)
        self.set_background(torch.zeros(3))

    def set_background(self, colour: Tensor) -> None:
        """Start from one colour everywhere."""
        assert self.last.bias is not None
        with torch.no_grad():
            self.last.bias.copy_(colour.repeat_interleave(len(self.last.bias) // 3))


def _channels(side: int, *, width: int) -> list[int]:
    halvings = (side // CODE_SIDE).bit_length() - 1
    return [width * min(2**number, WIDEST) for number in range(halvings)]
