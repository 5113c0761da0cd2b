"""Products as rows for learners: what their photos look like, which of them belong together, which value each has.

A product with several photos stands for their mean. Products that share a photo, or whose photos are nearly the same
picture, belong to one group: in every trial a group is learned from whole or judged whole, never both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from lookscape.catalogue.columns.numbers import floats
from lookscape.catalogue.measuring import descriptions
from lookscape.catalogue.records import Attribute, Filter, Product
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.spaces.pixels import prepare
from lookscape.representation.splits.split import find_groups
from lookscape.services.imputation import colours
from lookscape.services.labels.guesses import is_said
from lookscape.services.photos.pictures import photo_set
from lookscape.services.records import Progress

BARE, BESIDE = 384, 128
"""Principal components of a Space on its own, and beside colours and measures."""

OWN = 100
"""Principal components of each way to look at colours."""

SAMPLE = 20_000
"""Rows that principal components are found from."""

COMMON = 0.004
"""Share of products that a measured word needs for a column of its own."""

Rows = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """N products in the order of their ids; `groups_N` numbers what belongs together; `views` are ways to see them."""

    product_ids: tuple[str, ...]
    photo_ids: tuple[str, ...]
    groups_N: NDArray[np.intp]
    views: Mapping[str, Rows]


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """Codes into `values`, -1 where none is known; `open_N` marks products that want one; `rare` were left out."""

    values: tuple[str, ...]
    codes_N: NDArray[np.intp]
    known_N: NDArray[np.bool_]
    open_N: NDArray[np.bool_]
    rare: tuple[str, ...]
    several: int
    predicted: frozenset[str]


def open_table(engine: Engine, spaces: Sequence[str], *, without: str, progress: Progress) -> Table:
    """The products whose photos are in all of these Spaces; measures named `without` are not looked at.

    Raises UsageError when there are none, UnknownNameError for a Space there is not.
    """
    found = [engine.space(name) for name in spaces] or [engine.space(None)]
    rows_of = [{photo_id: row for row, photo_id in enumerate(space.ids)} for space in found]
    shown = [photo_id for photo_id in engine.catalogue.photo_ids() if all(photo_id in rows for rows in rows_of)]
    if not shown:
        raise UsageError("no photo has vectors yet; run: lookscape embed")
    pixels = prepare(photo_set(engine, shown), side=colours.SIDE, folder=engine.folder / "cache", progress=progress)
    owners = engine.catalogue.products_of_photos(pixels.ids)
    groups = find_groups(pixels, products_of=owners, progress=progress)
    place = {photo_id: row for row, photo_id in enumerate(pixels.ids)}
    products = [product for product in _products(engine) if any(one in place for one in product.photo_ids)]
    mine = [[place[one] for one in product.photo_ids if one in place] for product in products]
    progress(0, 0, "measuring colours")
    looks = {name: _means(part, mine) for name, part in colours.describe(pixels.array_NHWC).items()}
    measured = _measured(products, without=without)
    vectors = {
        space.name: _means(np.asarray(space.vectors[[rows[one] for one in pixels.ids]], np.float32), mine)
        for space, rows in zip(found, rows_of, strict=True)
    }
    progress(0, 0, "finding principal components")
    return Table(
        product_ids=tuple(product.id for product in products),
        photo_ids=tuple(pixels.ids[rows[0]] for rows in mine),
        groups_N=np.unique([groups[rows[0]] for rows in mine], return_inverse=True)[1],
        views=_views(vectors, looks, measured),
    )


def read_labels(engine: Engine, table: Table, name: str, *, fewest: int) -> Labels:
    """What is said of products other than by guesses. Values of fewer than `fewest` are rare: never predicted."""
    said: dict[str, list[Attribute]] = {}
    predicted = set()
    for item in engine.catalogue.shown(table.product_ids, [name]):
        if is_said(item):
            said.setdefault(item.product_id, []).append(item)
        else:
            predicted.add(item.product_id)
    values = [_only(said.get(one, [])) for one in table.product_ids]
    return code_labels(
        values,
        open_N=np.array([one not in said for one in table.product_ids], np.bool_),
        fewest=fewest,
        several=sum(len(items) > 1 for items in said.values()),
        predicted=frozenset(predicted),
    )


def code_labels(
    said: Sequence[str],
    *,
    open_N: NDArray[np.bool_],
    fewest: int = 2,
    several: int = 0,
    predicted: frozenset[str] = frozenset(),
) -> Labels:
    """Labels of N products from their values, empty where none is known."""
    counts = Counter(value for value in said if value)
    values = tuple(value for value, count in sorted(counts.items()) if count >= fewest)
    code = {value: number for number, value in enumerate(values)}
    return Labels(
        values=values,
        codes_N=np.array([code.get(value, -1) for value in said], np.intp),
        known_N=np.array([bool(value) for value in said], np.bool_),
        open_N=open_N,
        rare=tuple(value for value, count in sorted(counts.items()) if count < fewest),
        several=several,
        predicted=predicted,
    )


def _only(items: Sequence[Attribute]) -> str:
    """The one value; empty where there are several, or a person said that nobody can tell."""
    return "" if len(items) != 1 or items[0].unknown else items[0].value


def _products(engine: Engine) -> list[Product]:
    found = engine.catalogue.products(sorted(engine.catalogue.matching(Filter())))
    return [product for _, product in sorted(found.items()) if product.photo_ids]


def _means(rows_PD: Rows, mine: Sequence[Sequence[int]]) -> Rows:
    """The mean of each product's photos."""
    if all(len(rows) == 1 for rows in mine):
        return rows_PD[[rows[0] for rows in mine]]
    return np.stack([rows_PD[list(rows)].mean(axis=0) for rows in mine])


