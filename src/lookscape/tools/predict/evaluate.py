"""Evaluate a classifier on photos it has not seen: figures with intervals, mistakes, baselines.

The baselines are always predicting the most common value, and the linear head: logistic regression on frozen pretrained
features, trained on the same split. The difference from the linear head is paired photo by photo. Intervals resample
whole groups of products. Values corrected since training count as they are now.
"""

from typing import Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.classification.records import Evaluation as Result
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which classifier, on which photos."""

    name: str = Field(default="", max_length=80, description="the classifier; default: the only one")
    part: Literal["test", "validation"] = Field(default="test", description="the photos to evaluate on")
    mistakes: int = Field(default=24, ge=0, le=500, description="most confident mistakes to list")
    linear: bool = Field(default=True, description="train the linear head too; some minutes for many photos")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Evaluate its predictions from when it was trained.

    Raises UnknownNameError for a classifier there is not, UsageError when its split was recreated since.
    """
    from lookscape.services.classification.evaluate import evaluate

    found, _ = evaluate(
        engine, params.name, part=params.part, mistakes=params.mistakes, linear=params.linear, progress=progress
    )
    return found
