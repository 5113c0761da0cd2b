"""Models that learn at once from a sample of photos, such as principal components: no steps, no run on disk."""

from collections.abc import Mapping
from typing import Any

import torch

from lookscape import parts
from lookscape.representation.latents.codec import MODELS, to_unit
from lookscape.representation.protocol import ImageU8
from lookscape.representation.trainable import Trainable


def fit_at_once(kind: str, config: Mapping[str, Any], photos_NHWC: ImageU8) -> Trainable:
    """A model of models/ by its name, fitted; the same photos give the same model."""
    part = parts.load(MODELS, kind)
    model: Trainable = part.Model(part.Config(**config))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model.start_from(to_unit(photos_NHWC))
    return model
