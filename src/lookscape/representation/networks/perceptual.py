"""A distance between photos as a network sees them, with a gradient: what a decoder can be trained on.

LPIPS without its fitted weights, as in metrics/perceptual.py (Zhang, Isola, Efros, Shechtman & Wang, CVPR 2018): at
every place of every map the channels are scaled to length 1; squared differences are summed over channels and averaged
over places and maps. 0 for equal photos, at most 2 for maps that are nowhere negative, at most 4 for any.

`photo_distance` looks with the early stages of EfficientNet-Lite0, whose weights are installed with Lookscape: edges,
stripes and textures, at 1/2, 1/4 and 1/8 of the photo's side. The network is no part of any model, so it is in no
checkpoint; it is loaded once for each device.
"""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

BACKBONE = "timm/tf_efficientnet_lite0"
STAGES = ("blocks.0", "blocks.1", "blocks.2")

EPSILON = 1e-6
"""Added to squared lengths: where nothing is active the direction is 0 and has a gradient."""


def maps_distance(maps: Sequence[Tensor], *, others: Sequence[Tensor]) -> Tensor:
    """B distances between the maps of two batches: for each stage a B x C x H x W tensor on both sides."""
    stages = [_stage_distance(one, other) for one, other in zip(maps, others, strict=True)]
    return torch.stack(stages).mean(0)


def photo_distance(x_BCHW: Tensor, *, other_BCHW: Tensor) -> Tensor:
    """B distances between photos in [0, 1], with a gradient to both."""
    stages = pretrained_stages(x_BCHW.device)
    return maps_distance(stages(x_BCHW), others=stages(other_BCHW))


@functools.cache
def pretrained_stages(device: torch.device) -> nn.Module:
    """The frozen network: photos in [0, 1] -> the tuple of its early maps."""
    from lookscape.representation.networks.backbone import cut, open_backbone

    backbone = open_backbone(BACKBONE)
    look = backbone.architecture
    stages = _Normalised(cut(backbone, STAGES), mean=look.mean, std=look.std)
    stages.eval().requires_grad_(requires_grad=False)
    return stages.to(device).to(memory_format=torch.channels_last)


class _Normalised(nn.Module):
    def __init__(self, network: nn.Module, *, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, x_BCHW: Tensor) -> tuple[Tensor, ...]:
        maps: tuple[Tensor, ...] = self.network((x_BCHW - self.mean) / self.std)
        return maps


def _stage_distance(one_BCHW: Tensor, other_BCHW: Tensor) -> Tensor:
    return (_directions(one_BCHW) - _directions(other_BCHW)).square().sum(1).mean((1, 2))


def _directions(map_BCHW: Tensor) -> Tensor:
    """Channels scaled to length 1, in float32 whatever the network computed in."""
    map_BCHW = map_BCHW.float()
    return map_BCHW * (map_BCHW.square().sum(1, keepdim=True) + EPSILON).rsqrt()
