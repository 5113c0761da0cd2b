"""Labelling: the catalogue as a grid to select in, and a bar that labels all that is selected at once."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.filters import Group, groups
from lookscape.interfaces.http.studio.page import Asked
from lookscape.services.labels.change import who
from lookscape.tools.search.find import Item

PATH = "/annotate"
TITLE = "Label"
NAV = 30

FIRST = 60
"""Products that come with the page; static/js/products/grid.js fetches the rest in pieces of this size."""


class Context(page.Context):
    """The first page of the grid, its filters, and what the label bar starts with."""

    products: list[Item] = Field(description="the first products that pass the filters")
    total: int = Field(description="products that pass the filters, on all pages")
    text: str = Field(description="the words searched for")
    where: tuple[str, ...] = Field(description="the clauses chosen, each name=value")
    filters: list[Group] = Field(description="attributes to filter by")
    page_size: int = Field(description="products fetched at a time")
    latest: int = Field(description="the newest act known to this page")
    user: str = Field(description="name recorded with changes until a person types another")
    is_empty: bool = Field(description="nothing was ever ingested")


def view(engine: Engine, asked: Asked) -> Context:
    """Find the products, count the values. The log is read first: what changes meanwhile is then a conflict."""
    text, where = asked.text("text"), asked.filters()
    latest = engine.annotate.history(limit=1).latest
    found = engine.search.find(text=text, where=where, limit=FIRST)
    return Context(
        products=found.products,
        total=found.total,
        text=text,
        where=where,
        filters=groups(engine, text, where),
        page_size=FIRST,
        latest=latest,
        user=who(engine, ""),
        is_empty=found.total == 0 and not text and not where,
    )
