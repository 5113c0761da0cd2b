"""Train a pretrained network on a label of this catalogue and make a Space to search of it.

As in visual search studies, all pretrained layers stay frozen, and one new hidden layer, of 4,096 units by default, is
trained to predict the label; that layer's output for a photo is the photo's vector. With `way full` every layer is
trained and the network's own pooled features are the vector; with `metric_loss_weight` a metric learning loss is added
(metric_loss.py) that brings photos of one value closer by angle. With `frequent` only the most frequent values are
used, which gives cleaner neighbours than a long tail of rare ones. `measure match` then compares the Space with others
on photos outside the training set.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.specs import CLASSIFIER
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.classifiers.recipe import ClassifierRecipe
    from lookscape.classifiers.task import Task

SLOW = True

NEW_LEARNING_RATE, FULL_LEARNING_RATE = 1e-4, 1e-3
"""Highest learning rates of pretrained layers; new ones learn ten times faster (`head_learning_rate_factor`)."""


class Params(_tool.Params):
    """What to train on, with which network, and how."""

    label: str = _tool.positional("the attribute to train on", max_length=LONGEST_NAME)
    way: Literal["frozen", "full"] = Field(
        default="frozen", description="frozen: only new layers are trained; full: all layers are"
    )
    frequent: int = Field(default=0, ge=0, description="only this many of the most frequent values; 0 for all")
    metric_loss_weight: float = Field(
        default=0.0, ge=0, le=100, description="weight of the metric learning loss; 0 for none"
    )
    hidden: int = Field(default=4096, ge=2, le=16_384, description="units of the new layer, with way frozen")
    backbone: str = Field(
        default="timm/tf_efficientnet_lite0", description="timm/NAME, torchvision/NAME (vgg16 ...) or encoder"
    )
    weights: str = Field(default="default", description="default, none (random) or a .safetensors file")
    name: str | None = Field(
        default=None,
        description="the classifier's name; default: made from the other parameters",
        pattern="^[a-z0-9][a-z0-9-]*$",
    )
    split: str = Field(default="", max_length=80, description="a split by name; default: named like the label")
    side: int | None = Field(default=None, ge=16, le=1024, description="input while training, pixels; default: 144")
    epochs: float = Field(default=10.0, gt=0, le=10_000, description="passes over the training photos")
    batch_size: int = Field(default=32, ge=2, le=4096, description="photos a step")
    seed: int = Field(default=0, ge=0, description="seed of new weights, order and changes")
    again: bool = Field(default=False, description="train even if this same classifier already exists")


class Result(_tool.Result):
    """What was trained and the resulting Space."""

    words: str = Field(description="the outcome in a sentence")
    name: str = Field(description="the classifier's name")
    space: str = Field(description="the Space's name, for search and measure match")
    dim: int = Field(description="length of a vector")
    split: str = Field(description="only its test photos can evaluate the Space")
    classes: int = Field(description="values that were trained on")
    left_out: int = Field(description="photos of rarer values, which were left out")
    train: int = Field(description="photos trained on")
    test: int = Field(description="photos evaluated on")
    accuracy: float = Field(description="share of the test photos of these values predicted correctly, 0 to 1")
    majority: float = Field(description="the same for always predicting the most common value")
    seconds: float = Field(description="seconds of training")
    notes: list[str] = Field(description="notes on the result")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Train, then embed every photo. Raises as `predict train` and `embed` do."""
    from lookscape.classifiers.folder import FOLDER
    from lookscape.classifiers.training import ClassifierArguments, run_classifier
    from lookscape.services.classification.classifiers import (
        figures_of,
        late_values,
        majority,
        read_task,
        ready_split,
        slug,
    )

    label = clean_name(params.label)
    split = params.split or slug(label)
    name = params.name or _name(params, slug(label))
    recipe = _recipe(params)
    notes = ready_split(engine, split, label, progress)
    side = recipe.evaluation_side(int(recipe.checked_config(num_classes=2).side))
    whole = read_task(engine, label, split, side=side, progress=progress)
    task = most_frequent(whole, params.frequent) if params.frequent else whole
    steps = max(1, round(params.epochs * max(1, len(task.rows("train")) // params.batch_size)))
    arguments = ClassifierArguments(
        name=name,
        recipe=replace(recipe, num_steps=steps),
        folder=engine.folder / FOLDER / name,
        weights=params.weights,
        again=params.again,
    )
    with engine.catalogue.exclusive(f"classifier-{name}"):
        report = run_classifier(arguments, task, progress=progress)
    embedded = engine.manage.embed(f"{CLASSIFIER}:{name}", progress=progress)
    accuracy, commonest = figures_of(arguments.folder, part="test").accuracy.value, majority(task)
    return Result(
        words=f"{label} predicted correctly for {accuracy:.0%} of {report.counts['test']:,} test photos, "
        f"{commonest:.0%} by always predicting the most common value; "
        f"its Space is {embedded.space}: lookscape measure match {label!r}",
        name=name,
        space=embedded.space,
        dim=embedded.dim,
        split=split,
        classes=len(task.classes),
        left_out=int((whole.parts_N != "").sum() - (task.parts_N != "").sum()),
        train=report.counts["train"],
        test=report.counts["test"],
        accuracy=accuracy,
        majority=commonest,
        seconds=report.seconds,
        notes=[*filter(None, [report.note]), *notes, *late_values(whole)],
    )


def most_frequent(task: "Task", num: int) -> "Task":
    """The task with the classes that most training photos have, and without the photos of all others.

    The class `other` holds what is rare, so it is never among them. Raises UsageError for fewer than two.
    """
    from lookscape.representation.splits.saved import OTHER

    counts = np.bincount(task.codes_N[task.rows("train")], minlength=len(task.classes))
    named = [code for code, name in enumerate(task.classes) if name != OTHER]
    kept = sorted(sorted(named, key=lambda code: (-counts[code], task.classes[code]))[:num])
    if len(kept) < 2:
        raise UsageError(f"{num} most frequent values of {task.attribute!r} are {len(kept)}; at least two are needed")
    new_code = np.full(len(task.classes) + 1, -1, np.intp)  # the last place is that of photos without a class, -1
    new_code[kept] = np.arange(len(kept))
    codes_N = new_code[task.codes_N]
    return replace(
        task,
        classes=[task.classes[code] for code in kept],
        codes_N=codes_N,
        parts_N=np.where(codes_N >= 0, task.parts_N, ""),
    )


def _name(params: Params, label: str) -> str:
    frequent, pulled = f"-{params.frequent}" if params.frequent else "", "-pulled" if params.metric_loss_weight else ""
    return f"{label}-{params.way}{pulled}{frequent}"


def _recipe(params: Params) -> "ClassifierRecipe":
    from lookscape.classifiers.network import ENCODER
    from lookscape.classifiers.recipe import Balance, ClassifierRecipe

    frozen = params.way == "frozen"
    config: dict[str, Any] = {
        "backbone": params.backbone,
        "frozen": 1.0 if frozen else 0.0,
        "hidden": (params.hidden,) if frozen else (),
        "metric_loss_weight": params.metric_loss_weight,
    }
    if params.side is not None:
        config["side"] = params.side
    return ClassifierRecipe(
        config=config,
        num_steps=1,
        batch_size=params.batch_size,
        learning_rate=NEW_LEARNING_RATE if frozen else FULL_LEARNING_RATE,
        warmup=0.1,
        ema_decay=0.99,
        max_grad_norm=5.0,
        evaluation_scale=1.0 if params.backbone == ENCODER else None,
        balance=Balance.NONE,
        seed=params.seed,
    )
