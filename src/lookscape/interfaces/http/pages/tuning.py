"""Tuning: the studies there are, what each found, and letting one try more settings.

`?name=` picks one. What is shown of it is drawn by `predict tune` at its end; static/js/pages/tuning.js starts the
work.
"""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.classifiers.tuning.study import State, study_names
from lookscape.engine import Engine
from lookscape.interfaces.http.pages.classifiers import MOST
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.kinds import kinds
from lookscape.interfaces.http.studio.page import Asked
from lookscape.reports.study.page import last_page
from lookscape.services.tuning.records import StudyReport
from lookscape.services.tuning.report import study_report

PATH = "/tuning"
TITLE = "Tuning"
NAV = 61

UNDER_WAY = {State.WAITING.value, State.RUNNING.value}


class Entry(BaseModel):
    """A study in the list."""

    model_config = ConfigDict(frozen=True)
    name: str
    attribute: str
    over: int = Field(description="trials that are finished, ended early or failed")
    macro_f1: float | None = Field(description="of the best trial; None before any is finished")


class Context(page.Context):
    """One study in view, and those there are."""

    studies: list[Entry] = Field(description="by name")
    name: str = Field(description="the one in view; empty without any")
    attribute: str = Field(description="what it tunes")
    over: int = Field(description="its trials that are finished, ended early or failed")
    words: str = Field(description="what it found so far")
    body: str = Field(description="its plots; empty before that")
    stale: bool = Field(description="it has continued since they were drawn")
    attributes: list[str] = Field(description="attributes that can be tuned")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the journals and one drawing; an unknown name shows the first."""
    found = {name: study_report(engine, name) for name in study_names(engine.folder)}
    name = asked.text("name") if asked.text("name") in found else next(iter(found), "")
    kept = last_page(engine.folder, name) if name else None
    now = found.get(name)
    return Context(
        studies=[_entry(one) for one in found.values()],
        name=name,
        attribute=now.attribute if now else "",
        over=_entry(now).over if now else 0,
        words=now.words if now else "",
        body=kept.body if kept else "",
        stale=kept is not None and now is not None and kept.result.trials != now.trials,
        attributes=[facet.name for facet in kinds(engine, most=MOST)],
    )


def _entry(study: StudyReport) -> Entry:
    best = next((one.macro_f1 for one in study.trials if one.number == study.best), None)
    over = sum(one.state not in UNDER_WAY for one in study.trials)
    return Entry(name=study.study, attribute=study.attribute, over=over, macro_f1=best)
