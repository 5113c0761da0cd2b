"""Classifiers: those there are, the report on each, and learning another one.

`?name=` picks one. The report is that of `predict report`, drawn there; static/js/pages/classifiers.js starts the work
and leads from its photos to their products.
"""

from datetime import datetime

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.kinds import kinds
from lookscape.interfaces.http.studio.page import Asked
from lookscape.reports.classifier.kept import last_report
from lookscape.tools.predict.classifiers import Entry

PATH = "/classifiers"
TITLE = "Classifiers"
NAV = 31

MOST = 400
"""Different values of what can be learned."""


class Context(page.Context):
    """One classifier in view, and those there are."""

    classifiers: list[Entry] = Field(description="by name")
    name: str = Field(description="the one in view; empty without any")
    body: str = Field(description="its report's own HTML; empty before the first one")
    stale: bool = Field(description="it was retrained since that report")
    made_at: datetime | None = Field(description="when the report was made")
    attributes: list[str] = Field(description="attributes that can be trained on")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the list and one report; an unknown name shows the first."""
    found = engine.predict.classifiers().classifiers
    entry = next((one for one in found if one.name == asked.text("name")), next(iter(found), None))
    kept = last_report(engine.folder, entry.name) if entry else None
    return Context(
        classifiers=found,
        name=entry.name if entry else "",
        body=kept.body if kept else "",
        stale=entry.stale if entry else False,
        made_at=kept.result.made_at if kept else None,
        attributes=[facet.name for facet in kinds(engine, most=MOST)],
    )
