"""Undo decisions about findings, or a standardisation; without a number, your last one.

Photos that were put aside come back with their products; pictures are what they were before. Refused if somebody has
changed the same since.
"""

from pydantic import Field

from lookscape.catalogue.records import Act
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.services.labels.change import who
from lookscape.services.review.findings import LONGEST_NAME
from lookscape.tools import _tool

KINDS = ("accept", "reject", "standardise")
LOOKED_AT = 1000
"""Acts among which the last one is looked for."""


class Params(_tool.Params):
    """Which act, in whose name."""

    act: int | None = Field(default=None, ge=1, description="the act's number", json_schema_extra={"positional": True})
    by: str = Field(default="", max_length=LONGEST_NAME, description="who does it; default: the settings' user")


class Result(_tool.Result):
    """What was undone."""

    act: int
    kind: str = Field(description="accept, reject or standardise")
    count: int = Field(description="findings or photos concerned")
    aside: int = Field(description="photos that are put aside now")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Undo it. Raises NotFoundError, or ConflictError when it was undone already or a later act stands in the way."""
    by = who(engine, params.by)
    act = engine.catalogue.undo(_wanted(engine, params.act, by), by=by)
    return Result(act=act.id, kind=act.kind, count=act.count, aside=engine.catalogue.counts().aside)


def _wanted(engine: Engine, act_id: int | None, by: str) -> int:
    if act_id is None:
        mine = [act for act in engine.catalogue.history(limit=LOOKED_AT) if act.by == by and _stands(act)]
        if not mine:
            raise NotFoundError(f"{by} has no decision to undo")
        return mine[0].id
    act = next(iter(engine.catalogue.history(limit=1, before=act_id + 1)), None)
    if act is None or act.id != act_id:
        raise NotFoundError(f"there is no act {act_id}")
    if act.kind not in KINDS:
        raise UsageError(
            f"act {act_id} is not a decision about findings ({act.kind}); run: lookscape annotate undo {act_id}"
        )
    return act_id


def _stands(act: Act) -> bool:
    return act.kind in KINDS and act.undone_at is None
