"""Any split as listings: which photo of which product stands in which part, however the split came here.

A split is one made here, an attribute such as split=train, a column of a CSV file, or a random one of all files, as it
is made where nobody looks for copies. The same photo may be listed twice: that is what one wants to find out.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from lookscape.catalogue.records import Filter
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

FILE_COLUMNS = ("file_name", "path", "file", "filename", "image")
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
    """A split to look at; `making` says how it was made, if it was made here. `unknown` rows spoke of nothing here."""

    words: str
    listings: Sequence[Listing]
    making: Making | None = None
    unknown: int = 0


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
                yield Listing(source.photo_id or "", source.product_id, "", source.path)


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
    """A row names a file, a product or a photo; a file by its path or, if only one is called so, by its name."""
    rows = list(_rows(Path(path), column))
    files = list(_files(engine))
    of_key: dict[str, list[Listing]] = {}
    for one in files:
        for key in {one.file, PurePosixPath(one.file).name}:
            of_key.setdefault(f"file {key}", []).append(one)
        of_key.setdefault(f"product {one.product_id}", []).append(one)
        of_key.setdefault(f"photo {one.photo_id}", []).append(one)
    listings, unknown = list[Listing](), 0
    for kind, key, part in rows:
        meant = of_key.get(f"{kind} {key}", [])
        if kind == "file":
            meant = [one for one in meant if one.file == key] or meant
            meant = meant or of_key.get(f"file {PurePosixPath(key).name}", [])
            meant = meant if len({one.file for one in meant}) == 1 else []
        unknown += not meant
        listings += [Listing(one.photo_id, one.product_id, part, one.file) for one in meant]
    if not listings:
        raise UsageError(
            f"none of the {len(rows):,} rows of {Path(path).name} names a file, product or photo of this catalogue"
        )
    return Given(words=f"column {column} of {Path(path).name}", listings=listings, unknown=unknown)


def _rows(path: Path, column: str) -> Iterator[tuple[str, str, str]]:
    """What each row is about, its key, and its part; rows without a part are left out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as table:
            reader = csv.DictReader(table)
            names = reader.fieldnames or []
            kinds = [("file", name) for name in FILE_COLUMNS] + [("product", "product_id"), ("photo", "photo_id")]
            kind, key = next(((kind, name) for kind, name in kinds if name in names), ("", ""))
            if not kind or column not in names:
                wanted = "file_name, product_id or photo_id" if not kind else column
                raise UsageError(f"{path.name} has no column {wanted}; there are: {', '.join(names) or 'none'}")
            for row in reader:
                if row[key] and row[column]:
                    yield kind, row[key].strip(), _part(row[column])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name} is not a readable table: {error}") from error


def _part(text: str) -> str:
    said = text.strip().casefold()
    return PART_NAMES.get(said, said)
