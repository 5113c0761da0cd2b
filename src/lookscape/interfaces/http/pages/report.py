"""The report: the whole catalogue on one page, as `report catalogue` makes it, to look at, to keep and to compare with.

It shows the last report as it was made; the form makes another one as a job, and a photo can be held beside its groups.
"""

from datetime import datetime

from pydantic import Field

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.reports import kept as reports_kept
from lookscape.services.photos.gauge import MARK
from lookscape.services.survey.figures import Survey

PATH = "/report"
TITLE = "Catalogue report"
NAV = 43


class Context(page.Context):
    """The last report, and what another one can be grouped by."""

    attributes: list[str] = Field(description="attributes with several values, to group by")
    by: str = Field(description="the attribute that the report is grouped by; empty without one")
    body: str = Field(description="the report's own HTML; empty before the first one")
    compares: bool = Field(description="it has groups that a photo can be compared with")
    changed: bool = Field(description="something in the catalogue changed since it was made")
    made_at: datetime | None = Field(description="when it was made")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the last report."""
    facets = engine.catalogue.facets(Filter(), max_values=1)
    attributes = [facet.name for facet in facets if facet.num_values > 1 and facet.name != MARK]
    kept = reports_kept.latest(engine.folder)
    if kept is None:
        return Context(attributes=attributes, by="", body="", compares=False, changed=False, made_at=None)
    return Context(
        attributes=attributes,
        by=kept.result.by,
        body=kept.body,
        compares=bool(kept.result.distributions),
        changed=_changed(engine, kept.result),
        made_at=kept.result.made_at,
    )


def _changed(engine: Engine, last: Survey) -> bool:
    """Were there other photos then, or has anybody changed a value or a picture since?"""
    counts = engine.catalogue.counts()
    if (counts.files, counts.photos, counts.products) != (
        last.counted.files,
        last.counted.photos,
        last.counted.products,
    ):
        return True
    acts = engine.catalogue.history(limit=1)
    return bool(acts) and acts[0].at > last.made_at
