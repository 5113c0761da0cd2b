"""Review: what checks found, one at a time or as a grid, to accept or reject with a key, a touch or all at once.

The findings themselves are asked for by the page, batch by batch, through the tool `clean findings`.
"""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.review.findings import CheckInfo

PATH = "/review"
TITLE = "Review"
NAV = 20

STATES = {"open": "To review", "accepted": "Accepted", "rejected": "Rejected"}


class Choice(BaseModel):
    """One check in the row of filters."""

    model_config = ConfigDict(frozen=True)
    name: str = Field(description="empty for all checks")
    title: str
    what: str
    review_from: float
    count: int = Field(description="findings to review")


class Context(page.Context):
    """What there is to review, and what to do when there is nothing."""

    choices: list[Choice] = Field(description="all checks together, then one by one")
    chosen: str = Field(description="the check whose findings are shown first; empty for all")
    states: dict[str, str] = Field(description="what became of findings, in words")
    state: str = Field(description="which of these is shown first")
    judged: bool = Field(description="whether any check ran on any photo")
    due: int = Field(description="photos that some check has not seen yet")
    accepted: int = Field(description="findings that were accepted")
    aside: int = Field(description="photos that are put aside")


def view(engine: Engine, asked: Asked) -> Context:
    """Count; the page asks for the rest."""
    queue = engine.clean.queue()
    checks: list[CheckInfo] = queue.checks
    names = {check.name for check in checks}
    wanted = asked.text("check").replace("-", "_")
    choices = [
        Choice(name=check.name, title=check.title, what=check.what, review_from=check.review_from, count=check.open)
        for check in checks
    ]
    everything = Choice(name="", title="All", what="", review_from=0.0, count=queue.open)
    state = asked.text("state")
    return Context(
        choices=[everything, *choices],
        chosen=wanted if wanted in names else "",
        states=STATES,
        state=state if state in STATES else "open",
        judged=any(check.judged for check in checks),
        due=max((check.due for check in checks), default=0),
        accepted=sum(check.accepted for check in checks),
        aside=queue.aside,
    )
