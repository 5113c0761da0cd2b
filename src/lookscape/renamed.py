"""Names that changed, old to new: files and calls that use an old one are still understood, for one version.

Files of before a renaming hold the old names: `today` reads them. Fingerprints of trainings were made of the old names
and stay so (`as_begun`), so that a training begun before goes on. The changelog lists the same names.
"""

from collections.abc import Mapping
from typing import Any

TOOLS = {
    "predict/learn": "predict/train",
    "predict/judge": "predict/evaluate",
    "predict/change": "predict/counterfactual",
}
"""Tools by their paths."""

_TRAIN = {
    "rate": "learning_rate",
    "batch": "batch_size",
    "mixed": "mixup_alpha",
    "decay": "weight_decay",
    "turned": "rotation_degrees",
    "least": "min_crop_area",
    "light": "brightness_contrast",
    "colour": "saturation",
    "erased": "random_erasing",
    "recoloured": "recolouring",
    "coarse": "progressive_resizing",
}

PARAMS: Mapping[str, Mapping[str, str]] = {
    "predict/train": _TRAIN,
    "predict/tune": {"looks": "evaluations"},
    "predict/transfer": {"batch": "batch_size", "pull": "metric_loss_weight"},
    "predict/explain": {"judge": "faithfulness"},
    "manage/train": {"batch": "batch_size"},
}
"""Parameters of tools, by the tool's path of today."""

CONFIG = {
    "smoothing": "label_smoothing",
    "mixed": "mixup_alpha",
    "decay": "weight_decay",
    "head_rate": "head_learning_rate_factor",
    "pull": "metric_loss_weight",
}
"""Fields of a classifier's Config."""

RECIPE = {
    "batch": "batch_size",
    "rate": "learning_rate",
    "averaging": "ema_decay",
    "clip": "max_grad_norm",
    "finer": "evaluation_scale",
    "coarse": "progressive_resizing",
    "area": "crop_area",
    "turn_deg": "rotation_degrees",
    "mirrored": "flip_probability",
    "light": "brightness_contrast",
    "colour": "saturation",
    "erased": "random_erasing",
    "recoloured": "recolouring",
}
"""Fields of recipes."""

SETTINGS = {
    "rate": "learning_rate",
    "batch": "batch_size",
    "head_rate": "head_learning_rate_factor",
    "smoothing": "label_smoothing",
}
"""Settings that a study tries."""


def today(values: Any, renamed: Mapping[str, str]) -> Any:
    """A mapping with the names of today; whatever is no mapping is left as it is."""
    if not isinstance(values, Mapping):
        return values
    return {renamed.get(name, name): value for name, value in values.items()}


def as_begun(values: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """A mapping with the names that it had before the renaming."""
    before = {new: old for old, new in renamed.items()}
    return {before.get(name, name): value for name, value in values.items()}
