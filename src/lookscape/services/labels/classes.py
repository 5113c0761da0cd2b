"""The classes of a label, photo by photo: its values, with those too rare to learn and to judge merged to one.

A class is one of several that exclude each other, so a photo of a product with several values of the label has none: it
is neither trained on nor judged, and `several_note` says how many products that concerns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from lookscape.representation.splits.saved import OTHER
from lookscape.services.labels.guesses import is_guess

Values = Sequence[str]
"""Of each photo, empty where there is none or there are several."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`classes` maps each value to its class; `rare` are those that became `other`."""

    classes: Mapping[str, str]
    rare: tuple[str, ...]

    def of(self, values: Values) -> list[str]:
        """The class of each photo; a value that came later is `other` where there is such a class, else none."""
        late = OTHER if OTHER in self.classes.values() else ""
        return [self.classes.get(value, late) if value else "" for value in values]


def read_values(engine: Engine, name: str, photos: Iterable[Sequence[str]]) -> list[str]:
    """The value of a label for each photo, given as its products, but what a model guessed.

    Raises UnknownNameError, UsageError without any.
    """
    photos = list(photos)
    said: dict[str, set[str]] = {}
    wanted = sorted({product for products in photos for product in products})
    for item in engine.catalogue.shown(wanted, [name]):
        if not (item.unknown or is_guess(item)):
            said.setdefault(item.product_id, set()).add(item.value)
    if not said:
        known = [facet.name for facet in engine.catalogue.facets(Filter(), max_values=1)]
        if name in known:
            raise UsageError(f"no product with a photo has a value of {name} that is not a model's guess")
        raise UnknownNameError("attribute", name, known)
    found = [set().union(*(said.get(product, ()) for product in products)) for products in photos]
    return [next(iter(values)) if len(values) == 1 else "" for values in found]


def several_note(engine: Engine, name: str) -> list[str]:
    """A note on products with several values of a label; none without such products."""
    size = engine.catalogue.column_sizes([name]).get(name)
    if not size or not size.several:
        return []
    owners, have = ("1 product", "has") if size.several == 1 else (f"{size.several:,} products", "have")
    return [f"{owners} {have} several values of {name}: photos of such products have no class and are left out"]


def merge_rare(values: Values, groups: Sequence[int], *, fewest: int) -> Merged:
    """Values that fewer than `fewest` groups have become one class; a single rare value keeps its name."""
    of_value: dict[str, set[int]] = {}
    for value, group in zip(values, groups, strict=True):
        if value:
            of_value.setdefault(value, set()).add(group)
    rare = tuple(sorted(value for value, own in of_value.items() if len(own) < fewest))
    if len(rare) < 2:
        rare = ()
    return Merged(classes={value: OTHER if value in rare else value for value in sorted(of_value)}, rare=rare)
