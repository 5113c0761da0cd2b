"""List what people and machines changed, newest first: who, when, what, on how many products."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.labels.acts import ActInfo, told
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which changes."""

    limit: int = Field(default=50, ge=1, le=1000, description="changes to list")
    before: int | None = Field(default=None, ge=1, description="only changes before this act, for the next page")
    name: str | None = Field(default=None, description="only changes of this attribute")


class Result(_tool.Result):
    """The log, and its newest number."""

    acts: list[ActInfo]
    latest: int = Field(description="the newest act of all: give it as `seen` with your next change")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the log."""
    catalogue = engine.catalogue
    acts = catalogue.history(limit=params.limit, before=params.before, name=params.name)
    newest = catalogue.history(limit=1)
    undone_by = catalogue.undone_by([act.id for act in acts if act.undone_at])
    return Result(acts=told(acts, undone_by), latest=newest[0].id if newest else 0)
