"""ONNX Runtime on the CPU, in fp32: one session, a thread for each photo in hand."""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import onnxruntime as ort

from lookscape.representation.inference.runtime import Export
from lookscape.representation.protocol import ImageU8, Vectors

SPEEDS = {"f32": 40}
"""As benchmarks/embedding.py measures them, see ../runtime.py."""


def supports(precision: str) -> bool:
    """fp32."""
    return precision == "f32"


def compile_network(export: Export, *, precision: str, threads: int) -> "_Program":
    """One photo on each thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return _Program(ort.InferenceSession(export.onnx, options, providers=["CPUExecutionProvider"]), threads=threads)


class _Program:
    def __init__(self, session: ort.InferenceSession, *, threads: int) -> None:
        self._session, self._threads = session, threads

    def run(self, squares: Iterable[ImageU8]) -> Vectors:
        rows: list[Vectors] = []
        waiting: deque[Future[Vectors]] = deque()
        with ThreadPoolExecutor(self._threads) as pool:
            for square in squares:
                waiting.append(pool.submit(self._one, square))
                if len(waiting) > 2 * self._threads:
                    rows.append(waiting.popleft().result())
            rows += [future.result() for future in waiting]
        return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)

    def _one(self, square: ImageU8) -> Vectors:
        return np.asarray(self._session.run(None, {"photo": square[None]})[0], np.float32)
