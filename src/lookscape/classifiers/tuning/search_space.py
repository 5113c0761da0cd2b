"""What tuning tries: the settings of a classifier's recipe that may change, and how far.

Layers between backbone and classes and their units, dropout, optimiser, learning rate, photos a step, the share of the
backbone that stays as it was, how much faster new layers learn, and how far labels are smoothed. Rates and units are
drawn on a scale of logarithms. Whatever the batch, a training sees as many photos.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lookscape.classifiers.recipe import ClassifierRecipe

if TYPE_CHECKING:
    from optuna.trial import Trial

Value = float | int | str
Settings = Mapping[str, Value]
"""Values by the names of Optuna's parameters, which are those of `suggest`."""

MOST_LAYERS = 2
UNITS = 64, 1024
DROPOUT = 0.0, 0.6
OPTIMIZERS = "adamw", "adam", "rmsprop", "sgd"
LEARNING_RATE = 3e-5, 3e-2
BATCHES = 16, 32, 64, 128
FROZEN = 0.0, 1.0
HEAD_LEARNING_RATE_FACTOR = 1.0, 30.0
LABEL_SMOOTHING = 0.0, 0.2


def suggest(trial: "Trial") -> Settings:
    """Draw settings; those that the trial has already stay."""
    layers = trial.suggest_int("layers", 0, MOST_LAYERS)
    return {
        "layers": layers,
        **{f"units_{place}": trial.suggest_int(f"units_{place}", *UNITS, log=True) for place in range(1, layers + 1)},
        "dropout": trial.suggest_float("dropout", *DROPOUT),
        "optimizer": trial.suggest_categorical("optimizer", OPTIMIZERS),
        "learning_rate": trial.suggest_float("learning_rate", *LEARNING_RATE, log=True),
        "batch_size": trial.suggest_categorical("batch_size", BATCHES),
        "frozen": trial.suggest_float("frozen", *FROZEN),
        "head_learning_rate_factor": trial.suggest_float(
            "head_learning_rate_factor", *HEAD_LEARNING_RATE_FACTOR, log=True
        ),
        "label_smoothing": trial.suggest_float("label_smoothing", *LABEL_SMOOTHING),
    }


def settings_of(recipe: ClassifierRecipe) -> Settings:
    """The settings that a recipe has."""
    config = recipe.checked_config(num_classes=2)
    return {
        "layers": len(config.hidden),
        **{f"units_{place}": units for place, units in enumerate(config.hidden, 1)},
        "dropout": config.dropout,
        "optimizer": config.optimizer.value,
        "learning_rate": recipe.learning_rate,
        "batch_size": recipe.batch_size,
        "frozen": config.frozen,
        "head_learning_rate_factor": config.head_learning_rate_factor,
        "label_smoothing": config.label_smoothing,
    }


def varied(recipe: ClassifierRecipe, settings: Settings) -> ClassifierRecipe:
    """The recipe with these settings, and as many steps as show the same number of photos."""
    batch = int(settings["batch_size"])
    config = {
        name: settings[name]
        for name in ("dropout", "optimizer", "frozen", "head_learning_rate_factor", "label_smoothing")
    }
    hidden = tuple(int(settings[f"units_{place}"]) for place in range(1, int(settings["layers"]) + 1))
    return replace(
        recipe,
        batch_size=batch,
        learning_rate=float(settings["learning_rate"]),
        num_steps=max(1, round(recipe.num_steps * recipe.batch_size / batch)),
        config={**recipe.config, **config, "hidden": hidden},
    )


def in_words(settings: Settings) -> str:
    """The settings on one line."""
    units = [str(settings[f"units_{place}"]) for place in range(1, int(settings["layers"]) + 1)]
    return ", ".join(
        [
            f"layers of {' and '.join(units)} units" if units else "no layer between",
            f"dropout {settings['dropout']:.2g}",
            f"{settings['optimizer']} at {settings['learning_rate']:.2g}",
            f"new layers {settings['head_learning_rate_factor']:.2g} times as fast",
            f"{settings['batch_size']} photos a step",
            f"{settings['frozen']:.0%} frozen",
            f"labels smoothed by {settings['label_smoothing']:.2g}",
        ]
    )
