"""Colour by code points (cICP): wide primaries and high dynamic range made sRGB.

High range is not mapped into the standard one by taste: everything up to diffuse white, which PQ has at 203 cd/m2 and
HLG at 75 % (ITU-R BT.2408-7, 2.1), keeps its lightness; what is brighter is white. Gain maps are never applied.
"""

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.imaging._arrays import coded
from lookscape.catalogue.imaging._undone import Cicp

_WHITE_CD_M2 = 203.0
_PQ, _HLG, _LINEAR = 16, 18, 8
_GAMMAS = {4: 2.2, 5: 2.8}

# From linear light in these primaries to BT.709 (both with white D65): the inverse of one matrix of primaries to XYZ
# times the other (SMPTE RP 177).
_XY = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_D65 = (0.3127, 0.3290)

Light = NDArray[np.float64]


def is_srgb(cicp: Cicp) -> bool:
    """Whether bytes under these code points can be taken as they are; unknown primaries count as BT.709."""
    return cicp.transfer not in {_PQ, _HLG, _LINEAR, *_GAMMAS} and cicp.primaries not in _XY.keys() - {1}


def is_high_range(cicp: Cicp) -> bool:
    """PQ or HLG."""
    return cicp.transfer in {_PQ, _HLG}


def to_srgb(pixels: NDArray[np.uint8], cicp: Cicp) -> NDArray[np.uint8]:
    """H x W x 3 sRGB bytes of H x W x 3 bytes under `cicp`."""
    light = _light(cicp)[pixels]
    if cicp.transfer == _HLG:
        light = _hlg_system(light, cicp.primaries)
    if cicp.primaries in _XY and cicp.primaries != 1:
        light = light @ (np.linalg.inv(_to_xyz(1)) @ _to_xyz(cicp.primaries)).T
    light = np.clip(light, 0.0, 1.0)
    return np.asarray(coded(light) * 255 + 0.5, np.uint8)


def _light(cicp: Cicp) -> Light:
    """Light of each of 256 levels; 1 is diffuse white. For HLG it is light of the scene, 0 to 1."""
    level = np.arange(256) / 255
    if cicp.transfer == _PQ:  # SMPTE ST 2084
        root = level ** (32 / 2523)
        return np.asarray(
            10_000
            / _WHITE_CD_M2
            * (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305)
        )
    if cicp.transfer == _HLG:  # ITU-R BT.2100-2, table 5
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        return np.asarray(np.where(level <= 0.5, level**2 / 3, (np.exp((level - c) / a) + b) / 12))
    if cicp.transfer == _LINEAR:
        return level
    if cicp.transfer in _GAMMAS:
        return np.asarray(level ** _GAMMAS[cicp.transfer])
    return np.asarray(np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4))


def _hlg_system(scene: Light, primaries: int) -> Light:
    """Light of a display of 1,000 cd/m2: the system gamma of 1.2 on the luminance (BT.2100-2, table 5)."""
    luminance = scene @ _to_xyz(primaries if primaries in _XY else 1)[1]
    return np.asarray(scene * (1000 / _WHITE_CD_M2) * np.maximum(luminance, 1e-9)[..., None] ** 0.2)


def _to_xyz(primaries: int) -> Light:
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in _XY[primaries]]).T
    white = np.array([_D65[0] / _D65[1], 1.0, (1 - sum(_D65)) / _D65[1]])
    return np.asarray(columns * np.linalg.solve(columns, white))
