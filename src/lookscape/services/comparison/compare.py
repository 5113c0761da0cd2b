"""Two groups compared: every column's effect size, corrected for how many were asked, with products that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.metrics import effects
from lookscape.services.comparison import heat as comparison_heat
from lookscape.services.comparison import words as comparison_words
from lookscape.services.comparison.columns import Column, attribute_columns, factor_columns
from lookscape.services.comparison.groups import TwoGroups, two_groups
from lookscape.services.comparison.records import Comparison, Difference, Example, Share
from lookscape.services.photos.tiles import single, tiles
from lookscape.services.records import Progress

LEAST = 5
"""Products of each group of which a thing has to be known for it to be asked."""

SURE = 0.05
"""Share of what is called beyond chance that may be false."""

SHOWN = 6
"""Differences that are shown on products."""

SIZES = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"), (np.inf, "large"))
"""Upper ends for an absolute Cliff's delta (Romano, Kromrey, Coraggio & Skowronek, 2006)."""

SIZES_V = ((0.1, "negligible"), (0.3, "small"), (0.5, "medium"), (np.inf, "large"))
"""The same for Cramér's V with two groups (Cohen, "Statistical power analysis", 1988)."""


@dataclass(frozen=True, kw_only=True)
class ComparisonRequest:
    """The two groups as clauses NAME=VALUE, and what to ask; see the tool `predict compare`."""

    first: str
    second: str
    where: tuple[str, ...]
    without: tuple[str, ...]
    model: str | None
    examples: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The numbers, and WebP files by name."""

    result: Comparison
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    """N products, those of the first group first, and the effect of one column on those of which it is known."""

    column: Column
    known_N: NDArray[np.bool_]
    first_N: NDArray[np.bool_]
    effect: effects.Effect


def compare(engine: Engine, request: ComparisonRequest, *, file: str, progress: Progress) -> Compared:
    """Everything. Raises UsageError, UnknownNameError, NotFoundError."""
    groups = two_groups(engine, request.first, request.second, request.where)
    progress(0, 0, "reading what is known")
    ids = [*groups.first, *groups.second]
    columns, notes = _columns(engine, request, groups, ids)
    first_N = np.arange(len(ids)) < len(groups.first)
    asked = _asked(columns, first_N, seed=request.seed, progress=progress)
    if not asked:
        raise UsageError("nothing is known of both groups; run: lookscape gauge, or bring in a table of attributes")
    differences = _differences(asked, groups, ids)
    shown = _with_examples(engine, differences, ids, count=request.examples)
    heat, pictures = comparison_heat.heat_of(engine, groups, seed=request.seed, progress=progress)
    result = Comparison(
        words="",
        in_short=[],
        made_at=datetime.now(UTC),
        file=file,
        first=groups.clauses[0],
        second=groups.clauses[1],
        first_name=groups.names[0],
        second_name=groups.names[1],
        where=list(request.where),
        first_products=len(groups.first),
        second_products=len(groups.second),
        both=groups.both,
        asked=len(asked),
        differences=shown,
        heat=heat,
        notes=notes,
    )
    progress(0, 0, "drawing photos")
    told = {"in_short": comparison_words.in_short(result), "words": comparison_words.words(result)}
    return Compared(result=result.model_copy(update=told), pictures={**pictures, **_photos(engine, result)})


def _columns(
    engine: Engine, request: ComparisonRequest, groups: TwoGroups, ids: Sequence[str]
) -> tuple[list[Column], list[str]]:
    within = {clause.partition("=")[0].strip() for clause in request.where}
    skipped = {*groups.attributes, *request.without, *within}
    columns = attribute_columns(engine, ids, without=sorted(skipped))
    factors, why = factor_columns(engine, ids, model=request.model)
    notes = [why] if why else []
    if not any(column.kind == "measure" for column in columns):
        notes.append("no measures were compared: nothing was measured on these photos; run: lookscape gauge")
    notes += [
        f"{column.name} has several values for {column.several:,} of the products; the first of each was compared"
        for column in columns
        if column.several
    ]
    return [*factors, *columns], notes


def _asked(columns: Sequence[Column], first_N: NDArray[np.bool_], *, seed: int, progress: Progress) -> list[_Asked]:
    """Those of which enough is known in both groups."""
    found = []
    for done, column in enumerate(columns):
        progress(done, len(columns), "comparing")
        known_N = np.isfinite(column.numbers_N) if column.numbers_N is not None else column.texts_N != ""
        known_N = np.asarray(known_N, np.bool_)
        if min((known_N & first_N).sum(), (known_N & ~first_N).sum()) >= LEAST:
            effect = _effect(column, known_N, first_N, seed=seed)
            found.append(_Asked(column=column, known_N=known_N, first_N=first_N, effect=effect))
    return found


def _effect(column: Column, known_N: NDArray[np.bool_], first_N: NDArray[np.bool_], *, seed: int) -> effects.Effect:
    units_N = np.arange(known_N.sum())
    if column.numbers_N is not None:
        return effects.cliffs_delta(column.numbers_N[known_N], first_N[known_N], units_N=units_N, seed=seed)
    assert column.texts_N is not None
    codes_N = np.unique(column.texts_N[known_N], return_inverse=True)[1]
    return effects.cramers_v(codes_N, first_N[known_N], units_N=units_N, seed=seed)


def _differences(asked: Sequence[_Asked], groups: TwoGroups, ids: Sequence[str]) -> list[tuple[Difference, _Asked]]:
    """The surest and largest first."""
    corrected = effects.adjusted([one.effect.chance for one in asked])
    found = [(_difference(one, q, groups), one) for one, q in zip(asked, corrected, strict=True)]
    return sorted(found, key=lambda pair: (not pair[0].sure, -abs(pair[0].effect), pair[0].name))


def _difference(asked: _Asked, q: float, groups: TwoGroups) -> Difference:
    column, effect = asked.column, asked.effect
    first_N, second_N = asked.known_N & asked.first_N, asked.known_N & ~asked.first_N
    is_number = column.numbers_N is not None
    value = round(effect.value, 4)
    told: dict[str, Any] = {"first_median": None, "second_median": None, "shares": []}
    if column.numbers_N is not None:
        medians = [round(float(np.median(column.numbers_N[own])), 4) for own in (first_N, second_N)]
        told |= {"first_median": medians[0], "second_median": medians[1]}
    elif column.texts_N is not None:
        told["shares"] = _shares(column.texts_N[first_N], column.texts_N[second_N])
    difference = Difference(
        name=column.name,
        kind=column.kind,  # type: ignore[arg-type]
        words="",
        effect=value,
        low=round(effect.low, 4),
        high=round(effect.high, 4),
        statistic="delta" if is_number else "v",
        p=effect.chance,
        q=q,
        sure=q < SURE,
        size=_size(value, SIZES if is_number else SIZES_V),  # type: ignore[arg-type]
        meaning=column.meaning,
        first_products=int(first_N.sum()),
        second_products=int(second_N.sum()),
        first_examples=[],
        second_examples=[],
        **told,
    )
    words = comparison_words.sentence(difference, names=groups.names, low=column.low, high=column.high)
    return difference.model_copy(update={"words": words})


def _size(effect: float, sizes: Sequence[tuple[float, str]]) -> str:
    return next(name for end, name in sizes if abs(effect) < end)


def _shares(first: NDArray[np.str_], second: NDArray[np.str_]) -> list[Share]:
    """Of every value, those whose shares differ most first."""
    values = np.unique(np.concatenate([first, second])).tolist()
    share = {value: (float((first == value).mean()), float((second == value).mean())) for value in values}
    found = [Share(value=value, first=round(own, 4), second=round(other, 4)) for value, (own, other) in share.items()]
    return sorted(found, key=lambda one: (-abs(one.first - one.second), one.value))


def _with_examples(
    engine: Engine, differences: Sequence[tuple[Difference, _Asked]], ids: Sequence[str], *, count: int
) -> list[Difference]:
    """The first few numbers beyond chance with products of each group at the end where the group is."""
    numbers = [pair for pair in differences if pair[0].sure and pair[0].statistic == "delta"][:SHOWN]
    ends = {difference.name: _ends(difference, one, count=count) for difference, one in numbers}
    products = engine.catalogue.products({ids[row] for pair in ends.values() for rows in pair for row in rows})
    found = []
    for difference, one in differences:
        first, second = (
            [_example(products[ids[row]], one.column, row) for row in rows]
            for rows in ends.get(difference.name, ((), ()))
        )
        found.append(difference.model_copy(update={"first_examples": first, "second_examples": second}))
    return found


def _ends(difference: Difference, asked: _Asked, *, count: int) -> tuple[list[int], list[int]]:
    """Rows of the first group where it has most (or least), of the second where it has least (or most)."""
    assert asked.column.numbers_N is not None
    numbers_N = asked.column.numbers_N * (1 if difference.effect > 0 else -1)
    first, second = (np.flatnonzero(asked.known_N & own) for own in (asked.first_N, ~asked.first_N))
    most = first[np.argsort(-numbers_N[first], kind="stable")][:count]
    least = second[np.argsort(numbers_N[second], kind="stable")][:count]
    return most.tolist(), least.tolist()


def _example(product: Product, column: Column, row: int) -> Example:
    assert column.numbers_N is not None
    value = column.written[row] if column.written else f"{column.numbers_N[row]:.3g}"
    return Example(product_id=product.id, photo_id=product.photo_ids[0], value=value)


def _photos(engine: Engine, result: Comparison) -> dict[str, bytes]:
    wanted = [example.photo_id for one in result.differences for example in (*one.first_examples, *one.second_examples)]
    return single(wanted, tiles(engine, wanted))
