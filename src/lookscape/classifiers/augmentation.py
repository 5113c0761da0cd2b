"""Random transformations of photos, so that a classifier learns what a product is and not how it was photographed.

Each photo is cropped to a share of its area and another aspect (Szegedy et al., "Going deeper with convolutions", CVPR
2015), turned, mirrored, changed in light and colour, and may lose a rectangle (Zhong et al., "Random erasing data
augmentation", AAAI 2020). Where colour says nothing, as of a shoe's model, photos may be shown in other colours too.
Crop, turn, mirror and resize are one warp, so that a photo is interpolated once.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

GREY_3 = np.array([0.299, 0.587, 0.114])
"""What red, green and blue weigh in a photo's grey (ITU-R BT.601)."""

ERASING_AREA, ERASING_ASPECT = (0.02, 0.2), (0.4, 2.5)
"""The rectangle's share of the photo, and height to width, as in the paper up to its upper area of 0.4."""

HUES, GREYS = 0.6, 0.25
"""Shares of the recoloured photos whose hue is turned and that become grey; the rest become negatives."""

SIDES = 16
"""Pixels by which photos grow."""

Photo = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How far photos are changed; `side` is what comes out, pixels.

    `crop_area` is the range of the share that is kept, `aspect` that of its width to height, `rotation_degrees` the
    largest rotation; `brightness_contrast` and `saturation` are the largest relative changes of brightness or contrast
    and of saturation; `flip_probability`, `random_erasing` and `recolouring` are the probabilities of each.
    """

    side: int
    crop_area: tuple[float, float] = (0.4, 1.0)
    aspect: tuple[float, float] = (0.8, 1.25)
    rotation_degrees: float = 10.0
    brightness_contrast: float = 0.25
    saturation: float = 0.25
    flip_probability: float = 0.5
    random_erasing: float = 0.25
    recolouring: float = 0.0

    def __call__(self, photos_BHWC: NDArray[np.uint8], random: np.random.Generator, step: int = 0) -> NDArray[np.uint8]:
        """B x H x W x 3 -> B x side x side x 3, each photo changed by its own draw; the same at every step."""
        changed_BHWC = np.empty((len(photos_BHWC), self.side, self.side, 3), np.uint8)
        for photo, changed in zip(photos_BHWC, changed_BHWC, strict=True):
            matrix = self._warp(photo.shape[0], photo.shape[1], random)
            cv2.warpAffine(
                photo,
                matrix,
                (self.side, self.side),
                dst=changed,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            cv2.transform(changed, self._colours(changed, random), dst=changed)
            if self.recolouring and random.random() < self.recolouring:
                cv2.transform(changed, recolouring_matrix(random), dst=changed)
            if random.random() < self.random_erasing:
                self._erase(changed, random)
        return changed_BHWC

    def _warp(self, height: int, width: int, random: np.random.Generator) -> NDArray[np.float64]:
        """2 x 3: from places in the result to places in the photo."""
        area = random.uniform(*self.crop_area)
        aspect = np.exp(random.uniform(*np.log(self.aspect)))
        across, along = min(1.0, np.sqrt(area * aspect)), min(1.0, np.sqrt(area / aspect))
        left, top = random.uniform(0, 1 - across), random.uniform(0, 1 - along)
        centre = np.array([(left + across / 2) * width, (top + along / 2) * height]) - 0.5
        angle = np.deg2rad(random.uniform(-self.rotation_degrees, self.rotation_degrees))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        sign = -1.0 if random.random() < self.flip_probability else 1.0
        linear = turn @ np.diag([sign * across * width / self.side, along * height / self.side])
        middle = np.full(2, (self.side - 1) / 2)
        return np.column_stack([linear, centre - linear @ middle])

    def _colours(self, photo: Photo, random: np.random.Generator) -> NDArray[np.float64]:
        """3 x 4: saturation about each pixel's grey, contrast about the photo's mean, brightness."""
        saturation = 1 + random.uniform(-self.saturation, self.saturation)
        contrast = 1 + random.uniform(-self.brightness_contrast, self.brightness_contrast)
        brightness = 1 + random.uniform(-self.brightness_contrast, self.brightness_contrast)
        grey = float(photo.reshape(-1, 3).mean(axis=0) @ GREY_3)
        mixed = saturation * np.eye(3) + (1 - saturation) * np.tile(GREY_3, (3, 1))
        return np.column_stack([brightness * contrast * mixed, np.full(3, brightness * (1 - contrast) * grey)])

    def _erase(self, photo: Photo, random: np.random.Generator) -> None:
        area = random.uniform(*ERASING_AREA) * self.side**2
        aspect = np.exp(random.uniform(*np.log(ERASING_ASPECT)))
        height = int(np.clip(round(np.sqrt(area * aspect)), 1, self.side))
        width = int(np.clip(round(np.sqrt(area / aspect)), 1, self.side))
        top, left = random.integers(0, self.side - height + 1), random.integers(0, self.side - width + 1)
        photo[top : top + height, left : left + width] = random.integers(0, 256, 3)


def recolouring_matrix(random: np.random.Generator) -> NDArray[np.float64]:
    """3 x 4: any turn about the grey axis (Rodrigues' formula), grey, or the negative."""
    drawn = random.random()
    if drawn < HUES:
        angle = random.uniform(-np.pi, np.pi)
        cross = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / np.sqrt(3)
        turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
        return np.column_stack([turn, np.zeros(3)])
    if drawn < HUES + GREYS:
        return np.column_stack([np.tile(GREY_3, (3, 1)), np.zeros(3)])
    return np.column_stack([-np.eye(3), np.full(3, 255.0)])


@dataclass(frozen=True, kw_only=True)
class ProgressiveResizing:
    """Photos that grow from the side `first` to the augmentation's own in `steps` steps, then stay.

    Small photos teach the coarse things in a fraction of the time (Tan & Le, "EfficientNetV2", ICML 2021). Sides are
    multiples of SIDES.
    """

    last: Augmentation
    first: int
    steps: int

    def __call__(self, photos_BHWC: NDArray[np.uint8], random: np.random.Generator, step: int) -> NDArray[np.uint8]:
        """B x H x W x 3 -> B x side x side x 3."""
        return replace(self.last, side=self.side(step))(photos_BHWC, random)

    def side(self, step: int) -> int:
        """Pixels at a step."""
        if step >= self.steps:
            return self.last.side
        stages = (self.last.side - self.first) // SIDES + 1
        return self.first + SIDES * (stages * step // self.steps)
