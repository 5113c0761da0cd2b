"""Blur and exposure, judged on the product and its rim, so that a plain background is never held against a photo.

Blur is the width of the sharpest edges. Where a photo is sharp, some edge of the product, if only its outline, is;
behind a Gaussian of sigma pixels the slope of a step of height c is c / (sigma sqrt(2 pi)) (Elder and Zucker, PAMI
1998), which gives sigma from slope and height. A smooth product is not blurred: only edges are asked. Too light is
a product whose tones pile up at the top of the scale instead of fading towards it, in single channels too, and whose
soft shadow is gone; too dark, a photo in which nothing is bright, so that a black shoe on white is neither.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import Photos, Progress, Verdict
from lookscape.catalogue.findings import Clear, Finding
from lookscape.catalogue.foreground import Mask, find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8, background_colour

TITLE = "Blurred or badly lit"
WHAT = "Photos out of focus, too dark or overexposed, measured on the product and never on its background"
VERSION = 2
REVIEW_FROM = 0.5

LEAST = 0.2
"""Findings below are not worth keeping."""

WINDOW = 15
"""Pixels over which an edge's height is taken; a step behind a Gaussian of sigma 3 rises within it."""

CONTRAST = 24.0
"""Levels that an edge must be high."""

SHARPEST = 0.9
"""The quantile of the edges that stands for the photo."""

_SAYS = {
    "blur": "out of focus: no edge of the product is sharp",
    "burnt": "overexposed: light parts of the product are burnt out",
    "dark": "underexposed: nothing in the photo is bright",
}
# Where confidence is 0, 0.5 and 1: sigma of the sharpest edges in pixels, log odds of being burnt out, the 98th
# percentile of lightness over the whole photo.
_BLUR, _BURNT, _DARK = [1.15, 1.4, 2.0], [-0.3, 0.0, 2.0], [75.0, 62.0, 45.0]
_SURE = [0.0, 0.5, 1.0]
# Log odds of being burnt out: a logistic model fitted to photos of shoes and clothes and to copies of them with 1 to 2
# stops more light (lab/LOG.md), less 0.4, so that two photos in a hundred as they are have more than 0.
_BIAS = -0.55
_WEIGHTS = {"piled": 26.0, "coloured": 15.0, "short_of": -25.0, "soft": -18.0, "fringe": 16.0}
# A channel from here on has reached the end of the scale; these levels are the slope before it, and nearly white.
_END, _SLOPE, _SHORT, _WHITISH = 254, (225, 250), 250, 236
# How far around the product its shadow is looked for, in sides of the photo, and from where on it is not the ground.
_NEAR, _OFF_GROUND = 0.05, 3
_RIM = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was seen.

    `sigma` in pixels; `burnt` the log odds that the product has had too much light; `light` an L* of 0 to 100.
    """

    sigma: float
    burnt: float
    light: float

    @property
    def troubles(self) -> dict[str, float]:
        """Confidence in each kind of trouble, 0 to 1."""
        scales = {
            "blur": (self.sigma, _BLUR),
            "burnt": (self.burnt, _BURNT),
            "dark": (-self.light, [-light for light in _DARK]),
        }
        return {kind: float(np.interp(seen, scale, _SURE)) for kind, (seen, scale) in scales.items()}


def check(photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
    """Judge each photo by itself."""
    total = len(photos.due)
    for done, (photo_id, seen) in enumerate(photos.map(quality, photos.due)):
        progress(done, total, "checking sharpness and light")
        kind, confidence = max(seen.troubles.items(), key=lambda trouble: trouble[1])
        if confidence < LEAST:
            yield Clear(photo_id=photo_id)
            continue
        detail: dict[str, Any] = {"kind": kind, "sigma": round(seen.sigma, 2), "burnt": round(seen.burnt, 2)}
        detail["light"] = round(seen.light, 1)
        yield Finding(photo_id=photo_id, says=_SAYS[kind], confidence=round(confidence, 3), detail=detail)


def picture(finding: Finding, photo: ImageU8, other: ImageU8 | None) -> ImageU8:
    """Edges in green where sharp and red where wide; what is burnt out in magenta; a dark photo as it would be lit."""
    kind = finding.detail.get("kind")
    if kind == "dark":
        return _lit(photo)
    if kind == "burnt":
        drawn = photo.copy()
        drawn[(photo.max(axis=2) >= _END) & _inner(_product(photo))] = 255, 0, 200
        return drawn
    sigmas, edges = _edges(photo)
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    drawn = np.asarray(np.repeat((128 + grey // 2)[..., None], 3, axis=2), np.uint8)
    for found, colour in ((sigmas <= _BLUR[1], (0, 150, 60)), (sigmas > _BLUR[1], (220, 40, 40))):
        marks = cv2.dilate((edges & found).astype(np.uint8), np.ones((2, 2), np.uint8))
        drawn[marks > 0] = colour
    return drawn


def quality(photo: ImageU8) -> Quality:
    """Look at one photo, H x W x 3 sRGB bytes."""
    product = _product(photo)
    sigmas, edges = _edges(photo)
    widths = sigmas[edges & _around(product)]
    light = to_lab(photo)[..., 0]
    return Quality(
        sigma=float(np.quantile(widths, 1 - SHARPEST)) if len(widths) else 0.0,
        burnt=_burnt(photo, product),
        light=float(np.quantile(light, 0.98)),
    )


def _product(photo: ImageU8) -> Mask:
    return find_foreground(photo, to_lab(photo)).mask


def _inner(product: Mask) -> Mask:
    """The product without its rim, which is mixed with the background; the product itself if that is all."""
    inner = cv2.erode(product.astype(np.uint8), _RIM).astype(np.bool_)
    return np.asarray(inner if inner.any() else product, np.bool_)


def _around(product: Mask) -> Mask:
    """The product with a rim, so that its outline counts."""
    return np.asarray(cv2.dilate(product.astype(np.uint8), np.ones((7, 7), np.uint8)), np.bool_)


def _edges(photo: ImageU8) -> tuple[NDArray[np.float32], Mask]:
    """The width of the edge at each pixel, as the sigma of a Gaussian in pixels, and where there is an edge: H x W."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    slope = cv2.magnitude(cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)) / 32
    window = np.ones((WINDOW, WINDOW), np.uint8)
    height = cv2.dilate(grey, window) - cv2.erode(grey, window)
    ridge = slope >= cv2.dilate(slope, np.ones((3, 3), np.uint8))
    edges = ridge & (height > CONTRAST) & (slope > 2)
    sigmas = height / np.maximum(slope * math.sqrt(2 * math.pi), 1e-3)
    return np.asarray(sigmas, np.float32), np.asarray(edges, np.bool_)


