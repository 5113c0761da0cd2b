"""A torch module as ONNX, the form that OpenVINO and ONNX Runtime both read."""

import tempfile
import warnings
from pathlib import Path

import torch
from torch import nn

from lookscape.errors import LookscapeError


def to_onnx(module: nn.Module, *, side: int) -> bytes:
    """For one uint8 photo of side x side x 3. Raises LookscapeError for a module that cannot be traced."""
    photo = torch.zeros(1, side, side, 3, dtype=torch.uint8)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The tracing exporter is deprecated in favour of one that needs a package of its own and gives the same file.
        warnings.simplefilter("ignore")
        path = Path(folder, "network.onnx")
        try:
            torch.onnx.export(module, (photo,), path, dynamo=False, input_names=["photo"], output_names=["vector"])
        except (torch.onnx.errors.OnnxExporterError, RuntimeError) as error:
            raise LookscapeError(f"this network cannot be exported to ONNX: {error}") from error
        return path.read_bytes()
