"""A trained classifier on disk, opened again: chances of classes, features for a Space.

    classifiers/NAME/config.json weights.safetensors    the network, its classes, the temperature of its chances
    classifiers/NAME/predictions.parquet                what it said of the photos that it did not learn from
    classifiers/NAME/looks.jsonl trained.json           how it was trained

Chances are a softmax at the temperature that makes the validation photos likeliest, of the mean of the logits of a
photo and of its mirror image. Weights load as tensors only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lookscape.representation import checkpoint
from lookscape.representation.classifier import Classifier, Config
from lookscape.representation.metrics.classes import softmax
from lookscape.representation.preprocess import square
from lookscape.representation.protocol import ImageU8, Vectors

FOLDER = "classifiers"
BATCH = 32

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Classified:
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

    default_metric = "cosine"

    @classmethod
    def open(cls, folder: Path) -> "Classified":
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
        )

    @property
    def dim(self) -> int:
        """D, the number of features that the last layer sees."""
        return int(self.network.head[-1].in_features)  # type: ignore[arg-type]

    def chances(self, photos: Iterable[ImageU8]) -> Matrix:
        """N x classes, rows sum to 1. Photos of any sizes."""
        found = [logits_of(self.network, x_BCHW, mirrored=self.mirrored) for x_BCHW in self._batches(photos)]
        logits_NK = np.concatenate(found) if found else np.empty((0, len(self.classes)), np.float32)
        return softmax(logits_NK, temperature=self.temperature)

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """N x D features, for a Space; compared by cosine."""
        with torch.inference_mode():
            found = [self.network.features(x_BCHW).float().numpy() for x_BCHW in self._batches(photos)]
        return np.concatenate(found) if found else np.empty((0, self.dim), np.float32)

    def _batches(self, photos: Iterable[ImageU8]) -> Iterator[Tensor]:
        squares = (square(photo, side=self.side) for photo in photos)
        while chunk := list(islice(squares, BATCH)):
            yield torch.from_numpy(np.stack(chunk)).permute(0, 3, 1, 2).float().div_(255)


def logits_of(network: Classifier, x_BCHW: Tensor, *, mirrored: bool) -> NDArray[np.float32]:
    """B x classes; with `mirrored` the mean of those of the photos and of their mirror images."""
    with torch.inference_mode():
        logits_BK = network.logits(x_BCHW)
        if mirrored:
            logits_BK = (logits_BK + network.logits(x_BCHW.flip(3))) / 2
    return logits_BK.float().cpu().numpy()


def classifier_names(folder: Path) -> list[str]:
    """The classifiers trained on a catalogue, by name; those that are still being trained are not among them."""
    return sorted(path.parent.name for path in (folder / FOLDER).glob(f"[!.]*/{checkpoint.CONFIG}"))
