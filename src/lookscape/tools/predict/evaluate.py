"""Judge a classifier on photos it never saw: figures with intervals, mistakes, simpler means.

Beside it stand always saying the commonest value, and the linear head: logistic regression on frozen pretrained
features, taught by the same split. The difference to the linear head is paired photo by photo. Intervals redraw whole
groups of products. Values that people corrected since it was trained count as they are now.
"""

from typing import Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.classification.records import Evaluation as Result
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which classifier, on which photos."""

    name: str = Field(default="", max_length=80, description="the classifier; the only one there is without it")
    part: Literal["test", "validation"] = Field(default="test", description="the photos to judge by")
    mistakes: int = Field(default=24, ge=0, le=500, description="most confident mistakes to list")
    linear: bool = Field(default=True, description="teach the linear head, too; some minutes for many photos")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge by what it said when it was trained.

    Raises UnknownNameError for a classifier there is not, UsageError when its split was made anew since.
    """
    from lookscape.services.classification.evaluate import evaluate

    found, _ = evaluate(
        engine, params.name, part=params.part, mistakes=params.mistakes, linear=params.linear, progress=progress
    )
    return found
