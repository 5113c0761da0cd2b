"""What a training run is told: which recipe, under which name, where to, on how many devices."""

from dataclasses import dataclass
from pathlib import Path

from lookscape.representation.latents.codec import Codec
from lookscape.representation.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class TrainingArguments:
    """What to train and where it goes.

    `init_from` is a trained model to start from, `devices` train together, `again` trains what is trained already.
    """

    name: str
    recipe_name: str
    recipe: Recipe
    models: Path
    cache: Path
    init_from: Codec | None = None
    devices: int = 1
    again: bool = False

    @property
    def folder(self) -> Path:
        """The model's folder."""
        return self.models / self.name
