"""Compare: what separates two groups of products, as `predict compare` found it last.

`?by=` chooses the attribute whose values make the groups. The comparison is drawn there; static/js/pages/compare.js
starts another one and leads from its photos to their products.
"""

from datetime import datetime

from pydantic import Field

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.reports.comparison.page import last_comparison
from lookscape.services.comparison.groups import LEAST

PATH = "/compare"
TITLE = "Compare groups"
NAV = 42

MOST = 60
"""Values of an attribute that one can choose from."""


class Context(page.Context):
    """The last comparison, and what can be compared."""

    by: str = Field(description="the attribute whose values make the groups; empty without any")
    attributes: list[str] = Field(description="attributes with several values that enough products have")
    values: list[str] = Field(description="those of the attribute in view, the most frequent first")
    first: str = Field(description="the value chosen for the first group")
    second: str = Field(description="that of the second; empty for all others")
    body: str = Field(description="the last comparison's own HTML; empty before the first one")
    made_at: datetime | None = Field(description="when it was made")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the last comparison; an unknown attribute shows that of the last one, or the first there is."""
    facets = engine.catalogue.facets(Filter(), max_values=MOST)
    common = {facet.name: [one.value for one in facet.values if one.count >= LEAST] for facet in facets}
    common = {name: values for name, values in common.items() if len(values) > 1}
    kept = last_comparison(engine.folder)
    name, _, value = kept.result.first.partition("=") if kept else ("", "", "")
    by = next((one for one in (asked.text("by"), name) if one in common), next(iter(common), ""))
    values = common.get(by, [])
    first, second = next(iter(values), ""), values[1] if len(values) == 2 else ""
    if kept and by == name and value in values:
        first, second = value, kept.result.second.partition("=")[2]
    return Context(
        by=by,
        attributes=list(common),
        values=values,
        first=first,
        second=second,
        body=kept.body if kept else "",
        made_at=kept.result.made_at if kept else None,
    )
