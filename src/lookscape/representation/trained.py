"""A model trained on this catalogue, ready for use: photos into mean codes, codes into photos.

Codes are computed by the fastest engine that agrees with torch (runtime.py), one photo at a time; decoding is torch.
"""

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.errors import NotFoundError
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.preprocess import square
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.representation.runtime import DEFAULT_RUNTIME, Network, Runtime

if TYPE_CHECKING:
    from lookscape.representation.codec import Codec

MODELS = "lookscape.representation.models"
DECODE_AT_ONCE = 64


def is_trained(folder: Path) -> bool:
    """Whether a model's folder holds one that was trained, rather than what another model learned from the catalogue."""
    try:
        return "model" in json.loads((folder / checkpoint.CONFIG).read_bytes())
    except (OSError, ValueError):
        return False


def build_model(name: str, options: dict[str, Any]) -> "Codec":
    """An untrained model of models/. Raises UnknownNameError and pydantic's ValidationError."""
    part = parts.load(MODELS, name)
    model: Codec = part.create(part.Config(**options))
    return model


class Trained:
    """Encoder and Decoder over one checkpoint; compared by Euclidean distance."""

    default_metric = "l2"

    def __init__(self, saved: Checkpoint, *, runtime: Runtime = DEFAULT_RUNTIME) -> None:
        self.config = saved.config
        self._saved, self._decoder, self._loading = saved, None, threading.Lock()
        self.dim, self.side = int(saved.config["options"]["latents"]), int(saved.config["options"]["side"])
        self.key = _key(saved)
        self._run = runtime.open(f"trained {self.key}", self._network)

    @classmethod
    def open(cls, folder: Path, *, runtime: Runtime = DEFAULT_RUNTIME) -> "Trained":
        """The model in a folder. Raises NotFoundError when there is none that was trained."""
        saved = checkpoint.load(folder)
        if "model" not in saved.config:
            raise NotFoundError(f"{folder} holds no trained model; run: lookscape train RECIPE")
        return cls(saved, runtime=runtime)

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """B x D: the means of the photos' codes."""
        return self._run(square(photo, side=self.side) for photo in photos)

    def decode(self, vectors: Vectors) -> NDArray[np.uint8]:
        """N x side x side x 3."""
        import torch

        from lookscape.representation.codec import to_bytes

        decoder = self.torch_model()
        z_ND = torch.from_numpy(np.array(vectors, np.float32).reshape(-1, self.dim))
        with torch.inference_mode():
            photos = [to_bytes(decoder.decode(z_BD)) for z_BD in z_ND.split(DECODE_AT_ONCE)]
        return np.concatenate(photos) if len(vectors) else np.empty((0, self.side, self.side, 3), np.uint8)

    def torch_model(self) -> "Codec":
        """The torch module with its weights, built once."""
        with self._loading:
            if self._decoder is None:
                self._decoder = load_model(self._saved)
            return self._decoder

    def _network(self) -> Network:
        from lookscape.representation.codec import MeanCodes

        return Network(module=MeanCodes(self.torch_model()).eval(), side=self.side, key=self.key)


def load_model(saved: Checkpoint) -> "Codec":
    """The torch module that a checkpoint describes, with its weights."""
    from lookscape.representation.training_state import load_tensors

    model = build_model(saved.config["model"], saved.config["options"])
    load_tensors(model, saved.tensors)
    return model.eval()


def _key(saved: Checkpoint) -> str:
    digest = hashlib.sha256(json.dumps([saved.config["model"], saved.config["options"]], sort_keys=True).encode())
    for name in sorted(saved.tensors):
        digest.update(name.encode() + saved.tensors[name].tobytes())
    return digest.hexdigest()[:16]
