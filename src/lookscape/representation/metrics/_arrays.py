"""The arrays that every measure takes and gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Measured values of any floating-point type, usually N x D: float32 as a Space holds them, float64 as drawn here."""

Matrix = NDArray[np.float64]
"""Computed values."""

Mask = NDArray[np.bool_]
"""Which items (N) or latents (D)."""
