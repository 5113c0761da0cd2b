"""The filters beside a list of products: attributes, their values with counts, and what is chosen."""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio.words import is_measure, rank
from lookscape.tools.search.facets import Facet

SHOWN = 8
"""Values listed before one asks for all."""

MOST = 1000
"""Values listed when one does."""

UNIQUE_FROM = 10
"""An attribute with this many values and never two products alike is a name, not a filter."""

MEASURES_BELOW = 24
"""A measure with more values than this is not picked one value at a time."""


class Choice(BaseModel):
    """A value that can be ticked; `count` is what ticking it would show."""

    model_config = ConfigDict(frozen=True)
    clause: str = Field(description="as in the query: name=value")
    value: str
    count: int
    chosen: bool


class Group(BaseModel):
    """An attribute; `num_values` counts all its values, listed or not."""

    model_config = ConfigDict(frozen=True)
    name: str
    num_values: int
    open: bool
    choices: list[Choice]


def groups(engine: Engine, text: str, where: tuple[str, ...], *, unfold: str = "") -> list[Group]:
    """Every attribute worth filtering by.

    The values of one attribute are alternatives, so each attribute is counted without its own clauses: with the brand
    Nike chosen, the other brands still show what choosing them too would add. `unfold` names the attribute whose
    values are all listed.
    """
    chosen_names = {clause.partition("=")[0].strip() for clause in where}
    found = {facet.name: facet for facet in _counted(engine, text, where, unfold)}
    for name in chosen_names:
        others = tuple(clause for clause in where if clause.partition("=")[0].strip() != name)
        found.update({facet.name: facet for facet in _counted(engine, text, others, unfold) if facet.name == name})
    ranked = sorted(found.values(), key=lambda facet: rank(facet.name, facet.values[0].value))
    useful = [facet for facet in ranked if facet.name in chosen_names or _is_useful(engine, facet)]
    return [_group(facet, set(where), unfold=unfold) for facet in useful]


def _counted(engine: Engine, text: str, where: tuple[str, ...], unfold: str) -> list[Facet]:
    facets: list[Facet] = engine.search.facets(text=text, where=where, max_values=MOST if unfold else SHOWN).facets
    return facets


def _is_useful(engine: Engine, facet: Facet) -> bool:
    """No amounts, whose values are picked by range and not one by one; codes are picked where products share them."""
    values = [item.value for item in facet.values]
    if facet.num_values >= MEASURES_BELOW and all(map(is_measure, values)):
        bare = all(map(str.isdecimal, values))  # 0.25 is an amount on sight; of 0042 its column says what it is
        if not bare or engine.catalogue.column_kinds([facet.name])[facet.name].is_scale:
            return False
    return facet.num_values < UNIQUE_FROM or facet.values[0].count > 1


def _group(facet: Facet, where: set[str], *, unfold: str) -> Group:
    choices = [
        Choice(clause=clause, value=item.value, count=item.count, chosen=clause in where)
        for item in facet.values
        for clause in (f"{facet.name}={item.value}",)
    ]
    kept = choices if facet.name == unfold else choices[:SHOWN]
    listed = {choice.clause for choice in kept}
    missing = sorted(clause for clause in where if clause.startswith(f"{facet.name}=") and clause not in listed)
    by_clause = {choice.clause: choice for choice in choices}
    kept += [by_clause.get(clause) or _unseen(clause) for clause in missing]
    is_open = len(facet.values) > 0 and (facet.name == unfold or any(choice.chosen for choice in kept))
    return Group(name=facet.name, num_values=facet.num_values, open=is_open, choices=kept)


def _unseen(clause: str) -> Choice:
    """A chosen value beyond those listed, or that no product has under the other filters."""
    return Choice(clause=clause, value=clause.partition("=")[2], count=0, chosen=True)
