"""A model's learned tensors on disk: config.json and weights.safetensors, written atomically, never pickled.

config.json is written last and holds the SHA-256 of the weights it belongs to, so that a run killed between the two
files leaves a pair that `load` refuses, and the work is done again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lookscape.errors import NotFoundError
from lookscape.files import write_atomically
from lookscape.representation.protocol import Tensors

CONFIG = "config.json"
WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a model's folder holds."""

    config: Mapping[str, Any]
    tensors: Tensors


def save(folder: Path, saved: Checkpoint) -> None:
    """Write both files; `config` must be JSON."""
    from safetensors.numpy import save as to_bytes

    weights = to_bytes({name: np.ascontiguousarray(array) for name, array in saved.tensors.items()})
    config = {**saved.config, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / WEIGHTS, weights)
    write_atomically(folder / CONFIG, json.dumps(config, indent=2, sort_keys=True).encode())


def load(folder: Path) -> Checkpoint:
    """Read both files. Raises NotFoundError when they are missing, damaged or not of one save."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    try:
        config = json.loads((folder / CONFIG).read_bytes())
        weights = (folder / WEIGHTS).read_bytes()
        if config.pop("weights_sha256") != hashlib.sha256(weights).hexdigest():
            raise NotFoundError(f"{folder} contains weights of another save; fit or train the model again")
        return Checkpoint(config=config, tensors=from_bytes(weights))
    except (OSError, ValueError, KeyError, AttributeError, SafetensorError) as error:
        raise NotFoundError(
            f"{folder} contains no usable checkpoint ({error}); fit or train the model again"
        ) from error
