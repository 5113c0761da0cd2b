"""Show all checks and how many of their findings are open, accepted and rejected."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.review.findings import CheckInfo, counted
from lookscape.services.review.findings import chosen as chosen_checks
from lookscape.tools import _tool


class Params(_tool.Params):
    """From which confidence open findings are counted."""

    least: float | None = Field(default=None, ge=0, le=1, description="confidence; default: each check's own")


class Result(_tool.Result):
    """Every check."""

    checks: list[CheckInfo]
    open: int = Field(description="undecided findings")
    aside: int = Field(description="photos that were put aside")
    photos: int = Field(description="photos in view")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Count."""
    checks = counted(engine, chosen_checks(()), params.least)
    counts = engine.catalogue.counts()
    return Result(checks=checks, open=sum(check.open for check in checks), aside=counts.aside, photos=counts.photos)
