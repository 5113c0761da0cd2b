"""Accept or reject findings, one, many, or all of a check above a confidence, in one undoable act.

Accepting a finding that says a photo should go puts it aside at once: hidden, never deleted. Changes to pictures are
made by `clean standardise`. Earlier decisions are left as they are unless `change` is given.
"""

from typing import Literal

from pydantic import Field

from lookscape.catalogue.findings import FindingState, Wanted
from lookscape.engine import Engine
from lookscape.errors import ConflictError, UsageError
from lookscape.services.labels.change import who
from lookscape.services.review.findings import LONGEST_NAME, Numbers, chosen, thresholds
from lookscape.tools import _tool

STATES = {"accept": FindingState.ACCEPTED, "reject": FindingState.REJECTED}


class Params(_tool.Params):
    """What is decided about which findings."""

    decision: Literal["accept", "reject"] = _tool.positional("accept or reject")
    findings: Numbers = Field(
        default=(), description="numbers of findings, as listed", json_schema_extra={"positional": True}
    )
    check: str | None = Field(default=None, description="all open findings of this check instead")
    least: float | None = Field(
        default=None, ge=0, le=1, description="with a check: only from this confidence; default: the check's own"
    )
    expect: int | None = Field(
        default=None, ge=0, description="with a check: decide only if exactly this many are open, as you saw"
    )
    change: bool = Field(default=False, description="change earlier decisions")
    by: str = Field(default="", max_length=LONGEST_NAME, description="who decides; default: the settings' user")


class Result(_tool.Result):
    """What was done."""

    act: int | None = Field(description="the act, to undo; None when there was nothing to decide")
    decided: int = Field(description="findings decided by it")
    open: int = Field(description="findings of these checks that are still open")
    aside: int = Field(description="photos that are put aside now")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Decide. Raises UsageError, NotFoundError, or ConflictError when others were quicker; nothing is changed then."""
    if bool(params.findings) == (params.check is not None):
        raise UsageError("give either numbers of findings, as `clean findings` lists them, or a check")
    by = who(engine, params.by)
    if params.check is not None:
        return _decide_check(engine, params, params.check, by)
    act = engine.catalogue.decide(params.findings, STATES[params.decision], by=by, change=params.change)
    return _result(engine, act.id if act else None, act.count if act else 0, ())


def _decide_check(engine: Engine, params: Params, name: str, by: str) -> Result:
    checks = chosen([name])
    wanted = Wanted(checks=(checks[0].name,), least_of=thresholds(checks, params.least))
    if params.expect is not None:
        there = engine.catalogue.find_findings(wanted, limit=0).total
        if there != params.expect:
            raise ConflictError(f"{there} findings are open now, not {params.expect}; nothing was changed: check again")
    act = engine.catalogue.decide(wanted, STATES[params.decision], by=by)
    return _result(engine, act.id if act else None, act.count if act else 0, (name,))


def _result(engine: Engine, act: int | None, decided: int, names: tuple[str, ...]) -> Result:
    checks = chosen(names)
    wanted = Wanted(checks=tuple(check.name for check in checks), least_of=thresholds(checks, None))
    still_open = engine.catalogue.find_findings(wanted, limit=0).total
    return Result(act=act, decided=decided, open=still_open, aside=engine.catalogue.counts().aside)
