"""The filters alone, as a piece of a page: what the studio fetches when a choice changes the counts."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.pages import _page
from lookscape.interfaces.http.pages._filters import Group, groups
from lookscape.interfaces.http.pages._page import Asked

PATH = "/filters"
TITLE = "Filters"
NAV = None


class Context(_page.Context):
    """What the filters show."""

    filters: list[Group] = Field(description="attributes to filter by")


def view(engine: Engine, asked: Asked) -> Context:
    """Count; `unfold` in the query names an attribute whose values are all listed."""
    return Context(filters=groups(engine, asked.text("text"), asked.filters(), unfold=asked.text("unfold")))
