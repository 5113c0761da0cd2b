"""torch in fp32: on a GPU in batches of one fixed shape, on the CPU photo by photo."""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import torch

from lookscape.representation.inference.runtime import Export
from lookscape.representation.protocol import ImageU8, Vectors

SPEEDS = {"cuda": 10, "cpu": 50}
"""As benchmarks/embedding.py measures them, see ../runtime.py."""

_BATCH = {"cuda": 64, "cpu": 1}


def supports(precision: str) -> bool:
    """Whether this is cpu, or cuda and there is a GPU."""
    return precision == "cpu" or (precision == "cuda" and torch.cuda.is_available())


def compile_network(export: Export, *, precision: str, threads: int) -> "_Program":
    """Move the module to its device."""
    return _Program(export.module().to(precision), device=precision, batch=_BATCH[precision])


class _Program:
    def __init__(self, module: torch.nn.Module, *, device: str, batch: int) -> None:
        self._module, self._device, self._batch = module, device, batch

    def run(self, squares: Iterable[ImageU8]) -> Vectors:
        with torch.inference_mode():
            rows = [self._one(group) for group in _groups(iter(squares), self._batch)]
        return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)

    def _one(self, group: list[ImageU8]) -> Vectors:
        """A short group is filled up, so that the same kernels compute every photo."""
        filled = group + [group[-1]] * (self._batch - len(group))
        pixels_BHWC = torch.from_numpy(np.stack(filled)).to(self._device)
        return np.asarray(self._module(pixels_BHWC)[: len(group)].float().cpu().numpy(), np.float32)


def _groups(squares: Iterator[ImageU8], size: int) -> Iterator[list[ImageU8]]:
    while group := list(islice(squares, size)):
        yield group
