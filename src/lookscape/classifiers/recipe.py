"""How a classifier is trained: the schedule, the network's Config, what photos go through, and what is rare."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from lookscape.classifiers.augmentation import SIDES, Augmentation, ProgressiveResizing
from lookscape.errors import UsageError
from lookscape.representation.training.recipe import Schedule

MIN_SIDE = 64
"""Photos are never trained on smaller than this, pixels, unless asked for."""

GROWN = 2 / 3
"""Share of the training after which photos have their full side."""

MOST_REPEATED = 8
"""A sampler shows no photo more often than this in an epoch: a class of three photos stays a class of three."""


class Balance(StrEnum):
    """What is done about classes that are rarer than others."""

    NONE = "none"
    WEIGHTS = "weights"
    """Rare classes count more in the loss, by the root of how much rarer they are."""
    SAMPLER = "sampler"
    """Photos of rare classes are shown more often, as far as MOST_REPEATED allows."""


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(Schedule):
    """One run. `config` holds the fields of the classifier's Config but the number of classes.

    Photos are kept at `evaluation_scale` times the training's side and judged at that side too, since random crops show
    products larger than they are (Touvron et al., "Fixing the train-test resolution discrepancy", NeurIPS 2019); None
    is by how much crops of `crop_area` do. Training starts with photos of `progressive_resizing` times the side, which
    grow, and stops when `patience` evaluations in a row were no better; 0 never stops.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    evaluation_scale: float | None = None
    progressive_resizing: float = 1.0
    crop_area: tuple[float, float] = (0.4, 1.0)
    rotation_degrees: float = 10.0
    flip_probability: float = 0.5
    brightness_contrast: float = 0.25
    saturation: float = 0.25
    random_erasing: float = 0.25
    recolouring: float = 0.0
    balance: Balance = Balance.WEIGHTS
    patience: int = 0

    def checked_config(self, *, num_classes: int) -> Any:
        """The classifier's Config. Raises UsageError with the first field that is wrong."""
        from lookscape.classifiers.network import Config

        try:
            return Config(num_classes=num_classes, **self.config)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            known = ", ".join(name for name in Config.model_fields if name != "num_classes")
            raise UsageError(f"classifier: {where}: {first['msg']}; there are {known}") from error

    def evaluation_side(self, side: int) -> int:
        """Side at which photos are kept and judged, pixels: a multiple of 16 for networks that halve it."""
        evaluation_scale = (
            crop_magnification(*self.crop_area) if self.evaluation_scale is None else self.evaluation_scale
        )
        return max(side, round(evaluation_scale * side / 16) * 16)

    def augmentation(self, side: int) -> Augmentation | ProgressiveResizing:
        """What photos go through in training."""
        last = Augmentation(
            side=side,
            crop_area=self.crop_area,
            rotation_degrees=self.rotation_degrees,
            flip_probability=self.flip_probability,
            brightness_contrast=self.brightness_contrast,
            saturation=self.saturation,
            random_erasing=self.random_erasing,
            recolouring=self.recolouring,
        )
        first = max(MIN_SIDE, round(self.progressive_resizing * side / SIDES) * SIDES)
        if first >= side or side % SIDES:
            return last
        return ProgressiveResizing(last=last, first=first, steps=round(GROWN * self.num_steps))


def crop_magnification(least: float, most: float) -> float:
    """How many times larger crops show products than whole photos do, on average over areas uniform in [least, most].

    The mean of 1 / sqrt(area); photos judged at that many times the side show products at the size that was learned.
    """
    return 2 / (math.sqrt(least) + math.sqrt(most))


def class_weights(counts_K: NDArray[np.intp], balance: Balance) -> NDArray[np.float32]:
    """How much each class counts in the loss, so that a photo counts 1 on average; 1 for all without `weights`."""
    if balance is not Balance.WEIGHTS:
        return np.ones(len(counts_K), np.float32)
    raw_K = 1 / np.sqrt(np.maximum(counts_K, 1))
    mean = float((raw_K * counts_K).sum() / max(1, counts_K.sum()))
    return np.asarray(raw_K / mean, np.float32)


def sampled_rows(rows: NDArray[np.intp], codes_N: NDArray[np.intp], balance: Balance) -> NDArray[np.intp]:
    """The rows of an epoch: each once, or those of rare classes several times, up to the commonest class's number."""
    if balance is not Balance.SAMPLER:
        return rows
    counts_K = np.bincount(codes_N[rows])
    times_K = np.clip(np.round(counts_K.max() / np.maximum(counts_K, 1)), 1, MOST_REPEATED).astype(np.intp)
    return np.repeat(rows, times_K[codes_N[rows]])
