"""A model small enough to foresee: a photo's mean colour, seen through a scale learned from the catalogue."""

from collections.abc import Iterable

import numpy as np

from lookscape.representation.protocol import ImageU8, Tensors, Vectors


class MeanColour:
    """An encoder that learns nothing."""

    dim, side, default_metric = 3, 64, "l2"

    def __init__(self, key: str = "mean-1") -> None:
        self.key = key
        self.num_encoded = 0

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        rows = [photo.reshape(-1, 3).mean(axis=0) for photo in photos]
        self.num_encoded += len(rows)
        return np.array(rows, np.float32).reshape(-1, 3)


class ScaledColour(MeanColour):
    """An encoder that learns the brightest mean."""

    network_key, sample_size = "scaled", 10

    def __init__(self) -> None:
        super().__init__()
        self.brightest, self.num_fitted = 0.0, 0

    def __getattribute__(self, name: str) -> object:
        return f"scaled-{self.brightest:.4f}" if name == "key" else super().__getattribute__(name)

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        return super().encode(photos) / np.float32(self.brightest)

    def fit(self, photos: Iterable[ImageU8]) -> None:
        means = super().encode(photos)
        self.brightest, self.num_fitted = float(means.max()), len(means)

    def state(self) -> Tensors:
        return {"brightest": np.array([self.brightest])}

    def restore(self, state: Tensors) -> None:
        self.brightest = float(state["brightest"][0])
