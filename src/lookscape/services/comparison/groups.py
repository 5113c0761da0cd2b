"""The two groups of a comparison: which products, what they are called, which attributes told them apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from lookscape.services.inputs import name_of, parse_filter
from lookscape.services.labels.guesses import guessed_products

LEAST = 8
"""Products in each group: fewer say nothing of what separates them."""

MOST_NAMED = 60
"""Values that are named when somebody asks for one there is not."""


@dataclass(frozen=True, kw_only=True)
class TwoGroups:
    """Ids of the products of each group, none in both; `attributes` are those that the groups are made by.

    `both` counts products that were left out because they are in both groups.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    clauses: tuple[str, str]
    names: tuple[str, str]
    values: tuple[str, str]
    attributes: tuple[str, ...]
    both: int


def two_groups(engine: Engine, first: str, second: str, where: tuple[str, ...]) -> TwoGroups:
    """Find them, leaving out what a model guessed: that would show what the model goes by.

    Raises UsageError for groups that are too small, UnknownNameError for a name or value there is not.
    """
    name, value = _clause(engine, first)
    within = parse_filter(where).where
    own = set(engine.catalogue.ids(_filter(within, name, value)))
    if second:
        other_name, other_value = _clause(engine, second)
        if (name, value) == (other_name, other_value):
            raise UsageError(f"both groups are {first}; give two different ones")
        others = set(engine.catalogue.ids(_filter(within, other_name, other_value)))
    else:
        other_name, other_value = name, ""
        allowed = set(engine.catalogue.ids(Filter(where=within)))
        others = (set(engine.catalogue.values_of(name)) & allowed) - own
    guessed = guessed_products(engine, name) | guessed_products(engine, other_name)
    own, others = own - guessed, others - guessed
    shared = own & others
    found = (tuple(sorted(own - shared)), tuple(sorted(others - shared)))
    clauses = (f"{name}={value}", f"{other_name}={other_value}" if second else f"{name} other than {value}")
    for clause, ids in zip(clauses, found, strict=True):
        if len(ids) < LEAST:
            raise UsageError(f"{clause}: {len(ids)} products with a photo; a comparison needs at least {LEAST}")
    return TwoGroups(
        first=found[0],
        second=found[1],
        clauses=clauses,
        names=_names(value, other_value),
        values=(value, other_value),
        attributes=tuple(dict.fromkeys((name, other_name))),
        both=len(shared),
    )


def _clause(engine: Engine, given: str) -> tuple[str, str]:
    """NAME and VALUE, which have to be there."""
    ((name, (value, *_)),) = parse_filter((given,)).where.items()
    facets = {facet.name: facet for facet in engine.catalogue.facets(Filter(), max_values=MOST_NAMED)}
    if (longer := name_of(f"{name}={value}", facets)) != name:
        name, value = longer, f"{name}={value}".removeprefix(f"{longer}=").strip()
    if name not in facets:
        raise UnknownNameError("attribute", name, sorted(facets))
    if not engine.catalogue.ids(Filter(where={name: (value,)})):
        raise UnknownNameError("value", value, [one.value for one in facets[name].values])
    return name, value


def _filter(within: Mapping[str, tuple[str, ...]], name: str, value: str) -> Filter:
    """These values and that one."""
    return Filter(where={**within, name: (value,)})


def _names(value: str, other: str) -> tuple[str, str]:
    """`hyped` and `ordinary`, `Nike` and `others`."""
    if not other:
        return value, "others"
    return value, other
