"""A trained model opened for use: photos into latents and latents into photos.

A model that was trained on a catalogue lives in `models/NAME/`: config.json says which model file and Config it is,
weights.safetensors holds its tensors, and a mixture fitted to its latents may stand beside them. People name it
`trained:NAME`.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.errors import ConflictError, NotFoundError, UsageError
from lookscape.representation import checkpoint
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.representation.spaces.preprocess import square

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from lookscape.representation.trainable import Trainable

MODELS = "lookscape.representation.models"
BATCH = 32
"""Photos in a batch; always this many, so that a photo's latents do not depend on how many came with it."""


FEW = 128
"""Up to so many latents are decoded on one core. Somebody waits for them, and where other work (a training, say) fills
the cores, threads that wait for each other took 200 ms for one photo where one thread takes 2.5."""


@dataclass(frozen=True, kw_only=True)
class Latents:
    """Where photos lie: means and variances, N x D float32; variances are 0 for a model that gives points."""

    means_ND: Vectors
    variances_ND: Vectors


class Codec:
    """An Encoder that can also decode. Safe to call from several threads."""

    default_metric = "l2"

    def __init__(self, model: "Trainable", *, name: str, kind: str, recipe: str, key: str) -> None:
        self.name, self.kind, self.recipe, self.key = name, kind, recipe, key
        self.dim, self.side = model.dim, model.side
        self._model, self._turn = model.eval(), threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, name: str | None = None) -> "Codec":
        """Read `models/NAME/`.

        Raises NotFoundError when no finished model is there, ConflictError when its networks are of another version.
        """
        import torch

        try:
            saved = checkpoint.load(folder)
        except NotFoundError:
            saved = checkpoint.load(folder)  # a model that was trained again took its place while we were reading
        try:
            kind, config = str(saved.config["model"]), dict(saved.config["config"])
        except KeyError as error:
            raise NotFoundError(f"{folder} contains no trained model; run: lookscape train RECIPE") from error
        part = parts.load(MODELS, kind)
        try:
            model: Trainable = part.Model(part.Config(**config))
            model.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in saved.tensors.items()})
        except (RuntimeError, ValueError) as error:
            raise ConflictError(f"{folder.name!r} is of an older {kind}; run: lookscape train again") from error
        return cls(
            model,
            name=name or folder.name,
            kind=kind,
            recipe=str(saved.config["recipe"]),
            key=str(saved.config["key"]),
        )

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """Photos of any sizes -> B x D, the means of their posteriors."""
        return self.latents(photos).means_ND

    def latents(self, photos: Iterable[ImageU8]) -> Latents:
        """Photos of any sizes -> means and variances."""
        means, variances = [np.empty((0, self.dim), np.float32)], [np.empty((0, self.dim), np.float32)]
        for x_BCHW, count in self._batches(photos):
            with self._turn, _inference():
                posterior = self._model.posterior(x_BCHW)
                mean_BD, log_variance_BD = posterior.mean_BD, posterior.log_variance_BD
                variance_BD = mean_BD.new_zeros(mean_BD.shape) if log_variance_BD is None else log_variance_BD.exp()
            means.append(mean_BD[:count].numpy())
            variances.append(variance_BD[:count].numpy())
        return Latents(means_ND=np.concatenate(means), variances_ND=np.concatenate(variances))

    def decode(self, latents_ND: Vectors) -> ImageU8:
        """Latents -> photos, uint8 N x side x side x 3. Raises UsageError for another number of dimensions."""
        return np.asarray(np.rint(self.decode_unit(latents_ND) * 255), np.uint8)

    def decode_unit(self, latents_ND: Vectors) -> NDArray[np.float32]:
        """The same in [0, 1], not rounded, for whoever compares photos that differ by less than a grey level."""
        import torch

        if latents_ND.ndim != 2 or latents_ND.shape[1] != self.dim:
            raise UsageError(f"{self.name} has {self.dim} latents, not {latents_ND.shape[-1]}")
        photos = [np.empty((0, self.side, self.side, 3), np.float32)]
        for start in range(0, len(latents_ND), BATCH):
            z_BD = torch.from_numpy(np.ascontiguousarray(latents_ND[start : start + BATCH], np.float32))
            with self._turn, _inference(), _threads(1 if len(latents_ND) <= FEW else None):
                x_BCHW = self._model.decode(z_BD)
            photos.append(x_BCHW.clamp(0, 1).permute(0, 2, 3, 1).contiguous().numpy())
        return np.concatenate(photos)

    def tensors(self) -> "dict[str, Tensor]":
        """A copy of the model's tensors by name."""
        return {name: tensor.detach().clone() for name, tensor in self._model.state_dict().items()}

    def _batches(self, photos: Iterable[ImageU8]) -> "Iterator[tuple[Tensor, int]]":
        """Full batches, the last one padded, and how many of each are real."""
        rest = iter(photos)
        while chunk := list(islice(rest, BATCH)):
            pixels_BHWC = np.zeros((BATCH, self.side, self.side, 3), np.uint8)
            for row, photo in enumerate(chunk):
                pixels_BHWC[row] = square(photo, side=self.side)
            yield to_unit(pixels_BHWC), len(chunk)


def to_unit(pixels_BHWC: ImageU8) -> "Tensor":
    """uint8 B x H x W x 3 -> float32 B x 3 x H x W in [0, 1], channels last in memory."""
    import torch

    return torch.from_numpy(pixels_BHWC).permute(0, 3, 1, 2).float().div_(255)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Let torch compute with so many threads; with as many as it has when None."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _inference() -> "torch.inference_mode":
    import torch

    return torch.inference_mode()
