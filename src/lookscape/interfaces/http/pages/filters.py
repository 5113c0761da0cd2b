"""The filters alone, as a piece of a page: what the studio fetches when a choice changes the counts."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.filters import Group, groups
from lookscape.interfaces.http.studio.page import Asked

PATH = "/filters"
TITLE = "Filters"
NAV = None


class Context(page.Context):
    """What the filters show."""

    filters: list[Group] = Field(description="attributes to filter by")


def view(engine: Engine, asked: Asked) -> Context:
    """Count; `unfold` in the query names an attribute whose values are all listed."""
    return Context(filters=groups(engine, asked.text("text"), asked.filters(), unfold=asked.text("unfold")))
