"""Does the space of a model lead back to a photo that somebody altered?

Held-out photos are cropped, recompressed and made brighter or darker, as `measure recall` does, and looked for among
all held-out photos by the model's own metric.
"""

from typing import Any

import numpy as np

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.protocol import Encoder, FittedEncoder, ImageU8
from lookscape.representation.spaces.alterations import alter
from lookscape.services.board.photos import HeldOut
from lookscape.services.figures import Figure, figure_of


class Copies:
    """The photos that are looked at, whole, and an altered copy of each."""

    def __init__(self, engine: Engine, photos: HeldOut) -> None:
        self._engine, self.photos = engine, photos
        self._made: tuple[list[ImageU8], list[ImageU8]] | None = None

    def found_first(self, encoder: Encoder) -> dict[str, Figure]:
        """The share of copies whose nearest photo is their own."""
        real, altered = self._pictures()
        photos_ND, copies_ND = (_scaled(encoder.encode(side), encoder.default_metric) for side in (real, altered))
        squares_NN = (photos_ND**2).sum(axis=1) - 2 * copies_ND @ photos_ND.T
        hits_N = squares_NN.argmin(axis=1) == np.arange(len(photos_ND))
        return {"copies_first": figure_of(bootstrap_mean(hits_N, groups=self.photos.groups[: len(hits_N)]))}

    def usual(self) -> Encoder | None:
        """The encoder that search uses, where it has learned the catalogue."""
        encoder = self._engine.encoder()
        return None if isinstance(encoder, FittedEncoder) and not encoder.num_fitted else encoder

    def _pictures(self) -> tuple[list[ImageU8], list[ImageU8]]:
        if self._made is None:
            rng = np.random.default_rng(self.photos.choice.seed)
            read = self._engine.catalogue.read_photo
            real = [imaging.decode(read(one)).pixels for one in self.photos.ids[: self.photos.num_seen]]
            self._made = real, [imaging.pad_to_square(alter(photo, rng)) for photo in real]
        return self._made


def _scaled(vectors_ND: Any, metric: str) -> Any:
    lengths = np.linalg.norm(vectors_ND, axis=1, keepdims=True) if metric == "cosine" else 1.0
    return np.asarray(vectors_ND, np.float64) / np.maximum(lengths, 1e-12)
