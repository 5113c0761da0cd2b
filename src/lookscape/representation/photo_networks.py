"""The pair of convolutional networks that all trained models share: photo to numbers, numbers to photo.

Each layer halves (or doubles) the side with a strided convolution, as in DCGAN (Radford, Metz & Chintala 2016), until
4 x 4 pixels are left; `width` is the number of channels of the first layer and doubles with every halving.
"""

import math

import torch
from torch import Tensor, nn

SMALLEST = 4
"""The side at which convolutions end and a linear layer begins."""

MOST = 8
"""The widest layer has this many times `width` channels."""


def _widths(side: int, width: int) -> list[int]:
    halvings = int(math.log2(side // SMALLEST))
    return [width * min(MOST, 2**level) for level in range(halvings)]


class PhotoEncoder(nn.Module):
    """B x 3 x side x side in [0, 1] -> B x num_outputs."""

    def __init__(self, *, side: int, width: int, num_outputs: int) -> None:
        super().__init__()
        widths = _widths(side, width)
        layers: list[nn.Module] = []
        for before, after in zip([3, *widths[:-1]], widths, strict=True):
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.SiLU()]
        self.convolutions = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1] * SMALLEST**2, num_outputs)

    def features(self, x_BCHW: Tensor) -> Tensor:
        """The last map, B x C x 4 x 4."""
        out: Tensor = self.convolutions(2 * x_BCHW - 1)
        return out

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """The outputs, float32."""
        out: Tensor = self.head(self.features(x_BCHW).flatten(1))
        return out.float()


class PhotoDecoder(nn.Module):
    """B x dim -> B x 3 x side x side, unbounded logits of the pixels' values."""

    def __init__(self, *, side: int, width: int, dim: int) -> None:
        super().__init__()
        widths = _widths(side, width)[::-1]
        self.widest = widths[0]
        self.stem = nn.Linear(dim, self.widest * SMALLEST**2)
        layers: list[nn.Module] = []
        for before, after in zip(widths, [*widths[1:], 3], strict=True):
            layers += [nn.SiLU(), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
        self.convolutions = nn.Sequential(*layers)

    def forward(self, z_BD: Tensor) -> Tensor:
        """The photo's pixels in [0, 1], float32."""
        map_BCHW = self.stem(z_BD).view(len(z_BD), self.widest, SMALLEST, SMALLEST)
        out: Tensor = self.convolutions(map_BCHW.to(memory_format=torch.channels_last))
        return out.float().sigmoid()
