"""Undo the last change to the factors: a name, a merge, a factor hidden or shown.

Repeat it to get back to the factors as learned.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.representation.language.edits import Act
from lookscape.services.language.language import change, open_language
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.tools import _tool


class Params(ModelParams):
    """Which model's factors."""


class Result(_tool.Result):
    """What was undone."""

    model: str
    undone: str = Field(description="rename, merge, hide or show")
    rank: int = Field(description="the rank of the factor it was done to")
    name: str = Field(description="the name it gave; empty for hide and show")
    by: str = Field(description="who had done it; empty when nobody said")
    acts: int = Field(description="acts still in effect")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Undo one act. Raises UsageError when there is none."""
    opened = open_model(engine, params.model)
    before = open_language(opened).edits.acts
    spoken = change(opened, lambda edits: edits.undo())
    act: Act = before[-1]
    return Result(
        model=opened.codec.name,
        undone=act.kind.value,
        rank=act.factors[0] + 1,
        name=act.name,
        by=act.by,
        acts=len(spoken.edits.acts),
    )
