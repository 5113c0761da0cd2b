"""Pixel measures against their definitions, window by window."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import convolve2d

from lookscape.errors import UsageError
from lookscape.representation.metrics.pixels import mean_squared_error, psnr, ssim

Pixels = NDArray[np.float64]


def photos(num: int = 3, side: int = 24, seed: int = 0) -> Pixels:
    """Smooth blobs of colour with some grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    waves = [np.sin(rng.uniform(2, 9) * x + rng.uniform(2, 9) * y + rng.uniform(0, 6)) for _ in range(num * 3)]
    smooth = np.array(waves).reshape(num, 3, side, side).transpose(0, 2, 3, 1)
    return np.clip(0.5 + 0.3 * smooth + rng.normal(0, 0.03, smooth.shape), 0, 1)


def ssim_of_one_channel(x: Pixels, y: Pixels) -> float:
    """Wang et al., equations 6 to 13, with a plain two-dimensional window."""
    axis = np.arange(11) - 5
    window = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(values: Pixels) -> Pixels:
        return np.asarray(convolve2d(values, window, mode="valid"))

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    return float((((2 * mx * my + c1) * (2 * cov + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean())


def test_psnr_of_a_known_error() -> None:
    x = photos()
    off = np.clip(x, 0.2, 0.8)
    np.testing.assert_allclose(psnr(off, reconstructions_NHWC=off + 0.1), 20.0, atol=1e-9)
    np.testing.assert_allclose(mean_squared_error(off, reconstructions_NHWC=off + 0.1), 0.01, atol=1e-12)


def test_psnr_of_bytes_has_its_peak_at_255() -> None:
    x = np.full((1, 12, 12, 3), 100, np.uint8)
    y = x.copy()
    y[0, 0, 0, 0] = 90
    error = 100 / (12 * 12 * 3)
    assert psnr(x, reconstructions_NHWC=y)[0] == pytest.approx(10 * math.log10(255**2 / error))


def test_equal_photos() -> None:
    x = photos()
    assert np.isposinf(psnr(x, reconstructions_NHWC=x)).all()
    np.testing.assert_allclose(ssim(x, reconstructions_NHWC=x), 1.0)


def test_ssim_against_a_plain_window() -> None:
    x = photos()
    y = np.clip(0.8 * x + 0.1 + np.random.default_rng(1).normal(0, 0.05, x.shape), 0, 1)
    wanted = [np.mean([ssim_of_one_channel(a[..., c], b[..., c]) for c in range(3)]) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(ssim(x, reconstructions_NHWC=y), wanted, atol=1e-12)


def test_ssim_of_constant_photos_is_its_lightness_term() -> None:
    x, y = np.full((1, 16, 16, 3), 0.3), np.full((1, 16, 16, 3), 0.6)
    wanted = (2 * 0.3 * 0.6 + 1e-4) / (0.3**2 + 0.6**2 + 1e-4)
    assert ssim(x, reconstructions_NHWC=y)[0] == pytest.approx(wanted, abs=1e-9)


def test_bytes_and_floats_agree() -> None:
    x, y = (np.round(photos(seed=seed) * 255).astype(np.uint8) for seed in (0, 1))
    for measure in (psnr, ssim):
        np.testing.assert_allclose(measure(x, reconstructions_NHWC=y), measure(x / 255, reconstructions_NHWC=y / 255))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (np.zeros((2, 16, 16, 3)), np.zeros((2, 16, 15, 3)), "N x H x W"),
        (np.zeros((1, 16, 16, 3)), np.full((1, 16, 16, 3), 255.0), r"\[0, 1\]"),
        (np.zeros((1, 16, 16, 3), np.int64), np.zeros((1, 16, 16, 3)), "int64"),
        (np.zeros((1, 10, 16, 3)), np.zeros((1, 10, 16, 3)), "11 pixels"),
    ],
)
def test_wrong_photos_are_refused(one: Pixels, other: Pixels, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ssim(one, reconstructions_NHWC=other)