def _views(vectors: Mapping[str, Rows], looks: Mapping[str, Rows], measured: Rows | None) -> dict[str, Rows]:
    """Each Space, all of them joined, and those joined with colours and measures; mean squared length 1 each."""
    views = {name: _joined([_components(rows, BARE)]) for name, rows in vectors.items()}
    if len(vectors) > 1:
        views[" + ".join(vectors)] = _joined([_components(rows, BARE) for rows in vectors.values()])
    beside = [_components(rows, BESIDE) for rows in vectors.values()]
    beside += [_components(rows, OWN) for rows in looks.values()]
    words = [*vectors, "colours"]
    if measured is not None:
        beside.append(_scaled(measured))
        words.append("measures")
    views[" + ".join(words)] = _joined(beside)
    return views


def _components(rows_ND: Rows, most: int) -> Rows:
    """Its principal components, mean squared length 1."""
    sample = rows_ND[:: -(-len(rows_ND) // SAMPLE)]
    wide = sample.shape[1] > len(sample)  # then its covariance would take as long as many more rows do
    fitted = PCA(min(most, *sample.shape), svd_solver="full" if wide else "covariance_eigh").fit(sample)
    return _scaled(np.asarray(fitted.transform(rows_ND), np.float32))


def _scaled(rows_ND: Rows) -> Rows:
    centred = rows_ND - rows_ND.mean(axis=0)
    size = float(np.sqrt(np.square(centred, dtype=np.float64).sum(axis=1).mean()))
    return np.asarray(centred / (size or 1.0), np.float32)


def _joined(parts: Sequence[Rows]) -> Rows:
    return np.asarray(np.hstack(parts) / np.sqrt(len(parts)), np.float32)


def _measured(products: Sequence[Product], *, without: str) -> Rows | None:
    """Measured numbers, standardised, with a flag for those that are missing, and a column for each common word."""
    columns = [
        column
        for name in sorted(_measures() - {without})
        for column in _columns([product.attributes.get(name, "") for product in products])
    ]
    return np.stack(columns, axis=1).astype(np.float32) if columns else None


@lru_cache(maxsize=1)
def _measures() -> frozenset[str]:
    return frozenset(descriptions())


def _columns(texts: Sequence[str]) -> list[NDArray[np.float64]]:
    known = [text for text in texts if text]
    if len(known) < COMMON * len(texts) or not known:
        return []
    numbers = np.array(floats(texts), np.float64)
    if not all(np.isfinite(number) or not text for number, text in zip(numbers, texts, strict=True)):
        words, counts = np.unique(known, return_counts=True)
        common = words[counts >= max(2, COMMON * len(texts))]
        return [np.array([text == word for text in texts], np.float64) for word in common]
    there = np.isfinite(numbers)
    if not there.any():
        return []
    spread = float(numbers[there].std()) or 1.0
    return [np.where(there, (numbers - numbers[there].mean()) / spread, 0.0), 1.0 - there]
