"""Say whether an attribute's values are numbers, codes, dates, words or text.

Lookscape learns it from the values, and `info` lists it with the reason: EANs, 0042 and 1E5 are codes, 12.00 and
120.00 EUR are numbers, 2024-01-05 is a date. Where it is wrong, or cannot know, as 1,299 may be 1.299 or 1299, say so:
`annotate kind price number-comma`. The kind decides how values are compared, coloured on the map, cut into groups and
exported; the values themselves stay as they are written. `auto` takes back what was said.
"""

from typing import Literal

from pydantic import Field

from lookscape.catalogue.columns.kinds import Said
from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.labels.change import LONGEST_NAME, who
from lookscape.tools import _tool

EXAMPLES = 5


class Params(_tool.Params):
    """Which attribute, and what it is."""

    name: str = _tool.positional("the attribute's name", max_length=LONGEST_NAME)
    kind: Literal[
        "auto",
        "number",
        "number-point",
        "number-comma",
        "date",
        "date-day-first",
        "date-month-first",
        "code",
        "word",
        "text",
    ] = _tool.positional("what its values are")
    by: str = Field(default="", max_length=LONGEST_NAME, description="who says so; default: the settings' user")


class Read(_tool.Result):
    """A value, and what it is read as."""

    value: str = Field(description="as written")
    read_as: str = Field(description="the number or date; empty for none")


class Result(_tool.Result):
    """How the attribute was read before and is read now."""

    name: str
    was: str = Field(description="its kind before")
    kind: str = Field(description="its kind now")
    why: str = Field(description="why it is read so")
    values: int = Field(description="different values")
    unread: int = Field(description="products whose value is none of the kind: unknown where kinds matter")
    examples: list[Read] = Field(description="some of its values")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Note it. Raises UnknownNameError for an attribute that no product has, UsageError for what it cannot be."""
    catalogue = engine.catalogue
    before = catalogue.column_kinds([params.name])
    if params.name not in before:
        known = [facet.name for facet in catalogue.facets(Filter(), max_values=1)]
        raise UnknownNameError("attribute", params.name, known)
    now = catalogue.set_column_kind(params.name, Said(params.kind), by=who(engine, params.by))
    values = sorted({value for several in catalogue.all_values_of(params.name).values() for value in several})
    return Result(
        name=params.name,
        was=before[params.name].kind,
        kind=now.kind,
        why=now.why,
        values=len(values),
        unread=now.unread,
        examples=[Read(value=value, read_as=now.in_words(value)) for value in values[:: -(-len(values) // EXAMPLES)]],
    )
