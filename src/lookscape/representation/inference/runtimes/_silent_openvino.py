"""OpenVINO, imported so that it reports nothing.

`import openvino` sends a usage event to its makers by itself, unless the package openvino_telemetry cannot be imported:
then it uses a stand-in of its own that does nothing. So the package is hidden first.
"""

import sys

if "openvino" not in sys.modules:
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment] # what Python documents for hiding a module

import openvino as ov

__all__ = ["ov"]
