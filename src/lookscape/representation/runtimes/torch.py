"""torch: on a GPU in fp16, in batches of one fixed shape; on the CPU in fp32, photo by photo."""

from collections.abc import Iterable
from itertools import batched

import numpy as np
import torch

from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.representation.runtime import Export

_GPU_BATCH = 64


def supports(precision: str) -> bool:
    """cuda where there is a GPU, cpu everywhere."""
    return precision == "cpu" or (precision == "cuda" and torch.cuda.is_available())
