"""Any split as listings: which photo of which product stands in which part, however the split came here.

A split is one made here, an attribute such as split=train, a column of a CSV file, or a random one of all files, as it
is made where nobody looks for copies. The same photo may be listed twice: that is what one wants to find out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lookscape.catalogue.records import Filter
from lookscape.catalogue.tables.file_names import FileNames
from lookscape.catalogue.tables.opening import open_table
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from lookscape.representation.splits.saved import ASIDE, Making, open_split, split_names

RANDOM = "random"
PART_NAMES: Mapping[str, str] = {
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "dev": "validation",
    "testing": "test",
    "holdout": "test",
    "held out": "test",
}
"""What else people call the parts."""

_KEYS = {
    **dict.fromkeys(("file_name", "path", "file", "filename", "image"), "file"),
    "product_id": "product",
    "photo_id": "photo",
}
"""Columns that say what a row is about."""

PAGE = 5000

Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Listing:
    """One photo in one part; `file` is empty where the split does not speak of files."""

    photo_id: str
    product_id: str
    part: str
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A split to look at; `making` says how it was made, if it was made here. `unknown` are rows of nothing here."""

    words: str
    listings: Sequence[Listing]
    making: Making | None = None
    unknown: Sequence[str] = ()


def open_given(engine: Engine, name: str, *, file: str, test: float, seed: int) -> Given:
    """The split of this name. Raises UnknownNameError, or UsageError when a file is none or there is only one part."""
    if file:
        given = _of_file(engine, file, column=name)
    elif name == RANDOM:
        given = _random(engine, test=test, seed=seed)
    elif name in split_names(engine.folder):
        given = _saved(engine, name)
    else:
        given = _of_attribute(engine, name)
    parts = sorted({one.part for one in given.listings})
    if len(parts) < 2:
        raise UsageError(f"{given.words} has {len(parts)} part{'s'[: len(parts) != 1]} here; a split has at least two")
    return given


def _files(engine: Engine) -> Iterator[Listing]:
    """Every file of a photo that is to be seen, without a part, in the order of the paths."""
    ids = engine.catalogue.ids()
    shown = set(engine.catalogue.photo_ids())
    for start in range(0, len(ids), PAGE):
        for source in engine.catalogue.sources(ids[start : start + PAGE]):
            if source.photo_id in shown and source.product_id:
                yield Listing(source.photo_id or "", source.product_id, "", source.file)


def _random(engine: Engine, *, test: float, seed: int) -> Given:
    files = sorted(_files(engine), key=lambda one: (one.file, one.photo_id))
    drawn = np.random.default_rng(seed).permutation(len(files)) < round(test * len(files))
    listings = [
        Listing(one.photo_id, one.product_id, "test" if judged else "train", one.file)
        for one, judged in zip(files, drawn.tolist(), strict=True)
    ]
    return Given(words=f"a random split of {len(files):,} files", listings=listings)


def _saved(engine: Engine, name: str) -> Given:
    split = open_split(engine.folder, name)
    owners = engine.catalogue.products_of_photos(engine.catalogue.photo_ids())
    listings = [
        Listing(photo_id, product_id, split.parts[photo_id])
        for photo_id, products in owners.items()
        if split.parts.get(photo_id, ASIDE) != ASIDE
        for product_id in products
    ]
    return Given(words=f"split {name}", listings=listings, making=split.making)


def _of_attribute(engine: Engine, name: str) -> Given:
    found = [item for item in engine.catalogue.shown(engine.catalogue.ids(), [name]) if not item.unknown]
    if not found:
        attributes = [facet.name for facet in engine.catalogue.facets(Filter(), max_values=1)]
        raise UnknownNameError("split or attribute", name, [RANDOM, *split_names(engine.folder), *attributes])
    products = engine.catalogue.products([item.product_id for item in found])
    listings = [
        Listing(photo_id, item.product_id, _part(item.value))
        for item in found
        for photo_id in products[item.product_id].photo_ids
    ]
    return Given(words=f"the attribute {name}", listings=listings)


def _of_file(engine: Engine, path: str, *, column: str) -> Given:
    """A row names a file, a product or a photo; see `FileNames` for how a file's name may be written."""
    rows = list(_rows(Path(path), column))
    files = list(_files(engine))
    names = FileNames((one.file, one) for one in files)
    of_key: dict[tuple[str, str], list[Listing]] = {}
    for one in files:
        of_key.setdefault(("product", one.product_id), []).append(one)
        of_key.setdefault(("photo", one.photo_id), []).append(one)
    listings, unknown = list[Listing](), list[str]()
    for row in rows:
        meant: Sequence[Listing]
        if row.kind == "file":
            match = names.find(row.key)
            meant, why = match.owners, match.words
        else:
            meant, why = of_key.get((row.kind, row.key.strip()), []), f"there is no such {row.kind}"
        if row.problem or not meant:
            unknown.append(f"{row.place}: {row.problem or f'{row.key!r}: {why}'}")
        else:
            listings += [replace(one, part=row.part) for one in meant]
    if not listings:
        raise UsageError(
            f"none of the {len(rows):,} rows of {Path(path).name} names a file, product or photo of this catalogue"
        )
    return Given(words=f"column {column} of {Path(path).name}", listings=listings, unknown=unknown)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """What a row is about, by which key, and the part it is in; or why it cannot be used."""

    place: str
    kind: str
    key: str = ""
    part: str = ""
    problem: str = ""


def _rows(path: Path, column: str) -> Iterator[_Row]:
    """Every row; those that do not say both what they are about and one part have a problem."""
    table = open_table(path, known=lambda row: sum(name.strip() in _KEYS for name in row))
    key, kind = next(((name, kind) for name, kind in _KEYS.items() if name in table.columns), ("", ""))
    if not kind or column not in table.columns:
        wanted = "file_name, product_id or photo_id" if not kind else column
        raise UsageError(f"{path.name} has no column {wanted}; there are: {', '.join(table.columns) or 'none'}")
    for line in table.lines():
        said, parts = line.cells.get(key, ()), line.cells.get(column, ())
        problem = line.problem or _fault(said, key) or _fault(parts, column)
        if problem:
            yield _Row(place=line.place, kind=kind, problem=problem)
        else:
            yield _Row(place=line.place, kind=kind, key=said[0], part=_part(parts[0]))


def _fault(values: Sequence[str], column: str) -> str:
    """Why a cell does not say one thing."""
    several = dict.fromkeys(value.strip() for value in values)
    if len(several) > 1:
        return f"{column} says {' and '.join(map(repr, several))}"
    return "" if several else f"{column} says nothing"


def _part(text: str) -> str:
    said = text.strip().casefold()
    return PART_NAMES.get(said, said)
