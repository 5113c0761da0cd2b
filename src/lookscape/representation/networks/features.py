"""The two views of a photo that judge a model: a pretrained network's maps, and its pooled features.

`Stages` gives the feature maps that `metrics.perceptual` compares: the five stages of EfficientNet-Lite0, from edges to
parts, at the side that the photos have. `Pooled` gives what `metrics.frechet` compares: the vectors of the model
`pretrained`, at its own side. Both say in `name` what they are, so that a figure can say what it was measured in.

A model that was trained on the early stages (perceptual.py) has seen a part of what `Stages` judges by.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.metrics.perceptual import Maps, PerceptualDistance, perceptual_distance
from lookscape.representation.protocol import Encoder, Vectors

if TYPE_CHECKING:
    from torch import nn

BACKBONE = "timm/tf_efficientnet_lite0"
STAGES = ("blocks.0", "blocks.1", "blocks.2", "blocks.4", "blocks.6")
"""The last layer before each halving of the maps: 1/2, 1/4, 1/8, 1/16 and 1/32 of the photo's side."""

BATCH = 32

Photos = NDArray[Any]
"""N x side x side x 3, uint8 in 0 to 255 or floating point in [0, 1]."""


class Stages:
    """The stages of the pretrained network. The network is loaded when first asked."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.name = f"{BACKBONE.partition('/')[2]}, 5 stages, {side} px"

    def __call__(self, photos_NHWC: Photos) -> list[Maps]:
        """For each stage N x C x H x W float32."""
        batches = list(self._batches(photos_NHWC))
        return [np.concatenate(stage) for stage in zip(*batches, strict=True)]

    def distance(self, photos_NHWC: Photos, *, others_NHWC: Photos) -> PerceptualDistance:
        """Between photo n and photo n of the others, a batch at a time."""
        values = []
        for start in range(0, len(photos_NHWC), BATCH):
            one, other = (self(side[start : start + BATCH]) for side in (photos_NHWC, others_NHWC))
            values.append(perceptual_distance(one, others=other, features=self.name).values_N)
        return PerceptualDistance(values_N=np.concatenate(values), features=self.name, num_stages=len(STAGES))

    def steps(self, frames_FHWC: Photos) -> NDArray[np.float64]:
        """F - 1 distances between neighbouring frames of a path, growing in proportion to a small change."""
        maps = self(frames_FHWC)
        before, after = [stage[:-1] for stage in maps], [stage[1:] for stage in maps]
        return perceptual_distance(before, others=after, features=self.name).roots

    def _batches(self, photos_NHWC: Photos) -> Iterator[list[Maps]]:
        import torch

        with torch.inference_mode():
            for start in range(0, len(photos_NHWC), BATCH):
                maps = self._network(torch.from_numpy(_bytes_as_float(photos_NHWC[start : start + BATCH])))
                yield [stage.numpy() for stage in maps]

    @cached_property
    def _network(self) -> "nn.Module":
        from lookscape.representation.networks.backbone import cut, open_backbone
        from lookscape.representation.networks.blocks import FromBytes

        backbone = open_backbone(BACKBONE)
        look = backbone.architecture
        return FromBytes(cut(backbone, STAGES), mean=look.mean, std=look.std).eval()


class Pooled:
    """The pooled vectors of the model `pretrained`, which is passed in opened."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.key = encoder, encoder.key
        self.name = f"{BACKBONE.partition('/')[2]}, pooled ({encoder.dim} numbers), {encoder.side} px"

    def __call__(self, photos_NHWC: Photos | Sequence[Photos]) -> Vectors:
        """N x D float32, from photos in uint8."""
        return self._encoder.encode(iter(photos_NHWC))


def _bytes_as_float(photos_NHWC: Photos) -> NDArray[np.float32]:
    """0 to 255 in floating point, not rounded."""
    scale = 1.0 if photos_NHWC.dtype == np.uint8 else 255.0
    return np.ascontiguousarray(photos_NHWC, np.float32) * np.float32(scale)
