"""A network by name, with its weights, cut at named layers.

A name is `timm/NAME`, `torchvision/NAME` (a colon does as well) or a bare NAME, which is looked for in timm first, then
in torchvision; the layers fc6 and fc7 are torchvision's. Weights are "default" (those installed with Lookscape, else
the published ones, downloaded), "none" (random, seed 0) or a file of safetensors with the network's own tensor names.
"""

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

from lookscape import parts
from lookscape.errors import UnavailableError, UnknownNameError, UsageError
from lookscape.representation.networks.architecture import Architecture
from lookscape.representation.networks.blocks import Average
from lookscape.representation.networks.weights import chosen_weights, file_digest, weights_file

LIBRARIES = "lookscape.representation.networks.backbones"

WELL_KNOWN = ("timm/tf_efficientnet_lite0", "timm/resnet50", "timm/convnext_tiny", "torchvision/vgg16", "any timm name")


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network and where it comes from; `weights` identifies its tensors."""

    architecture: Architecture
    weights: str
    side: int
    network: nn.Module
    library: ModuleType


def open_backbone(name: str, *, weights: str = "default", side: int | None = None, layer: str = "pooled") -> Backbone:
    """Find, build and load. `side` is the input in pixels, the network's usual one by default.

    Raises UnknownNameError, UsageError when the weights do not fit, UnavailableError when they cannot be downloaded.
    """
    library, short = _find(name, prefer="torchvision" if layer in {"fc6", "fc7"} else "timm")
    architecture: Architecture = library.describe(short)
    pixels = side or architecture.side
    shipped = library.shipped(short)
    identity = chosen_weights(weights) or (file_digest(shipped) if shipped else architecture.weights)
    network = _network(library, short, weights=weights, side=pixels)
    return Backbone(architecture=architecture, weights=identity, side=pixels, network=network.eval(), library=library)


def network_key(backbone: Backbone, *parts: str) -> str:
    """A short hash of all that decides what a network computes: its weights, input, normalisation and `parts`."""
    look = backbone.architecture
    text = json.dumps([look.name, backbone.weights, backbone.side, look.mean, look.std, *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cut(backbone: Backbone, layers: Sequence[str]) -> nn.Module:
    """The network that gives these layers' outputs as a tuple, in order, and computes nothing beyond them.

    Raises UnknownNameError for a layer that is not there.
    """
    from timm.models import create_feature_extractor

    network = backbone.network
    modules = dict(network.named_modules())
    for layer in layers:
        if layer not in modules:
            raise UnknownNameError("layer", layer, _layers(backbone))
    return _Outputs(create_feature_extractor(network, list(layers)), layers)


def vector(backbone: Backbone, layer: str) -> nn.Module:
    """The network that gives one vector a photo: `pooled`, a stage, or any module's output averaged over the photo.

    Raises UnknownNameError for a layer that is not there.
    """
    if layer == "pooled":
        headless: nn.Module = backbone.library.headless(backbone.network)
        return headless
    stages = backbone.library.stages(backbone.network)
    if layer in stages:
        return nn.Sequential(stages[layer], Average())
    return nn.Sequential(cut(backbone, [layer]), _First(), Average())


class _Outputs(nn.Module):
    def __init__(self, extractor: nn.Module, layers: Sequence[str]) -> None:
        super().__init__()
        self.extractor, self.layers = extractor, tuple(layers)

    def forward(self, x_BCHW: Tensor) -> tuple[Tensor, ...]:
        outputs = self.extractor(x_BCHW)
        return tuple(outputs[layer] for layer in self.layers)


class _First(nn.Module):
    def forward(self, outputs: tuple[Tensor, ...]) -> Tensor:
        return outputs[0]


def _layers(backbone: Backbone) -> list[str]:
    """The layers to offer: the named ones, then the network's own first level."""
    children = [name for name, _ in backbone.network.named_children()]
    return ["pooled", *backbone.library.stages(backbone.network), *children]


def _find(name: str, *, prefer: str) -> tuple[ModuleType, str]:
    prefix, separator, rest = name.replace(":", "/", 1).partition("/")
    if separator and prefix in parts.names(LIBRARIES):
        candidates, short = [prefix], rest
    else:
        candidates, short = sorted(parts.names(LIBRARIES), key=lambda library: library != prefer), name
    libraries = [parts.load(LIBRARIES, candidate) for candidate in candidates]
    for library in libraries:
        if library.has(short):
            return library, short
    known = [network for library in libraries for network in library.names()]
    raise UnknownNameError("backbone", name, difflib.get_close_matches(short, known, n=3) or WELL_KNOWN)


def _network(library: ModuleType, short: str, *, weights: str, side: int) -> nn.Module:
    shipped = library.shipped(short) if weights == "default" else None
    if weights == "default" and shipped is None:
        return _download(library, short, side=side)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network: nn.Module = library.build(short, side=side)
    if shipped is not None:
        _load_in_order(network, shipped)
    elif weights != "none":
        _load_by_name(network, weights_file(weights))
    return network


def _download(library: ModuleType, short: str, *, side: int) -> nn.Module:
    try:
        network: nn.Module = library.download(short, side=side)
    except Exception as error:  # hub clients raise the errors of four libraries, and any of them means the same here
        raise UnavailableError(
            f"the weights of {short} could not be downloaded ({type(error).__name__}); connect to the network, "
            "or give weights=FILE.safetensors, or weights=none for random ones"
        ) from error
    return network


def _load_in_order(network: nn.Module, path: Path) -> None:
    """Copy tensors that stand in the network's own order under other names, as the shipped weights do."""
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    names = network.state_dict().keys()
    network.load_state_dict(dict(zip(names, tensors.values(), strict=True)))


def _load_by_name(network: nn.Module, path: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"the weights {path} do not fit this network: {reason}") from error
