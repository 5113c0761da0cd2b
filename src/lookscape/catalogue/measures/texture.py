"""How rough and how busy a product's surface is, away from its outline."""

from collections.abc import Mapping

import cv2
import numpy as np

from lookscape.catalogue.measuring import EXTENT, Subject

UNITS: Mapping[str, str] = {
    "texture.roughness": "mean distance of CIELAB L* from its local mean (Gaussian, 1 % of the longer side)",
    "texture.edges": "share of the area where CIELAB changes by more than 8 within 1 % of the longer side, 0 to 1",
}

_SIGMA = 0.01 * EXTENT
_EDGE = 8.0


def measure(subject: Subject) -> dict[str, float | str]:
    """Fine variation of lightness, and density of edges in colour."""
    light = np.ascontiguousarray(subject.lab[..., 0])
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), _SIGMA))
    step = round(_SIGMA)
    change = np.zeros(light.shape, np.float32)
    for axis in (0, 1):
        moved = subject.lab - np.roll(subject.lab, step, axis=axis)
        change = np.maximum(change, np.einsum("ijk,ijk->ij", moved, moved))
    return {
        "texture.roughness": float(fine[subject.inner].mean()),
        "texture.edges": float(np.mean(change[subject.inner] > _EDGE**2)),
    }
