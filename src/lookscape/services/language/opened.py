"""A trained model together with the latents of every product: what each tool of this group works with."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError, UsageError
from lookscape.index.metrics import mean as mean_of
from lookscape.index.protocol import Vectors
from lookscape.representation.latents.codec import Codec
from lookscape.representation.spaces.space import Space
from lookscape.services.records import Params
from lookscape.services.spaces.vectors import vectors_of


class ModelParams(Params):
    """What every tool of this group is asked."""

    model: str | None = Field(default=None, description="a trained model's name; default: `language`, or the only one")


@dataclass(frozen=True)
class Opened:
    """A model and its Space. Two are equal when the model and all latents are."""

    codec: Codec
    space: Space
    engine: Engine
    stamp: tuple[str, str]

    def __eq__(self, other: object) -> bool:
        """Made from the same weights and vectors?"""
        return isinstance(other, Opened) and self.stamp == other.stamp

    def __hash__(self) -> int:
        return hash(self.stamp)

    @property
    def mean(self) -> Vectors:
        """The catalogue's mean latents."""
        return _mean(self)

    def latents_of(self, product_ids: Sequence[str]) -> Vectors:
        """N x D, of each product's first photo. Raises UnknownNameError, or NotFoundError when it is not embedded."""
        photo_ids = [self.engine.catalogue.product(product_id).photo_ids[0] for product_id in product_ids]
        latents_ND = vectors_of(self.space, photo_ids)
        if len(latents_ND) < len(product_ids):
            held = set(self.space.ids)
            missing = next(name for name, photo in zip(product_ids, photo_ids, strict=True) if photo not in held)
            raise NotFoundError(
                f"product {missing!r} has no latents of {self.codec.name!r} yet; "
                f"run: lookscape embed {self.space.model}"
            )
        return latents_ND

    def anchor(self, product_id: str | None) -> Vectors:
        """D, of a product, or the mean's without one."""
        return self.latents_of([product_id])[0] if product_id else self.mean


def open_model(engine: Engine, name: str | None) -> Opened:
    """A trained model and its Space.

    Raises NotFoundError or UnknownNameError when there is none, ConflictError when its latents are of another training.
    """
    codec = engine.codec(name)
    if codec.name not in engine.spaces.names():
        raise NotFoundError(f"no photo has latents of {codec.name!r} yet; run: lookscape embed trained:{codec.name}")
    space = engine.space(codec.name)
    if space.key != codec.key:
        raise ConflictError(f"{codec.name!r} has been trained again since; run: lookscape embed {space.model}")
    if not len(space):
        raise UsageError(f"the space {space.name!r} is empty; run: lookscape embed {space.model}")
    return Opened(codec, space, engine, (f"{codec.name}:{codec.key}", space.fingerprint))


@lru_cache(maxsize=4)
def _mean(opened: Opened) -> Vectors:
    return np.asarray(mean_of(opened.space.vectors))
