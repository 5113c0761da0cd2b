"""List what checks found, most confident first: photo, problem, confidence and remedy."""

from typing import Literal

from pydantic import Field

from lookscape.catalogue.findings import FindingState, Wanted
from lookscape.engine import Engine
from lookscape.services.review.findings import FindingInfo, Names, chosen, thresholds, told
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which findings."""

    check: Names = Field(default=(), description="only findings of these checks")
    state: Literal["open", "accepted", "rejected", "all"] = Field(default="open", description="what became of them")
    least: float | None = Field(
        default=None, ge=0, le=1, description="only from this confidence; each check's own for open ones, else 0"
    )
    limit: int = Field(default=20, ge=0, le=500, description="how many")
    offset: int = Field(default=0, ge=0, description="how many to skip first")


class Result(_tool.Result):
    """Some of them, and how many there are."""

    findings: list[FindingInfo]
    total: int


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read, change nothing. Raises UnknownNameError."""
    checks = chosen(params.check)
    state = None if params.state == "all" else FindingState(params.state)
    least = 0.0 if params.least is None and state is not FindingState.OPEN else params.least
    wanted = Wanted(checks=tuple(check.name for check in checks), state=state, least_of=thresholds(checks, least))
    page = engine.catalogue.find_findings(wanted, offset=params.offset, limit=params.limit)
    return Result(findings=told(engine, page.items), total=page.total)
