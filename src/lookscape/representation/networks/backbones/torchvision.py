"""torchvision: the classification networks of the PyTorch project (https://pytorch.org/vision/stable/models.html).

Layers: `pooled`; `fc6` and `fc7`, the 4,096 outputs of the first and second fully connected layer of AlexNet and the
VGG networks, after their ReLU; or any module by its path, such as `layer3`. Weights come from the PyTorch site.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
import torchvision
from torch import nn

from lookscape.representation.networks.architecture import Architecture
from lookscape.representation.networks.blocks import Average

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_HEADS = ("fc", "classifier", "heads", "head")


def names() -> list[str]:
    """The networks there are."""
    return list(torchvision.models.list_models(module=torchvision.models))


def has(name: str) -> bool:
    """Whether torchvision knows the network."""
    return name in names()


def describe(name: str) -> Architecture:
    """Input, normalisation and weights of a network, without building it."""
    weights = torchvision.models.get_model_weights(name).DEFAULT
    preset = weights.transforms()
    return Architecture(
        name=f"torchvision/{name}",
        side=preset.crop_size[0],
        mean=tuple(preset.mean),
        std=tuple(preset.std),
        weights=f"torchvision/{name}.{weights.name}",
    )


def build(name: str, *, side: int) -> nn.Module:
    """The network with random weights."""
    options = {"init_weights": True} if name in {"googlenet", "inception_v3"} else {}
    network: nn.Module = torchvision.models.get_model(name, weights=None, **options)
    return network


def download(name: str, *, side: int) -> nn.Module:
    """The network with its published weights, read as tensors only. Needs the network."""
    weights = torchvision.models.get_model_weights(name).DEFAULT
    state = torch.hub.load_state_dict_from_url(weights.url, check_hash=True, weights_only=True)
    network = build(name, side=side)
    network.load_state_dict(state)
    return network


def shipped(name: str) -> Path | None:
    """No weights are installed with Lookscape."""
    return None


def headless(network: nn.Module) -> nn.Module:
    """The network ending at its global pool. AlexNet and VGG have none before their layers: theirs becomes 1 x 1."""
    head = next(name for name in _HEADS if hasattr(network, name))
    setattr(network, head, Average())
    if hasattr(network, "avgpool"):
        network.avgpool = nn.AdaptiveAvgPool2d(1)
    return network


def stages(network: nn.Module) -> Mapping[str, nn.Module]:
    """fc6 and fc7, where the network has them."""
    classifier = getattr(network, "classifier", None)
    if not isinstance(classifier, nn.Sequential):
        return {}
    after = [place + 1 for place, layer in enumerate(classifier) if isinstance(layer, nn.ReLU)]
    if len(after) != 2:
        return {}
    return {name: _cut(network, classifier[:end]) for name, end in zip(("fc6", "fc7"), after, strict=True)}


def _cut(network: nn.Module, classifier: nn.Sequential) -> nn.Module:
    features, avgpool = network.features, network.avgpool
    return nn.Sequential(features, avgpool, nn.Flatten(), classifier)  # type: ignore[arg-type]
