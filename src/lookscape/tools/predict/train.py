"""Train a classifier that predicts an attribute from photos, on a split without leaks.

A pretrained network is fine-tuned on the products that have a value: random crops, turns, mirror images and light; rare
values count more; the weights that are best on the validation photos are kept and their confidence is calibrated. If
there is no split of that name, one is made for the attribute as `measure split` does. Test photos are used once, at the
end. An interrupted run resumes where it stopped, and a classifier that is already trained is left as it is.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.specs import CLASSIFIER
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.classifiers.recipe import ClassifierRecipe
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.latents.codec import Codec

SLOW = True
SIDE = 160
SCRATCH = "started from random weights: no pretrained ones were used"
FROZEN = 0.3
"""Share of pretrained layers that stay as they were: those that see edges and cost the most. It doubles the speed."""


class Params(_tool.Params):
    """What to predict, with which network, and how long to train."""

    attribute: str = _tool.positional("the attribute to predict", max_length=LONGEST_NAME)
    name: str | None = Field(
        default=None, description="the classifier's name; default: the attribute's", pattern="^[a-z0-9][a-z0-9-]*$"
    )
    split: str = Field(default="", max_length=80, description="a split by name; default: named like the attribute")
    backbone: str = Field(
        default="timm/tf_efficientnet_lite0",
        description="timm/NAME, torchvision/NAME (vgg16, mobilenet_v2, shufflenet_v2_x1_0 ...) or encoder",
    )
    weights: str = Field(default="default", description="default, none (random) or a .safetensors file")
    init_from: str | None = Field(
        default=None, description="a trained model whose encoder to start from, or classifier:NAME of the same split"
    )
    side: int | None = Field(default=None, ge=16, le=1024, description="input while training, pixels; default: 160")
    epochs: float = Field(default=30.0, gt=0, le=10_000, description="passes over the training photos")
    batch_size: int = Field(default=64, ge=2, le=4096, description="photos a step")
    learning_rate: float = Field(default=1e-3, gt=0, description="the highest learning rate of pretrained layers")
    frozen: float | None = Field(
        default=None, ge=0, le=1, description="share of the layers kept frozen; default: 0.3 for pretrained ones"
    )
    hidden: tuple[int, ...] = Field(default=(), description="units of a layer before the last; may be repeated")
    dropout: float = Field(default=0.2, ge=0, lt=1, description="share of the features dropped in training")
    mixup_alpha: float = Field(
        default=0.2, ge=0, le=10, description="how strongly pairs of photos are mixed (mixup's alpha)"
    )
    weight_decay: float = Field(default=0.01, ge=0, le=10, description="weight decay, with adamw")
    rotation_degrees: float = Field(
        default=10.0, ge=0, le=180, description="photos are turned by up to this many degrees"
    )
    min_crop_area: float = Field(
        default=0.4, gt=0, le=1, description="the least share of a photo's area that a crop keeps"
    )
    brightness_contrast: float = Field(
        default=0.25, ge=0, lt=1, description="brightness and contrast change by up to this share"
    )
    saturation: float = Field(
        default=0.25, ge=0, le=1, description="saturation changes by up to this share; 0 where it matters"
    )
    random_erasing: float = Field(default=0.25, ge=0, le=1, description="share of photos with a rectangle erased")
    recolouring: float = Field(
        default=0.0, ge=0, le=1, description="share of photos shown in other colours, where colour does not matter"
    )
    progressive_resizing: float = Field(
        default=0.6, gt=0, le=1, description="training starts with photos of this share of the side"
    )
    optimizer: Literal["adamw", "adam", "rmsprop", "sgd"] = Field(
        default="adamw", description="how weights are updated"
    )
    balance: Literal["weights", "sampler", "none"] = Field(
        default="weights", description="rare values count more, or are shown more often, or neither"
    )
    patience: int = Field(default=0, ge=0, description="stop after this many epochs without improvement; 0 for never")
    study: str = Field(default="", max_length=80, description="use the best settings of a study of `predict tune`")
    seed: int = Field(default=0, ge=0, description="seed of new weights, order and changes")
    again: bool = Field(default=False, description="train even if this same classifier already exists")


class Result(_tool.Result):
    """What was trained, and how good it is on the test photos."""

    words: str = Field(description="the outcome in a sentence")
    name: str = Field(description="the classifier's name, for predict classify")
    attribute: str
    split: str
    classes: int = Field(description="values it predicts")
    train: int = Field(description="photos trained on")
    validation: int = Field(description="photos that chose the weights")
    test: int = Field(description="photos evaluated on")
    accuracy: float = Field(description="share of the test photos predicted correctly, 0 to 1")
    accuracy_low: float = Field(description="lower end of its 95 % interval, by product groups")
    accuracy_high: float = Field(description="upper end")
    macro_f1: float = Field(description="mean over the values of F1, 0 to 1")
    macro_f1_low: float
    macro_f1_high: float
    majority: float = Field(description="accuracy of always predicting the most common value")
    calibration_error: float = Field(description="mean gap between confidence and accuracy, 15 bins of equal mass")
    steps: int
    best_step: int = Field(description="the step whose weights were kept")
    resumed_at: int = Field(description="the step from which a stopped run resumed, 0 for a new one")
    seconds: float = Field(description="seconds of training")
    notes: list[str] = Field(description="notes on the result")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Train, calibrate and evaluate.

    Raises UnknownNameError for an attribute or a model there is not, UsageError when there is too little to train on,
    UnavailableError when weights cannot be downloaded, ConflictError while another run trains this classifier.
    """
    from lookscape.classifiers.folder import FOLDER
    from lookscape.classifiers.training import ClassifierArguments, run_classifier
    from lookscape.classifiers.tuning.search import tuned
    from lookscape.services.classification.classifiers import (
        figures_of,
        late_values,
        majority,
        read_task,
        ready_split,
        slug,
    )
    from lookscape.services.labels.classes import several_note

    attribute = clean_name(params.attribute)
    if params.study:
        params = _of_study(engine, params, attribute)
    name = params.name or slug(attribute)
    split = params.split or slug(attribute)
    start = opened_start(engine, params.init_from) if params.init_from else None
    recipe = recipe_of(params, start)
    if params.study:
        recipe = tuned(engine.folder, params.study, recipe)
    notes = ready_split(engine, split, attribute, progress)
    task = read_task(engine, attribute, split, side=recipe.evaluation_side(_side(recipe)), progress=progress)
    steps = max(1, round(params.epochs * max(1, len(task.rows("train")) // recipe.batch_size)))
    arguments = ClassifierArguments(
        name=name,
        recipe=replace(recipe, num_steps=steps),
        folder=engine.folder / FOLDER / name,
        weights=params.weights,
        init_from=start,
        again=params.again,
    )
    with engine.catalogue.exclusive(f"classifier-{name}"):
        report = run_classifier(arguments, task, progress=progress)
    figures = figures_of(arguments.folder, part="test")
    commonest = majority(task)
    return Result(
        words=f"{attribute} predicted correctly for {figures.accuracy.value:.0%} of {report.counts['test']:,} test "
        f"photos; always predicting the most common value, for {commonest:.0%}",
        name=name,
        attribute=attribute,
        split=split,
        classes=len(task.classes),
        **report.counts,
        accuracy=figures.accuracy.value,
        accuracy_low=figures.accuracy.low,
        accuracy_high=figures.accuracy.high,
        macro_f1=figures.macro_f1.value,
        macro_f1_low=figures.macro_f1.low,
        macro_f1_high=figures.macro_f1.high,
        majority=commonest,
        calibration_error=figures.calibration_error,
        steps=report.stopped_at,
        best_step=report.best_step,
        resumed_at=report.resumed_at,
        seconds=report.seconds,
        notes=list(
            dict.fromkeys(
                [
                    *filter(None, [report.note, SCRATCH if _is_fresh(params, start) else ""]),
                    *notes,
                    *several_note(engine, attribute),
                    *late_values(task),
                ]
            )
        ),
    )


def _of_study(engine: Engine, params: Params, attribute: str) -> Params:
    """What is asked for, with the study's split, backbone and start where nothing else is said.

    Raises UsageError for other ones: its settings were chosen on photos that another split may test on.
    """
    from lookscape.classifiers.tuning.study import ABOUT, read_about, study_folder
    from lookscape.representation.splits.saved import open_split, split_names

    about = read_about(engine.folder, params.study)
    usual = Params.model_fields["backbone"].default
    said = {
        "attribute": attribute,
        "split": params.split or about.split,
        "backbone": about.backbone if params.backbone == usual else params.backbone,
        "init_from": params.init_from or about.init_from,
    }
    for field, value in said.items():
        if getattr(about, field) != value:
            raise UsageError(f"the study {params.study!r} is of {field}={getattr(about, field)}, not {value}")
    began = (study_folder(engine.folder, params.study) / ABOUT).stat().st_mtime
    split = about.split
    if split in split_names(engine.folder) and open_split(engine.folder, split).made_at.timestamp() > began:
        raise UsageError(
            f"the split {split!r} was recreated since the study {params.study!r}; tune again under another name"
        )
    return params.model_copy(update={**said, "init_from": said["init_from"] or None})


def opened_start(engine: Engine, name: str) -> "Codec | TrainedClassifier":
    """What to start from: `classifier:NAME`, or a trained model."""
    library, _, rest = name.partition(":")
    return engine.classifier(rest) if library == CLASSIFIER else engine.codec(name)


def recipe_of(params: Params, start: "Codec | TrainedClassifier | None") -> "ClassifierRecipe":
    """What is asked for, but for the number of steps."""
    from lookscape.classifiers.network import ENCODER
    from lookscape.classifiers.recipe import Balance, ClassifierRecipe
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.training.warm_start import encoder_width

    config: dict[str, Any] = {
        "backbone": params.backbone,
        "hidden": params.hidden,
        "dropout": params.dropout,
        "optimizer": params.optimizer,
        "mixup_alpha": params.mixup_alpha,
        "weight_decay": params.weight_decay,
    }
    config["side"] = params.side or SIDE
    if isinstance(start, TrainedClassifier):
        was = start.network.config
        handed = was.hidden if start.attribute == clean_name(params.attribute) else ()
        hidden = params.hidden or handed
        config |= {"backbone": was.backbone, "width": was.width, "side": params.side or was.side, "hidden": hidden}
    elif start is not None:
        config |= {"backbone": ENCODER, "side": start.side, "width": encoder_width(start)}
    own = config["backbone"] == ENCODER
    usual = 0.0 if own or _is_fresh(params, start) else FROZEN
    config["frozen"] = usual if params.frozen is None else params.frozen
    return ClassifierRecipe(
        config=config,
        num_steps=1,
        batch_size=params.batch_size,
        learning_rate=params.learning_rate,
        warmup=0.1,
        ema_decay=0.99,
        max_grad_norm=5.0,
        evaluation_scale=1.0 if own else None,
        progressive_resizing=1.0 if own else params.progressive_resizing,
        crop_area=(params.min_crop_area, 1.0),
        rotation_degrees=params.rotation_degrees,
        brightness_contrast=params.brightness_contrast,
        saturation=params.saturation,
        random_erasing=params.random_erasing,
        recolouring=params.recolouring,
        balance=Balance(params.balance),
        patience=params.patience,
        seed=params.seed,
    )


def _is_fresh(params: Params, start: "Codec | TrainedClassifier | None") -> bool:
    """Whether nothing that was learned before is used."""
    from lookscape.classifiers.network import ENCODER

    return start is None and (params.backbone == ENCODER or params.weights == "none")


def _side(recipe: "ClassifierRecipe") -> int:
    return int(recipe.checked_config(num_classes=2).side)
