"""What the points of a map can be coloured by: columns as long as the map, as codes with a legend or as numbers.

attribute:NAME   its values: numbers, or dates as years, where its kind says so (catalogue/columns), else codes, the
                 most frequent first; of a product with several values the first by provenance, and `several` counts
                 the photos of such products
factor:NAME      percentile on a named factor of a model's language, 0 to 100
map:placed       whether the photo came after the map was laid out
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Kind, Reading
from lookscape.catalogue.columns.learning import learn
from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError

MOST_CODES = 254
"""Values that have a code of their own, which fits a byte: 0 is unknown, 255 all others."""

OTHERS = 255
FEW_NUMBERS = 12
"""A number with so few different values is shown as a category."""

PLACED = ("laid out", "placed")
"""Values of `map:placed`."""


@dataclass(frozen=True, kw_only=True)
class Legend:
    """Entry of a category: its code, the value and how many photos of the map have it."""

    code: int
    value: str
    count: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """N values: `codes_N` with a legend, or `numbers_N` with their range (NaN unknown), which are years for dates.

    `several` counts those that stand for a first value of several.
    """

    name: str
    codes_N: NDArray[np.uint8] | None = None
    legend: tuple[Legend, ...] = ()
    numbers_N: NDArray[np.float64] | None = None
    low: float = 0.0
    high: float = 0.0
    kind: Kind = Kind.WORD
    several: int = 0


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A column there is: `kind` is attribute, factor or map."""

    name: str
    title: str
    kind: str


def choices(engine: Engine) -> list[Choice]:
    """Every column that a map of this catalogue can be coloured by. Cheap: no value is read."""
    names = [facet.name for facet in engine.catalogue.facets(Filter(), max_values=1) if facet.num_values > 1]
    found = [Choice(name=f"attribute:{name}", title=name, kind="attribute") for name in names]
    return [*found, *_factor_choices(engine), Choice(name="map:placed", title="placed since", kind="map")]


def column(engine: Engine, name: str, photo_ids: Sequence[str], placed_N: NDArray[np.bool_]) -> Column:
    """One column for these photos. Raises UnknownNameError."""
    kind, _, rest = name.partition(":")
    if kind == "map" and rest == "placed":
        return as_column(name, [PLACED[placed] for placed in placed_N.tolist()])
    if kind == "factor" and rest:
        return _factor(engine, name, rest, photo_ids)
    if kind == "attribute" and rest:
        return _attribute(engine, name, rest, photo_ids)
    raise UnknownNameError("column", name, [choice.name for choice in choices(engine)])


def first_products(engine: Engine, photo_ids: Sequence[str]) -> Mapping[str, str]:
    """The first product of each photo that has one."""
    return {photo: owners[0] for photo, owners in engine.catalogue.products_of_photos(photo_ids).items() if owners}


def _attribute(engine: Engine, name: str, attribute: str, photo_ids: Sequence[str]) -> Column:
    values_of = engine.catalogue.all_values_of(attribute)
    if not values_of:
        known = [choice.name for choice in choices(engine)]
        if name not in known:
            raise UnknownNameError("column", name, known)
    owner = engine.catalogue.first_products()
    told = [values_of.get(owner.get(photo_id, ""), ()) for photo_id in photo_ids]
    reading = engine.catalogue.column_kinds([attribute]).get(attribute)
    made = as_column(name, [values[0] if values else "" for values in told], reading=reading)
    return replace(made, several=sum(len(values) > 1 for values in told))


def as_column(name: str, values: Sequence[str], *, reading: Reading | None = None) -> Column:
    """Numbers or dates where the reading says so and there are many different ones, else codes; "" is unknown.

    Without a reading it is learned from these values. A map has far more photos than different values, so each value is
    looked at once.
    """
    counted = Counter(values)
    num_unknown = counted.pop("", 0)
    reading = reading or learn(name.partition(":")[2] or name, counted)
    if reading.is_scale:
        number_of = {value: reading.scale(value) for value in counted}
        if len({number for number in number_of.values() if np.isfinite(number)}) > FEW_NUMBERS:
            numbers_N = np.fromiter((number_of.get(value, np.nan) for value in values), np.float64, len(values))
            return _numbered(name, numbers_N, kind=reading.kind)
    return _coded(name, values, counted, kind=reading.kind, num_unknown=num_unknown)


def _numbered(name: str, numbers_N: NDArray[np.float64], *, kind: Kind) -> Column:
    finite_N = numbers_N[np.isfinite(numbers_N)]
    low, high = (float(finite_N.min()), float(finite_N.max())) if len(finite_N) else (0.0, 0.0)
    return Column(name=name, numbers_N=numbers_N, low=low, high=high, kind=kind)


def _coded(
    name: str, values: Sequence[str], counted: Mapping[str, int], *, kind: Kind = Kind.WORD, num_unknown: int
) -> Column:
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    code_of = {value: code for code, (value, _) in enumerate(ranked[:MOST_CODES], start=1)} | {"": 0}
    codes_N = np.fromiter((code_of.get(value, OTHERS) for value in values), np.uint8, len(values))
    legend = [Legend(code=code_of[value], value=value, count=count) for value, count in ranked[:MOST_CODES]]
    if others := sum(count for _, count in ranked[MOST_CODES:]):
        legend.append(Legend(code=OTHERS, value="", count=others))
    if num_unknown:
        legend.append(Legend(code=0, value="", count=num_unknown))
    return Column(name=name, codes_N=codes_N, legend=tuple(legend), kind=kind)


def _factor_choices(engine: Engine) -> list[Choice]:
    """Of models whose language is learned already, so that asking for a list trains nothing."""
    from lookscape.representation.specs import trained_names
    from lookscape.services.language.language import is_learned

    models = [name for name in trained_names(engine.folder / "models") if is_learned(engine.folder, name)]
    return [
        Choice(name=f"factor:{model}/{title}", title=f"{title} ({model})", kind="factor")
        for model in models
        for title in _factor_names(engine, model)
    ]


def _factor_names(engine: Engine, model: str) -> list[str]:
    from lookscape.errors import LookscapeError
    from lookscape.services.language.factors import open_factors
    from lookscape.services.language.opened import open_model

    try:
        return [factor.name for factor in open_factors(open_model(engine, model)).shown if factor.is_named]
    except LookscapeError:  # trained again and not embedded yet: it has no factors to show now
        return []


def _factor(engine: Engine, name: str, asked: str, photo_ids: Sequence[str]) -> Column:
    from lookscape.services.language.factors import open_factors
    from lookscape.services.language.opened import open_model

    model, _, title = asked.partition("/")
    factors = open_factors(open_model(engine, model))
    found = factors.find(title)
    place = factors.shown.index(found)
    values_N = factors.percentiles(factors.values_NF)[:, place].astype(np.float64)
    owner = engine.catalogue.first_products()
    rows = [factors.row_of.get(owner.get(photo_id, "")) for photo_id in photo_ids]
    numbers_N = np.array([np.nan if row is None else values_N[row] for row in rows], np.float64)
    return Column(name=name, numbers_N=numbers_N, low=0.0, high=100.0, kind=Kind.NUMBER)
