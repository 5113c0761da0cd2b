"""What a training run is made of: which model, on what, how long. A recipe file in `recipes/` is a function giving one.

A recipe is a frozen record; a variant edits another one with `dataclasses.replace` or `varied`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lookscape import parts
from lookscape.errors import UsageError

if TYPE_CHECKING:
    from lookscape.representation.trainable import Trainable

MODELS = "lookscape.representation.models"
RECIPES = "lookscape.representation.recipes"


class Precision(StrEnum):
    """What convolutions and products are computed in; weights are float32 always."""

    AUTO = "auto"
    """bfloat16 where the hardware multiplies it."""
    BF16 = "bf16"
    FULL = "32"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast the loop trains, whatever it trains; `learning_rate` is the highest learning rate.

    `batch_size` photos make a step, on all devices together; `warmup` is the share of the steps in which it rises.
    `ema_decay` is the decay of the exponential moving average of the weights that is kept as the result; 0 keeps the
    last weights. `max_grad_norm` is the largest norm of a player's gradient.
    """

    num_steps: int
    batch_size: int = 64
    learning_rate: float = 1e-3
    warmup: float = 0.02
    ema_decay: float = 0.0
    max_grad_norm: float = 10.0
    seed: int = 0
    precision: Precision = Precision.AUTO


@dataclass(frozen=True, kw_only=True)
class Recipe(Schedule):
    """One run. `config` holds the fields of the model's Config; with `jitter` photos are scaled and moved a little."""

    model: str
    config: Mapping[str, Any] = field(default_factory=dict)
    jitter: bool = False

    @property
    def side(self) -> int:
        """Side of the photos, pixels."""
        return int(self.checked_config().side)

    def checked_config(self) -> Any:
        """The model's Config. Raises UsageError with the first field that is wrong."""
        config = parts.load(MODELS, self.model).Config
        try:
            return config(**self.config)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(
                f"{self.model}: {where}: {first['msg']}; there are {', '.join(config.model_fields)}"
            ) from error

    def new_model(self) -> "Trainable":
        """The model with the weights that torch's generator gives it."""
        made: Trainable = parts.load(MODELS, self.model).Model(self.checked_config())
        return made

    def varied(self, **config: Any) -> "Recipe":
        """The same with other fields of the model's Config."""
        return replace(self, config={**self.config, **config})


def open_recipe(name: str) -> Recipe:
    """A recipe by its file's name. Raises UnknownNameError."""
    found: Recipe = parts.load(RECIPES, name).recipe()
    return found
