"""OpenVINO: Intel's engine, which compiles a network for the CPU at hand and computes in bf16 where it can.

It is imported by _silent_openvino.py, which keeps it from reporting its use.
"""

from collections.abc import Iterable

import numpy as np

from lookscape.representation.inference.runtime import Export
from lookscape.representation.inference.runtimes._silent_openvino import ov
from lookscape.representation.protocol import ImageU8, Vectors

SPEEDS = {"bf16": 20, "f32": 30}
"""As benchmarks/embedding.py measures them, see ../runtime.py."""

_WAITING = 8
"""Photos in hand for each stream, so that none waits for the next photo to be decoded."""


def supports(precision: str) -> bool:
    """bf16 only where the CPU has the instructions."""
    return precision == "f32" or (precision == "bf16" and "BF16" in _capabilities())


def machine() -> str:
    """The CPU and what it can do, as OpenVINO sees it."""
    return f"{ov.Core().get_property('CPU', 'FULL_DEVICE_NAME')} {' '.join(_capabilities())}"


def compile_network(export: Export, *, precision: str, threads: int) -> "_Program":
    """One stream for each thread."""
    core = ov.Core()
    options = {
        "INFERENCE_PRECISION_HINT": precision,
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,
    }
    return _Program(core.compile_model(core.read_model(export.onnx), "CPU", options), jobs=_WAITING * threads)


def _capabilities() -> list[str]:
    return [str(name) for name in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")]


class _Program:
    def __init__(self, compiled: ov.CompiledModel, *, jobs: int) -> None:
        self._rows: dict[int, Vectors] = {}
        self._queue = ov.AsyncInferQueue(compiled, jobs)
        self._queue.set_callback(self._take)

    def run(self, squares: Iterable[ImageU8]) -> Vectors:
        self._rows = {}
        try:
            for place, square in enumerate(squares):
                self._queue.start_async({0: square[None]}, place)
        finally:
            self._queue.wait_all()
        rows = [self._rows[place] for place in range(len(self._rows))]
        return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)

    def _take(self, request: ov.InferRequest, place: int) -> None:
        self._rows[place] = request.get_output_tensor(0).data.copy()
