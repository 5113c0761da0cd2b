"""What a person may write for `weights`, and how weights are told apart."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from lookscape.errors import UsageError


def weights_file(weights: str) -> Path:
    """The file a person named. Raises UsageError when it is not there or not safetensors."""
    path = Path(weights)
    if path.suffix != ".safetensors" or not path.is_file():
        raise UsageError(f"weights={weights}: write default, none or the path of a .safetensors file")
    return path


def chosen_weights(weights: str) -> str | None:
    """What identifies weights that a person chose; None for the default ones. Raises UsageError for a missing file."""
    if weights == "default":
        return None
    return "random-0" if weights == "none" else file_digest(weights_file(weights))


def file_digest(path: Path) -> str:
    """The beginning of a file's SHA-256."""
    with path.open("rb") as file:
        return "sha256-" + hashlib.file_digest(file, "sha256").hexdigest()[:16]


def network_identity(model: str, fields: Mapping[str, object]) -> str:
    """What tells apart the networks that a model builds: its name, its settings and the weights a person chose."""
    return json.dumps([model, fields, chosen_weights(str(fields["weights"]))], sort_keys=True, default=str)
