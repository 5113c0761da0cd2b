"""How evenly groups are filled, and of how many products each attribute is known.

A product with several values of an attribute counts for each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Kind, Reading
from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.services.maps.columns import Column, as_column
from lookscape.services.photos.gauge import MARK
from lookscape.services.survey.figures import AttributeKnown, Balance
from lookscape.services.survey.groups import NOT_KNOWN, Groups

PART = 2000
"""Products whose attributes are read at a time."""


def balance(groups: Groups) -> Balance:
    """Of the groups of which something is known."""
    sizes = [int(size) for name, size in zip(groups.names, groups.sizes, strict=True) if name != NOT_KNOWN and size]
    share = np.array(sizes, np.float64) / max(sum(sizes), 1)
    entropy = float(-(share * np.log2(share)).sum())
    ratio = round(max(sizes) / min(sizes), 4) if len(sizes) > 1 else None
    return Balance(ratio=ratio, effective=round(2**entropy, 4) if sizes else 0.0, merged=groups.merged)


def known(engine: Engine, product_ids: Sequence[str]) -> list[AttributeKnown]:
    """Every attribute that any product has but the mark of what was measured, those that are missing most first."""
    values: dict[str, Counter[str]] = defaultdict(Counter)
    origins: dict[str, Counter[Origin]] = defaultdict(Counter)
    owners: Counter[str] = Counter()
    several: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    for product in _products(engine, product_ids):
        for name, told in product.items():
            there = [one for one in told if not one.unknown]
            if there:
                values[name].update({one.value for one in there})
                origins[name][there[0].origin] += 1
                owners[name] += 1
                several[name] += len(there) > 1
            else:
                undecided[name] += 1
    names = sorted({*values, *undecided} - {MARK})
    kinds = engine.catalogue.column_kinds()
    told_all = [
        _known(
            name,
            values[name],
            origins[name],
            undecided[name],
            number=owners[name],
            several=several[name],
            total=len(product_ids),
            kind=kinds.get(name),
        )
        for name in names
    ]
    return sorted(told_all, key=lambda one: (-one.missing, one.name))


def _products(engine: Engine, product_ids: Sequence[str]) -> Iterator[dict[str, list[Attribute]]]:
    """What is shown of each product, by name."""
    for start in range(0, len(product_ids), PART):
        part = product_ids[start : start + PART]
        held: dict[str, dict[str, list[Attribute]]] = {product_id: {} for product_id in part}
        for one in engine.catalogue.shown(part):
            held[one.product_id].setdefault(one.name, []).append(one)
        yield from held.values()


def _known(
    name: str,
    values: Counter[str],
    origins: Counter[Origin],
    undecided: int,
    *,
    number: int,
    several: int,
    total: int,
    kind: Reading | None,
) -> AttributeKnown:
    spread = _spread(as_column(name, list(values.elements()), reading=kind))
    [(commonest, times)] = sorted(values.items(), key=lambda item: (-item[1], item[0]))[:1] or [("", 0)]
    return AttributeKnown(
        name=name,
        known=number,
        missing=total - number,
        missing_share=round((total - number) / max(total, 1), 6),
        given=origins[Origin.GIVEN],
        human=origins[Origin.HUMAN],
        measured=origins[Origin.MEASURED],
        predicted=origins[Origin.PREDICTED],
        undecided=undecided,
        values=len(values),
        several=several,
        kind=kind.kind.value if kind else "",
        commonest=commonest,
        low=spread[0],
        median=spread[1],
        high=spread[2],
        commonest_share=round(times / max(number, 1), 6),
    )


def _spread(column: Column) -> tuple[float | None, float | None, float | None]:
    """The least of many different numbers, their median and the largest."""
    if column.numbers_N is None or column.kind is not Kind.NUMBER:
        return None, None, None
    low, middle, high = np.nanquantile(column.numbers_N, (0, 0.5, 1)).tolist()
    return low, middle, high


def products_in(groups: Groups, owners: Sequence[str]) -> NDArray[np.int64]:
    """Distinct products in each group; `owners` holds the first product of each photo, empty without one."""
    held: list[set[str]] = [set() for _ in groups.names]
    for code, owner in zip(groups.codes_N.tolist(), owners, strict=True):
        if owner:
            held[code].add(owner)
    return np.array([len(one) for one in held], np.int64)
