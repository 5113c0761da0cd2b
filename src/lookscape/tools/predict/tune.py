"""Search for better classifier settings and test whether they are better or only luckier.

Layers, units, dropout, optimiser, learning rates, batch, what stays frozen and label smoothing are tried in short
training runs, measured on validation photos; trial 0 has the default settings, and trials that do worse than half of
the others end early. The best and the defaults are then trained again with other seeds, and only those are compared.
Test photos are never used. An interrupted study resumes where it stopped, or continues with a larger budget, and its
original parameters need not be given again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.renamed import CONFIG, RECIPE, as_begun
from lookscape.services.inputs import OutFile
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.classifiers.recipe import ClassifierRecipe
    from lookscape.classifiers.task import Task
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.classifiers.tuning.search import Runner, Tuning
    from lookscape.classifiers.tuning.study import About
    from lookscape.classifiers.tuning.trial import Start, StudySetup
    from lookscape.representation.latents.codec import Codec
    from lookscape.tools.predict.train import Params as Learn

SLOW = True

LASTING = "split", "epochs", "evaluations", "backbone", "weights", "init_from", "side", "balance", "seed"
"""Parameters that a study keeps: one that continues need not be given them again."""


class Params(_tool.Params):
    """What to tune, with which network, and the budget."""

    attribute: str = _tool.positional("the attribute to predict", max_length=LONGEST_NAME)
    study: str | None = Field(
        default=None, description="the study's name; default: the attribute's", pattern="^[a-z0-9][a-z0-9-]*$"
    )
    split: str = Field(default="", max_length=80, description="a split by name; default: named like the attribute")
    trials: int = Field(default=30, ge=1, le=10_000, description="trials in total, earlier ones included")
    minutes: float = Field(default=60.0, gt=0, description="minutes of work in total, earlier ones included")
    repeats: int = Field(default=2, ge=0, le=20, description="other seeds for the best and for the defaults")
    ray: int = Field(default=0, ge=0, le=1000, description="parallel training runs on Ray (extra ray); 0 trains here")
    epochs: float | None = Field(
        default=None, gt=0, le=1000, description="passes over the training photos in a trial; default: 4"
    )
    evaluations: int | None = Field(
        default=None, ge=2, le=50, description="evaluations on the validation photos in a trial; default: 4"
    )
    backbone: str | None = Field(
        default=None,
        description="timm/NAME, torchvision/NAME (vgg16 ...) or encoder; default: timm/tf_efficientnet_lite0",
    )
    weights: str | None = Field(default=None, description="default, none (random) or a .safetensors file")
    init_from: str | None = Field(
        default=None, description="a trained model whose encoder to start from, or classifier:NAME of the same split"
    )
    side: int | None = Field(
        default=None, ge=16, le=1024, description="input while training, pixels; default: that of predict train"
    )
    balance: Literal["weights", "sampler", "none"] | None = Field(
        default=None, description="rare values count more (weights, without it), or are shown more often, or neither"
    )
    seed: int | None = Field(
        default=None, ge=0, description="of the search, new weights, order and changes; default: 0"
    )
    out: OutFile = Field(default="", description="where to write the page; default: reports/study-NAME.html")


class Result(_tool.Result):
    """What was found."""

    words: str = Field(description="the outcome in a few sentences")
    study: str
    attribute: str
    split: str
    trials: int = Field(description="trials that are finished, ended early or failed")
    pruned: int = Field(description="those that ended early")
    diverged: int = Field(description="those that diverged")
    best: int | None = Field(description="the best trial's number; 0 has the default settings")
    macro_f1: float | None = Field(description="of the best trial on validation photos, 0 to 1; partly luck")
    defaults: float | None = Field(description="of the defaults")
    settings: str = Field(description="the best trial's settings in words")
    repeats: int = Field(description="other seeds with which the best and the defaults were trained again")
    best_again: float | None = Field(description="mean macro F1 of the best's repeats")
    defaults_again: float | None = Field(description="mean macro F1 of the defaults' repeats")
    gain: float | None = Field(description="the first minus the second")
    gain_low: float | None = Field(description="lower end of its 95 % interval, by seeds and by product groups")
    gain_high: float | None = Field(description="upper end")
    minutes: float = Field(description="minutes of work on the study so far")
    file: str = Field(description="the page")
    notes: list[str] = Field(description="notes on the result")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Search, repeat, and draw the page.

    Raises UnknownNameError for an attribute or a model there is not, UsageError when there is too little to train
    on or a study of that name has another subject, UnavailableError without the extra `ray` when it is asked for,
    ConflictError while another run works on this study.
    """
    from lookscape.classifiers.tuning import study as studies
    from lookscape.classifiers.tuning.search import Budget, Tuning
    from lookscape.classifiers.tuning.trial import StudySetup, without_test_photos
    from lookscape.services.classification.classifiers import read_task, ready_split, slug
    from lookscape.tools.predict.train import opened_start, recipe_of

    attribute = clean_name(params.attribute)
    name = params.study or slug(attribute)
    about = _about(engine, params, attribute=attribute, name=name)
    start = opened_start(engine, about.init_from) if about.init_from else None
    recipe = recipe_of(_learned(about), start)
    side = int(recipe.checked_config(num_classes=2).side)
    ready_split(engine, about.split, attribute, progress)
    task = without_test_photos(
        read_task(engine, attribute, about.split, side=recipe.evaluation_side(side), progress=progress)
    )
    bench = StudySetup(
        place=studies.study_folder(engine.folder, name),
        task=task,
        evaluations=about.evaluations,
        weights=about.weights,
        start=_start(engine, start),
    )
    budget = Budget(trials=params.trials, seconds=60 * params.minutes, repeats=params.repeats)
    steps = max(1, round(about.epochs * max(1, len(task.rows("train")) // recipe.batch_size)))
    with engine.catalogue.exclusive(f"study-{name}"), _runner(params, bench) as runner:
        tuning = Tuning(
            about.model_copy(update={"side": side, "data": _data(task, recipe)}),
            replace(recipe, num_steps=steps),
            bench,
            budget=budget,
            runner=runner,
        )
        tuning.run(progress)
        return _result(engine, params, tuning, bench, progress)


def _about(engine: Engine, params: Params, *, attribute: str, name: str) -> "About":
    """What was given; the rest is as the study was started with, or the defaults for a new one."""
    from lookscape.classifiers.tuning.study import About, read_about, study_names
    from lookscape.services.classification.classifiers import slug

    if name in study_names(engine.folder):
        was = read_about(engine.folder, name)
    else:
        was = About(attribute=attribute, split=slug(attribute))
    said = {field: getattr(params, field) for field in LASTING if getattr(params, field) not in {None, ""}}
    return was.model_copy(update={"attribute": attribute, **said})


def _learned(about: "About") -> "Learn":
    """What `predict train` would be asked: its settings are the defaults."""
    from lookscape.tools.predict.train import Params as Learn

    return Learn.model_validate(
        {
            "attribute": about.attribute,
            "backbone": about.backbone,
            "weights": about.weights,
            "init_from": about.init_from or None,
            "side": about.side or None,
            "balance": about.balance,
            "seed": about.seed,
        }
    )


def _data(task: "Task", recipe: "ClassifierRecipe") -> str:
    """A mark of the photos, their values and their parts, and of the defaults."""
    found = hashlib.sha256("\n".join((*task.pixels.ids, *task.parts_N.tolist(), *task.classes)).encode())
    found.update(task.codes_N.tobytes() + json.dumps(_as_begun(recipe), sort_keys=True, default=str).encode())
    return found.hexdigest()[:16]


def _as_begun(recipe: "ClassifierRecipe") -> dict[str, object]:
    return as_begun({**asdict(recipe), "config": as_begun(recipe.config, CONFIG)}, RECIPE)


def _start(engine: Engine, start: "Codec | TrainedClassifier | None") -> "Start | None":
    """What opens it again in whichever process trains."""
    from lookscape.classifiers.folder import FOLDER
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.latents.codec import Codec

    if start is None:
        return None
    if isinstance(start, TrainedClassifier):
        return partial(TrainedClassifier.open, engine.folder / FOLDER / start.name)
    return partial(Codec.open, engine.folder / "models" / start.name)


def _runner(params: Params, bench: "StudySetup") -> AbstractContextManager["Runner"]:
    from lookscape.classifiers.tuning.search import InProcess

    if not params.ray:
        return nullcontext(InProcess(bench))
    from lookscape.classifiers.tuning.on_ray import OnRay

    return OnRay(bench, slots=params.ray)


def _result(engine: Engine, params: Params, tuning: "Tuning", bench: "StudySetup", progress: _tool.Progress) -> Result:
    from lookscape.classifiers.tuning.comparison import gain_of, keep_gain
    from lookscape.classifiers.tuning.search import read_repeats
    from lookscape.classifiers.tuning.search_space import in_words
    from lookscape.classifiers.tuning.study import DEFAULTS, State, best_of
    from lookscape.reports.study.page import keep_page
    from lookscape.services.tuning.report import study_report

    trials = tuning.trial_records()
    best, states = best_of(trials), Counter(one.state for one in trials)
    gain = None if best is None else gain_of(read_repeats(bench.place, best), bench.task)
    if gain is not None:
        keep_gain(bench.place, gain)
    over = sum(states.values()) - states[State.WAITING] - states[State.RUNNING]
    shown = study_report(engine, bench.place.name)
    progress(0, 0, "drawing the page")
    return Result(
        words=shown.words,
        study=bench.place.name,
        attribute=bench.task.attribute,
        split=bench.task.split,
        trials=over,
        pruned=states[State.PRUNED],
        diverged=states[State.DIVERGED],
        best=shown.best,
        macro_f1=None if best is None else best.macro_f1,
        defaults=next((one.macro_f1 for one in trials if one.number == DEFAULTS), None),
        settings="" if best is None else in_words(best.settings),
        repeats=0 if gain is None else gain.repeats,
        best_again=None if gain is None else gain.best,
        defaults_again=None if gain is None else gain.defaults,
        gain=shown.gain,
        gain_low=shown.gain_low,
        gain_high=shown.gain_high,
        minutes=round(tuning.spent_s / 60, 1),
        file=str(keep_page(engine, shown, params.out)),
        notes=list(_notes(params, over=over, epochs=shown.epochs)),
    )


def _notes(params: Params, *, over: int, epochs: float) -> Iterator[str]:
    if over < params.trials:
        yield f"time ran out after {over} of {params.trials} trials; with more minutes the study continues"
    yield (
        f"settings were chosen on validation photos after {epochs:g} epochs; predict train --study and predict "
        "evaluate show how they do in a longer training and on test photos"
    )
