"""Layers that several models share: pure functions of tensors, no weights of their own."""

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
