"""How different two colours look: CIEDE2000.

Formulas and numbering of steps after Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation
notes, supplementary test data, and mathematical observations" (Color Research and Application 30:21, 2005).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_POWER = 25.0**7


def ciede2000(first: ArrayLike, second: ArrayLike) -> Floats:
    """Difference of CIELAB colours (..., 3), broadcast; about 1 is just visible, kL = kC = kH = 1."""
    lab1, lab2 = np.asarray(first, np.float64), np.asarray(second, np.float64)
    chroma = (np.hypot(lab1[..., 1], lab1[..., 2]) + np.hypot(lab2[..., 1], lab2[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + _POWER))
    c1, h1 = _polar(stretch * lab1[..., 1], lab1[..., 2])
    c2, h2 = _polar(stretch * lab2[..., 1], lab2[..., 2])
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    d_light, d_chroma = lab2[..., 0] - lab1[..., 0], c2 - c1
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    light, chroma = (lab1[..., 0] + lab2[..., 0]) / 2, (c1 + c2) / 2
    hue = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2) % 360
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma = 1 + 0.045 * chroma
    s_hue = 1 + 0.015 * chroma * _hue_weight(hue)
    x, y, z = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    return np.asarray(np.sqrt(x * x + y * y + z * z + _rotation(hue, chroma) * y * z), np.float64)


def _polar(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Chroma, and hue in degrees from 0 to 360."""
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _hue_weight(hue: Floats) -> Floats:
    terms = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    return np.asarray(1 + sum(weight * np.cos(np.radians(k * hue + phase)) for weight, k, phase in terms), np.float64)


def _rotation(hue: Floats, chroma: Floats) -> Floats:
    """R_T: hue and chroma differences of blues are not independent."""
    angle = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    return np.asarray(-2 * np.sqrt(chroma**7 / (chroma**7 + _POWER)) * np.sin(np.radians(angle)), np.float64)
