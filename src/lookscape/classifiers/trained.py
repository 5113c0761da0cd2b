"""A trained classifier on disk, opened again: chances of classes, features for a Space.

    classifiers/NAME/config.json weights.safetensors    the network, its classes, the temperature of its chances
    classifiers/NAME/predictions.parquet                what it said of the photos that it did not learn from
    classifiers/NAME/evaluations.jsonl trained.json           how it was trained

Chances are a softmax at the temperature that makes the validation photos likeliest, of the mean of the logits of a
photo and of its mirror image. It is an Encoder too, `classifier:NAME`, whose vectors are what its last layer sees: the
hidden layer of a network that was taught new classes ("transfer"). Weights load as tensors only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lookscape.classifiers.network import Classifier, Config
from lookscape.representation import checkpoint
from lookscape.representation.inference.runtime import DEFAULT_RUNTIME, Network, Runner, Runtime
from lookscape.representation.metrics.classes import softmax
from lookscape.representation.networks.blocks import FromBytes
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.representation.spaces.preprocess import square

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TrainedClassifier:
    """A classifier ready to use.

    `attribute` is what it tells, `classes` the values, `split` the split that it was trained by, `side` its input in
    pixels.
    """

    name: str
    attribute: str
    split: str
    classes: Sequence[str]
    side: int
    temperature: float
    mirrored: bool
    key: str
    network: Classifier
    runtime: Runtime = DEFAULT_RUNTIME

    default_metric = "cosine"

    @classmethod
    def open(cls, folder: Path, *, runtime: Runtime = DEFAULT_RUNTIME) -> "TrainedClassifier":
        """Raises NotFoundError when the folder holds no usable classifier."""
        saved = checkpoint.load(folder)
        about = saved.config
        network = Classifier(Config(**about["config"]), weights="none")
        network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in saved.tensors.items()})
        return cls(
            name=folder.name,
            attribute=about["attribute"],
            split=about["split"],
            classes=tuple(about["classes"]),
            side=about["side"],
            temperature=about["temperature"],
            mirrored=about["mirrored"],
            key=about["key"],
            network=network.eval().to(memory_format=torch.channels_last),
            runtime=runtime,
        )

    @property
    def dim(self) -> int:
        """D, the number of features that the last layer sees."""
        return int(self.network.head[-1].in_features)  # type: ignore[arg-type]

    def chances(self, photos: Iterable[ImageU8]) -> Matrix:
        """N x classes, rows sum to 1. Photos of any sizes."""
        return softmax(self._logits(self.encode(photos)), temperature=self.temperature)

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """N x D features, for a Space; the mean of a photo's and its mirror image's, if it was trained with those."""
        squares = (square(photo, side=self.side) for photo in photos)
        if not self.mirrored:
            return self._features(squares)
        both_2ND = self._features(side for photo in squares for side in (photo, photo[:, ::-1]))
        return np.asarray((both_2ND[::2] + both_2ND[1::2]) / 2, np.float32)

    def _logits(self, features_ND: Vectors) -> Vectors:
        weight_KD, bias_K = (tensor.detach().numpy() for tensor in self.network.head[-1].parameters())
        return np.asarray(features_ND @ weight_KD.T + bias_K, np.float32)

    @cached_property
    def _features(self) -> Runner:
        """The network up to its last layer, run by the fastest engine that agrees with torch."""
        return self.runtime.open(f"classifier {self.key} {self.side}", self._without_head)

    def _without_head(self) -> Network:
        identity = (0.0,) * 3, (1.0,) * 3
        module = FromBytes(_Features(self.network), mean=identity[0], std=identity[1]).eval()
        return Network(module=module, side=self.side, key=self.key)


class _Features(nn.Module):
    """What the last layer of a classifier sees, as a module's forward, for export."""

    def __init__(self, network: Classifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, x_BCHW: Tensor) -> Tensor:
        return self.network.features(x_BCHW)


def logits_of(network: Classifier, x_BCHW: Tensor, *, mirrored: bool) -> NDArray[np.float32]:
    """B x classes; with `mirrored` the mean of those of the photos and of their mirror images."""
    with torch.inference_mode():
        logits_BK = network.logits(x_BCHW)
        if mirrored:
            logits_BK = (logits_BK + network.logits(x_BCHW.flip(3))) / 2
    return logits_BK.float().cpu().numpy()
