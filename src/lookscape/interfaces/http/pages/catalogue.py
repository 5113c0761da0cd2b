"""The catalogue: every product as a large photo, with filters. The first photos come with the page."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.filters import Group, groups
from lookscape.interfaces.http.studio.page import Asked, query_string
from lookscape.tools.search.find import Item

PATH = "/"
TITLE = "Catalogue"
NAV = 10

FIRST = 60
"""Products that come with the page; static/js/products/grid.js fetches the rest in pieces of this size."""


class Context(page.Context):
    """The first page of the grid, its filters, and links for browsers without scripts."""

    products: list[Item] = Field(description="the first products that pass the filters")
    total: int = Field(description="products that pass the filters, on all pages")
    offset: int = Field(description="products before the first one shown")
    text: str = Field(description="the words searched for")
    where: tuple[str, ...] = Field(description="the clauses chosen, each name=value")
    filters: list[Group] = Field(description="attributes to filter by")
    query: str = Field(description="the filters as the query of a link; empty without any")
    next_page: str | None = Field(description="link to the products after these; None on the last page")
    page_size: int = Field(description="products fetched at a time")
    is_empty: bool = Field(description="nothing was ever ingested")


def view(engine: Engine, asked: Asked) -> Context:
    """Find the products, count the values."""
    text, where, offset = asked.text("text"), asked.filters(), asked.number("offset") or 0
    found = engine.search.find(text=text, where=where, limit=FIRST, offset=offset)
    after = offset + FIRST
    return Context(
        products=found.products,
        total=found.total,
        offset=offset,
        text=text,
        where=where,
        filters=groups(engine, text, where),
        query=query_string(text, where),
        next_page=query_string(text, where, offset=after) if after < found.total else None,
        page_size=FIRST,
        is_empty=found.total == 0 and not text and not where,
    )
