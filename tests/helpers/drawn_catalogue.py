"""Catalogues drawn by Hypothesis: whatever a catalogue can hold that a file could lose.

Several values, codes, names that formats use for themselves, separators, quotes, line breaks, letters in both of
Unicode's forms, photos that products share, products of several photos, and values of people, measures and models.
"""

import functools
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.services.maps.file import About, Map, map_path, write_map
from lookscape.settings import Settings

CODES = (
    "0042",
    "1E5",
    "12-3",
    "NA",
    "None",
    "null",
    "yes",
    "1,299.00",
    "-0",
    "nan",
    "=1+1",
    "1.0",
    "{}",
    "[]",
    '["a"]',
)
CHARACTERS = "ab01 |\\,;:\"'[]{}.=/#%é夏\u0301e\u00a0\ufeff\u200d😀"
BREAKS = "\n\r\t\x0b\x1f\x85\u2028"
PHOTO_NAMES = ("side.png", "Été test.png", "a b #1%20.png", "train.png", "x,y.png")
RESERVED = (
    "name", "Name", "file_name", "product_id", "image", "images", "id", "label", "back_file_name", "annotator",
    "values_separated_by", "attribute[name]", "attribute[x]", "x.origin", "x", "bbox", "objects", "photo_id",
    "projection_x", "annotation_id", "lead_time", "origin", "unknown", "attribute.image", "x (as written)", "score",
)  # fmt: skip
SHOP_ONLY = ("EU=size", "two\nlines", "a\\=b", "=")
"""Names that a shop's table may give; people's hold no equals sign or line break."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A product as its shop gives it; `photos` are numbers of photos, values and people's are several each."""

    id: str
    name: str
    photos: tuple[int, ...]
    given: Mapping[str, tuple[str, ...]]
    people: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[Origin, str]]


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()


_words = st.text(CHARACTERS, min_size=1, max_size=8).map(_clean).filter(lambda text: text and text.isprintable())
_values = st.one_of(st.sampled_from(CODES), _words)
_shop_values = st.one_of(_values, st.text(CHARACTERS + BREAKS, min_size=1, max_size=8).map(_clean).filter(bool))
_names = st.one_of(st.sampled_from(RESERVED), _words.filter(lambda text: "=" not in text))
_shop_names = st.one_of(_names, st.sampled_from(SHOP_ONLY)).filter(
    lambda name: name not in ("file_name", "product_id", "name", "bbox", "objects", "values_separated_by")
)


def _several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)


_others = st.tuples(st.sampled_from((Origin.MEASURED, Origin.PREDICTED)), st.one_of(_values, st.just("0.5")))


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Draft, ...]:
    """One to five products of up to six photos, each photo of one or more of them."""
    ids = draw(st.lists(st.one_of(_words, st.sampled_from(CODES)), min_size=1, max_size=5, unique=True))
    return tuple(
        Draft(
            id=one,
            name=draw(_values),
            photos=tuple(draw(st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True))),
            given=draw(st.dictionaries(_shop_names, _several(_shop_values), max_size=3)),
            people=draw(st.dictionaries(_names, st.one_of(st.just(()), _several(_values)), max_size=2)),
            others=draw(st.dictionaries(_names, _others, max_size=2)),
        )
        for one in ids
    )


def build(folder: Path, products: Sequence[Draft]) -> Engine:
    """The catalogue of these products, their photos in a folder `photos` with a table."""
    photos = folder / "photos"
    photos.mkdir(parents=True)
    rows = []
    for product in products:
        for number in product.photos:
            (photos / file_name(number)).parent.mkdir(exist_ok=True)
            (photos / file_name(number)).write_bytes(_photo(number))
            row = {"file_name": file_name(number), "product_id": product.id, "name": product.name}
            rows.append(row | {name: list(values) for name, values in product.given.items()})
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (photos / "metadata.jsonl").write_text(text, encoding="utf-8")
    engine = opened(folder / "catalogue", photos)
    _label(engine, products)
    return engine


def bare_table(folder: Path, products: Sequence[Draft]) -> Path:
    """The same photos of the same products in a table that says nothing else."""
    path = folder / "photos" / "bare.jsonl"
    rows = ({"file_name": file_name(number), "product_id": one.id} for one in products for number in one.photos)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def put_map(engine: Engine) -> None:
    """A map of every photo, at made-up places."""
    ids = tuple(sorted(engine.catalogue.photo_ids()))
    points = np.random.default_rng(0).normal(size=(len(ids), 2)).astype(np.float32)
    about = About(space="pixels", key="", metric="l2", method="umap", dimensions=2, seed=0)
    write_map(
        map_path(engine, "map"), Map(about=about, ids=ids, points_ND=points, placed_N=np.zeros(len(ids), np.bool_))
    )


def opened(folder: Path, source: Path) -> Engine:
    """A new catalogue of a source."""
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    engine.manage.ingest(str(source), column=("photo=file_name",) if source.is_dir() else ())
    return engine


def file_name(number: int) -> str:
    """Of a photo, below the folder `photos`."""
    return f"{'ab'[number % 2]}/{number} {PHOTO_NAMES[number % len(PHOTO_NAMES)]}"


@functools.cache
def _photo(number: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 255, (5, 6, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).resize((24, 20), Image.Resampling.NEAREST).save(content, "PNG")
    return content.getvalue()


def _label(engine: Engine, products: Sequence[Draft]) -> None:
    for product in products:
        for name, (origin, value) in product.others.items():
            said = Attribute(product_id=product.id, name=name, value=value, origin=origin, confidence=0.75)
            engine.catalogue.annotate([said], by="model")
        for name, values in product.people.items():
            for value in values[:1]:
                engine.annotate.set(name, value, products=(product.id,), by="ada")
            for value in values[1:]:
                engine.annotate.add(name, value, products=(product.id,), by="bob")
            if not values:
                engine.annotate.clear(name, products=(product.id,), by="eve")
