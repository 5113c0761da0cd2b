"""Count the values of every attribute, for filters."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import Where, parse_filter
from lookscape.tools import _tool


class Params(_tool.Params):
    """Among which products to count."""

    text: str = Field(default="", description="only products whose name, id or given values hold these words")
    where: Where = ()
    max_values: int = Field(default=20, ge=1, le=1000, description="values to list for each attribute")


class Value(_tool.Result):
    """A value and how many products have it."""

    value: str
    count: int


class Facet(_tool.Result):
    """An attribute and its most frequent values."""

    name: str
    num_values: int = Field(description="all its values, listed or not")
    values: list[Value]


class Result(_tool.Result):
    """All attributes, by name."""

    facets: list[Facet]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Query the catalogue."""
    found = engine.catalogue.facets(parse_filter(params.where, params.text), max_values=params.max_values)
    return Result(
        facets=[
            Facet(
                name=facet.name,
                num_values=facet.num_values,
                values=[Value(value=item.value, count=item.count) for item in facet.values],
            )
            for facet in found
        ]
    )
