"""The filters beside a list of products: attributes, their values with counts, and what is chosen.

A product is in the list when any of its values of an attribute was chosen, and counts for each of its values.
"""

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, Field

from lookscape.catalogue.columns.dates import moments
from lookscape.catalogue.columns.numbers import read
from lookscape.engine import Engine
from lookscape.interfaces.http.studio.words import is_measure, rank
from lookscape.services.inputs import name_of
from lookscape.tools.search.facets import Facet

SHOWN = 8
"""Values listed before one asks for all."""

MOST = 1000
"""Values listed when one does."""

UNIQUE_FROM = 10
"""An attribute with this many values and never two products alike is a name, not a filter."""

MEASURES_BELOW = 24
"""Numbers or dates of more values than this are not picked one value at a time."""


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
    found = {facet.name: facet for facet in _counted(engine, text, where, unfold)}
    named = {clause: name_of(clause, found) for clause in where}
    chosen_names = set(named.values())
    for name in chosen_names:
        others = tuple(clause for clause in where if named[clause] != name)
        found.update({facet.name: facet for facet in _counted(engine, text, others, unfold) if facet.name == name})
    ranked = sorted(found.values(), key=lambda facet: rank(facet.name, facet.values[0].value))
    amounts = _amounts(engine, ranked)
    useful = [
        facet for facet in ranked if facet.name in chosen_names or (facet.name not in amounts and _is_useful(facet))
    ]
    return [_group(facet, set(where), unfold=unfold) for facet in useful]


def _counted(engine: Engine, text: str, where: tuple[str, ...], unfold: str) -> list[Facet]:
    facets: list[Facet] = engine.search.facets(text=text, where=where, max_values=MOST if unfold else SHOWN).facets
    return facets


def _is_useful(facet: Facet) -> bool:
    """Values that products share; codes are picked where they do."""
    return facet.num_values < UNIQUE_FROM or facet.values[0].count > 1


def _amounts(engine: Engine, facets: Collection[Facet]) -> set[str]:
    """Attributes of many numbers or dates, which nobody picks one by one."""
    many = [facet for facet in facets if facet.num_values >= MEASURES_BELOW]
    many = [facet for facet in many if all(_may_be_amount(item.value) for item in facet.values)]
    codes = {facet.name for facet in many if _is_of_programs(facet)}
    kinds = engine.catalogue.column_kinds({facet.name for facet in many} - codes)
    return codes | {name for name, kind in kinds.items() if kind.is_scale}


def _is_of_programs(facet: Facet) -> bool:
    """Codes of colours, or marks of what was measured: no numbers, and nothing to pick."""
    return all(is_measure(item.value) and not read(item.value, zeros=True) for item in facet.values)


def _may_be_amount(value: str) -> bool:
    return is_measure(value) or read(value, zeros=True) is not None or bool(moments(value))


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
    kept += [by_clause.get(clause) or _unseen(clause, clause.removeprefix(f"{facet.name}=")) for clause in missing]
    is_open = len(facet.values) > 0 and (facet.name == unfold or any(choice.chosen for choice in kept))
    return Group(name=facet.name, num_values=facet.num_values, open=is_open, choices=kept)


def _unseen(clause: str, value: str) -> Choice:
    """A chosen value beyond those listed, or that no product has under the other filters."""
    return Choice(clause=clause, value=value, count=0, chosen=True)
