"""Undo a whole change; without a number, your last one that is in effect.

What it wrote is removed and what it replaced is restored. Refused if somebody has changed the same values since, so
that nobody's work is overwritten.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.labels.acts import ActInfo, told
from lookscape.services.labels.change import LONGEST_NAME, who
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which act, in whose name."""

    act: int | None = Field(
        default=None, ge=1, description="the act's number, as history lists it", json_schema_extra={"positional": True}
    )
    by: str = Field(default="", max_length=LONGEST_NAME, description="who does it; default: the settings' user")


class Result(_tool.Result):
    """The act as it is now."""

    acts: list[ActInfo]
    latest: int = Field(description="the newest act of all", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Undo it. Raises NotFoundError, or ConflictError when it was undone already or a later act stands in the way."""
    by = who(engine, params.by)
    wanted = params.act if params.act is not None else engine.catalogue.last_act(by)
    if wanted is None:
        raise NotFoundError(f"{by} has no change to undo; history lists everybody's")
    act = engine.catalogue.undo(wanted, by=by)
    return Result(acts=told([act], {act.id: by}), latest=engine.catalogue.history(limit=1)[0].id)
