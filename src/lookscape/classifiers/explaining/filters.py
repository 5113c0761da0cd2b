"""What the filters of a network are, and what they respond to.

The first layer's weights can be looked at as pictures. What a later channel stands for is shown by the photos that
drive it highest, cut out where they do (Zeiler & Fergus, "Visualizing and understanding convolutional networks", ECCV
2014; Girshick et al., "Rich feature hierarchies", CVPR 2014, section 3.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lookscape.classifiers.explaining.activations import capture_activations
from lookscape.classifiers.explaining.heat_map import layers
from lookscape.classifiers.network import ENCODER, Classifier
from lookscape.errors import NotFoundError, UnknownNameError
from lookscape.representation.latents.drawings import sheet
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.preprocess import square

TILE = 72
"""Side of a filter or a cut-out on a sheet, pixels."""

SMALLEST_SHARE = 0.2
"""A cut-out shows at least this share of the photo's side; layers that see more show more."""

PLACES_SEEN = 3
"""A cut-out is at least so many places of the layer's map wide."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """The highest value of a channel in one photo, and where: `down` and `right` in [0, 1] of the photo's sides."""

    photo: int
    value: float
    down: float
    right: float


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel and the photos that drive it highest, the highest first; `spread` is how much its highest values vary.

    `filter_HWC` is its filter as a picture, for a layer that sees the photo itself, else None.
    """

    number: int
    spread: float
    responses: tuple[Response, ...]
    filter_HWC: ImageU8 | None


def first_layer(network: Classifier, *, side: int) -> str:
    """The path of the first convolution, the one that sees the photo itself."""
    modules = dict(network.backbone.named_modules())
    return next(name for name in layers(network, side=side) if isinstance(modules[name], nn.Conv2d))


def channels_of(
    network: Classifier, photos: Iterable[ImageU8], *, side: int, layer: str, count: int, strongest: int
) -> list[Channel]:
    """The `count` channels whose highest value differs most between the photos, relative to its mean.

    `photos` are of any sizes; each channel names the `strongest` of them. Raises UnknownNameError for a layer that is
    not there or gives no map.
    """
    module = dict(network.backbone.named_modules()).get(layer)
    if module is None or layer not in (known := layers(network, side=side)):
        raise UnknownNameError("layer", layer, layers(network, side=side) if module is None else known)
    values_NC, places_NC, shape = _peaks(network, module, photos, side=side)
    spread_C = values_NC.std(axis=0) / np.maximum(np.abs(values_NC).mean(axis=0), np.finfo(np.float32).tiny)
    chosen = np.argsort(-spread_C, kind="stable")[:count]
    weights = _seen(network, module) if layer == first_layer(network, side=side) else None
    found = []
    for number in chosen:
        order = np.argsort(-values_NC[:, number], kind="stable")[:strongest]
        down_N, correct_N = np.unravel_index(places_NC[order, number], shape)
        responses = tuple(
            Response(
                photo=int(row),
                value=float(values_NC[row, number]),
                down=(float(down) + 0.5) / shape[0],
                right=(float(right) + 0.5) / shape[1],
            )
            for row, down, right in zip(order, down_N, correct_N, strict=True)
        )
        picture = None if weights is None else _picture(weights[number])
        found.append(
            Channel(number=int(number), spread=float(spread_C[number]), responses=responses, filter_HWC=picture)
        )
    return found


def map_side(network: Classifier, *, side: int, layer: str) -> int:
    """The number of places across a layer's map."""
    module = dict(network.backbone.named_modules())[layer]
    return _peaks(network, module, [np.zeros((side, side, 3), np.uint8)], side=side)[2][1]


def cut_out(photo: ImageU8, response: Response, *, side: int, places: int) -> ImageU8:
    """The part of a photo that a response comes from, TILE x TILE x 3; `places` is the number across the map."""
    seen = square(photo, side=side)
    width = round(side * min(1.0, max(SMALLEST_SHARE, PLACES_SEEN / places)))
    top = int(np.clip(round(response.down * side - width / 2), 0, side - width))
    left = int(np.clip(round(response.right * side - width / 2), 0, side - width))
    part = seen[top : top + width, left : left + width]
    return np.asarray(cv2.resize(part, (TILE, TILE), interpolation=cv2.INTER_AREA), np.uint8)


def filter_sheet(channels: Iterable[tuple[Channel, list[ImageU8]]]) -> ImageU8:
    """A row for each channel: its filter, if it is one that can be seen, then its cut-outs."""
    rows = [([] if channel.filter_HWC is None else [channel.filter_HWC]) + cut_outs for channel, cut_outs in channels]
    wide = max(map(len, rows))
    blank = np.full((TILE, TILE, 3), 255, np.uint8)
    return sheet([tile for row in rows for tile in [*row, *[blank] * (wide - len(row))]], wide=wide)


def _peaks(
    network: Classifier, module: nn.Module, photos: Iterable[ImageU8], *, side: int
) -> tuple[NDArray[np.float32], NDArray[np.intp], tuple[int, int]]:
    """N x C highest values and their flat places, and the map's height and width."""
    kept: list[Tensor] = []
    values, places, shape = [], [], (1, 1)
    with capture_activations(module, kept.append), torch.inference_mode():
        for photo in photos:
            pixels = np.ascontiguousarray(square(photo, side=side))
            network.eval().logits(torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255)
            map_CHW = kept[0][0].float()
            kept.clear()
            shape = (int(map_CHW.shape[1]), int(map_CHW.shape[2]))
            highest = map_CHW.flatten(1).max(dim=1)
            values.append(highest.values.numpy())
            places.append(highest.indices.numpy())
    if not values:
        raise NotFoundError("none of the photos can be read")
    return np.stack(values).astype(np.float32), np.stack(places).astype(np.intp), shape


def _seen(network: Classifier, first: nn.Module) -> Tensor:
    """The first layer's weights for light, K x 3 x H x W; the visual language's encoder is given ink, its opposite."""
    weights_KCHW: Tensor = first.weight  # type: ignore[assignment]
    return -weights_KCHW if network.config.backbone == ENCODER else weights_KCHW


def _picture(weights_CHW: Tensor) -> ImageU8:
    """A filter of 3 x h x w as a picture TILE x TILE x 3; grey is 0."""
    filter_HWC = weights_CHW.detach().permute(1, 2, 0).numpy()
    largest = max(float(np.abs(filter_HWC).max()), float(np.finfo(np.float32).tiny))
    small = np.rint(127.5 + 127.5 * filter_HWC / largest).astype(np.uint8)
    return np.asarray(cv2.resize(small, (TILE, TILE), interpolation=cv2.INTER_NEAREST), np.uint8)
