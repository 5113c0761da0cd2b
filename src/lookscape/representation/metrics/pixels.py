"""How close reconstructions are to their photos, pixel by pixel: PSNR and SSIM.

SSIM after Wang, Bovik, Sheikh & Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity"
(IEEE TIP 2004): an 11 x 11 Gaussian window of 1.5 pixels, K1 = 0.01, K2 = 0.03, averaged over the places where the
window fits. The paper takes grey photos; here the three colour channels are measured one by one and averaged, since a
change of colour at equal lightness is a fault too.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UsageError

WINDOW = 11
SIGMA = 1.5
K1, K2 = 0.01, 0.03

Photos = NDArray[Any]
"""N x H x W x 3, either uint8 in 0 to 255 or floating point in [0, 1]."""


def mean_squared_error(photos_NHWC: Photos, *, reconstructions_NHWC: Photos) -> NDArray[np.float64]:
    """One value per photo, over pixels and channels, with white at 1."""
    _check(photos_NHWC, reconstructions_NHWC)
    pairs = zip(photos_NHWC, reconstructions_NHWC, strict=True)
    return np.array([((_unit(photo) - _unit(other)) ** 2).mean() for photo, other in pairs])


def psnr(photos_NHWC: Photos, *, reconstructions_NHWC: Photos) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each photo in decibels, -10 log10 of the mean squared error; equal photos: inf."""
    errors_N = mean_squared_error(photos_NHWC, reconstructions_NHWC=reconstructions_NHWC)
    with np.errstate(divide="ignore"):
        return np.asarray(-10 * np.log10(errors_N))


def ssim(photos_NHWC: Photos, *, reconstructions_NHWC: Photos) -> NDArray[np.float64]:
    """Structural similarity of each photo, -1 to 1, and 1 only when equal.

    Raises UsageError when a side is shorter than the window.
    """
    _check(photos_NHWC, reconstructions_NHWC)
    if min(photos_NHWC.shape[1:3]) < WINDOW:
        raise UsageError(f"SSIM needs photos of at least {WINDOW} pixels a side, not {photos_NHWC.shape[1:3]}")
    pairs = zip(photos_NHWC, reconstructions_NHWC, strict=True)
    return np.array([_ssim(_unit(photo), _unit(other)) for photo, other in pairs])


def _ssim(x_HWC: NDArray[np.float64], y_HWC: NDArray[np.float64]) -> float:
    mean_x, mean_y = _windowed(x_HWC), _windowed(y_HWC)
    variance_x = _windowed(x_HWC**2) - mean_x**2
    variance_y = _windowed(y_HWC**2) - mean_y**2
    covariance = _windowed(x_HWC * y_HWC) - mean_x * mean_y
    lightness = (2 * mean_x * mean_y + K1**2) / (mean_x**2 + mean_y**2 + K1**2)
    structure = (2 * covariance + K2**2) / (variance_x + variance_y + K2**2)
    return float((lightness * structure).mean())


def _windowed(x_HWC: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Gaussian-weighted mean around each pixel where the window fits."""
    import cv2

    reach = WINDOW // 2
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * SIGMA**2))
    weights /= weights.sum()
    everywhere = cv2.sepFilter2D(x_HWC, cv2.CV_64F, weights, weights)
    return np.asarray(everywhere)[reach:-reach, reach:-reach]


def _unit(photo_HWC: Photos) -> NDArray[np.float64]:
    return photo_HWC / 255.0 if photo_HWC.dtype == np.uint8 else photo_HWC.astype(np.float64)


def _check(photos_NHWC: Photos, reconstructions_NHWC: Photos) -> None:
    if photos_NHWC.ndim != 4 or photos_NHWC.shape != reconstructions_NHWC.shape:
        raise UsageError(
            f"photos {photos_NHWC.shape} and reconstructions {reconstructions_NHWC.shape} must both be N x H x W x 3"
        )
    for array in (photos_NHWC, reconstructions_NHWC):
        if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
            raise UsageError(f"pixels must be uint8 (0 to 255) or floating point (0 to 1), not {array.dtype}")
        if array.dtype != np.uint8 and array.size and (array.min() < 0 or array.max() > 1):
            raise UsageError(f"floating-point pixels must lie in [0, 1], not {array.min():.3g} to {array.max():.3g}")
