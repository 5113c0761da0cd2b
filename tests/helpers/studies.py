"""Studies for tests: drawn squares, a tiny encoder, seconds."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from lookscape.classifiers.recipe import ClassifierRecipe
from lookscape.classifiers.task import Task
from lookscape.classifiers.tuning.search import Budget, Tuning
from lookscape.classifiers.tuning.study import About
from lookscape.classifiers.tuning.trial import StudySetup, without_test_photos
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.training.recipe import Precision
from runs import squares

COUNT = 160
RECIPE = ClassifierRecipe(
    config={"backbone": "encoder", "side": 16, "width": 8},
    num_steps=18,
    batch_size=32,
    learning_rate=1e-3,
    evaluation_scale=1.0,
    precision=Precision.FULL,
)
ABOUT = About(
    attribute="colour",
    split="fair",
    backbone="encoder",
    weights="default",
    init_from="",
    side=16,
    balance="weights",
    epochs=6.0,
    evaluations=3,
    seed=0,
    data="squares",
)


def task() -> Task:
    """Squares, each photo's class being the strongest of its colours."""
    pixels = squares(COUNT)
    codes_N = 2 - (255 - np.asarray(pixels.array_NHWC, np.float64)).sum(axis=(1, 2)).argmin(axis=1)
    parts_N = np.array((["train"] * 6 + ["validation"] * 2 + ["test"] * 2) * (COUNT // 10))
    return Task(
        attribute="colour",
        split="fair",
        classes=("blue", "green", "red"),
        pixels=pixels,
        codes_N=codes_N,
        parts_N=parts_N,
        groups_N=np.arange(COUNT),
    )


def spoiled(given: Task) -> Task:
    """The task with nonsense for test photos: black pictures, all of one class."""
    test = given.rows("test")
    array_NHWC, codes_N = np.array(given.pixels.array_NHWC), given.codes_N.copy()
    array_NHWC[test], codes_N[test] = 0, 0
    return replace(given, pixels=Pixels(ids=given.pixels.ids, array_NHWC=array_NHWC), codes_N=codes_N)


def bench(folder: Path, given: Task | None = None) -> StudySetup:
    """What the trainings of the study in `folder` have in common."""
    return StudySetup(
        place=folder / "studies" / "colour", task=without_test_photos(given or task()), evaluations=ABOUT.evaluations
    )


def tuning(
    folder: Path, *, trials: int, repeats: int = 0, seconds: float = 600, given: Task | None = None, seed: int = 0
) -> Tuning:
    """The study, ready to run."""
    budget = Budget(trials=trials, seconds=seconds, repeats=repeats)
    return Tuning(ABOUT.model_copy(update={"seed": seed}), RECIPE, bench(folder, given), budget=budget)
