"""What a method of saliency/ gets and gives: a classifier's maps at one layer, and of them a map over the photo.

    TITLE = "Grad-CAM"                       as a heading
    WHAT = "How much ..."                    one sentence for people
    explain(looked: Looked) -> Tensor        B x h x w, not scaled; larger where it speaks for the class

`open_layer` finds a layer by its path in the backbone; without one, the last that still gives a map. `heat_maps` does
the rest: one map a photo in [0, 1] at the photo's own size.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lookscape import parts
from lookscape.classifiers.explaining.activations import capture_activations
from lookscape.classifiers.network import Classifier
from lookscape.errors import UnknownNameError
from lookscape.representation.protocol import ImageU8

METHODS = "lookscape.classifiers.saliency"


@dataclass(frozen=True, kw_only=True)
class SaliencyInput:
    """Photos, the classes asked about, and the layer.

    `score` gives B logits of these classes for any photos of the same shape; `maps_BCHW` is the layer's output on
    `x_BCHW`, and gradients of `score_B`, the logits on `x_BCHW`, reach it.
    """

    x_BCHW: Tensor
    target_B: Tensor
    maps_BCHW: Tensor
    score_B: Tensor
    logits: Callable[[Tensor], Tensor]


def layers(network: Classifier, *, side: int) -> list[str]:
    """Paths of the backbone's modules that give a map of the photo, in the order in which they are computed."""
    found: list[str] = []
    with ExitStack() as stack:
        for name, module in network.backbone.named_modules():
            if name:
                stack.enter_context(capture_activations(module, _noting(found, name)))
        with torch.no_grad():
            network.eval().logits(torch.zeros(1, 3, side, side))
    return found


def heat_maps(network: Classifier, x_BCHW: Tensor, target_B: Tensor, *, method: str, layer: str) -> Tensor:
    """B x H x W in [0, 1], the highest value 1 unless nothing speaks for the class.

    Raises UnknownNameError for a method or a layer that is not there.
    """
    part: ModuleType = parts.load(METHODS, method)
    module = dict(network.backbone.named_modules()).get(layer) if layer else None
    if module is None:
        raise UnknownNameError("layer", layer, layers(network, side=x_BCHW.shape[-1]))
    network.eval()
    kept: list[Tensor] = []
    with capture_activations(module, kept.append, batch=len(x_BCHW)), torch.enable_grad():
        logits_BK = network.logits(x_BCHW.detach().requires_grad_())
    if not kept:
        raise UnknownNameError("layer", layer, layers(network, side=x_BCHW.shape[-1]))
    inputs = SaliencyInput(
        x_BCHW=x_BCHW,
        target_B=target_B,
        maps_BCHW=kept[0],
        score_B=logits_BK.gather(1, target_B[:, None])[:, 0],
        logits=network.logits,
    )
    coarse_Bhw: Tensor = part.explain(inputs).detach().float()
    return _scaled(coarse_Bhw, height=x_BCHW.shape[-2], width=x_BCHW.shape[-1])


def maps_over(network: Classifier, photos_NHWC: ImageU8, *, code: int, method: str, layer: str) -> NDArray[np.float32]:
    """`heat_maps` of photos of one size for one class: N x H x W."""
    x_NCHW = torch.from_numpy(photos_NHWC).permute(0, 3, 1, 2).float() / 255
    target_N = torch.full((len(photos_NHWC),), code)
    maps_NHW: NDArray[np.float32] = heat_maps(network, x_NCHW, target_N, method=method, layer=layer).numpy()
    return maps_NHW


def gradient_of_maps(inputs: SaliencyInput) -> Tensor:
    """How the logits change with the layer's output, of the shape of the maps."""
    (gradient_BCHW,) = torch.autograd.grad(inputs.score_B.sum(), inputs.maps_BCHW, retain_graph=True)
    return gradient_BCHW


def _scaled(coarse_Bhw: Tensor, *, height: int, width: int) -> Tensor:
    positive = coarse_Bhw.clamp(min=0)[:, None]
    large_BHW = functional.interpolate(positive, size=(height, width), mode="bilinear", align_corners=False)[:, 0]
    highest = large_BHW.flatten(1).amax(1)[:, None, None]
    return torch.where(highest > 0, large_BHW / highest.clamp(min=torch.finfo(torch.float32).tiny), large_BHW)


def _noting(found: list[str], name: str) -> Callable[[Tensor], None]:
    return lambda _map_BCHW: found.append(name)