def _burnt(photo: ImageU8, product: Mask) -> float:
    """Log odds; 0 is as likely as not among altered and unaltered photos."""
    seen = burning(photo, product)
    return _BIAS + sum(weight * seen[name] for name, weight in _WEIGHTS.items())


def burning(photo: ImageU8, product: Mask) -> dict[str, float]:
    """What too much light does to a photo, H x W x 3 bytes, as shares of pixels, 0 to 1.

    Of the product: `piled` at the end of the scale, times the share of these among all light ones; `coloured`, at the
    end but not white; `short_of` the end. Around it, where that is not plain ground: `soft`, nearly white, as shadows
    are, and `fringe`, at the end but not white.
    """
    top, low = photo.max(axis=2), photo.min(axis=2)
    inner = _inner(product)
    reach = 2 * max(1, round(_NEAR * len(photo))) + 1
    wide = cv2.dilate(product.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(np.bool_)
    off = np.abs(photo.astype(np.int16) - np.array(background_colour(photo), np.int16)).max(axis=2) > _OFF_GROUND
    around = wide & ~inner
    size = max(int(np.count_nonzero(around)), 1)
    end, coloured = float((top[inner] >= _END).mean()), (top >= _END) & (low < _END)
    slope = float(((top[inner] >= _SLOPE[0]) & (top[inner] < _SLOPE[1])).mean())
    return {
        "piled": end * end / (end + slope + 1e-3),
        "coloured": float(coloured[inner].mean()),
        "short_of": float(((top[inner] >= _SHORT) & (top[inner] < _END)).mean()),
        "soft": np.count_nonzero(around & off & (low >= _WHITISH) & (low < _END)) / size,
        "fringe": np.count_nonzero(around & off & coloured) / size,
    }


def _lit(photo: ImageU8) -> ImageU8:
    """The photo beside itself, so bright that its lightest part is white."""
    gain = 255 / max(float(np.quantile(photo, 0.98)), 1.0)
    return np.hstack([photo, np.clip(photo * gain, 0, 255).astype(np.uint8)])
