"""Small catalogues drawn at random: odd names and values, codes, several values, photos that products share.

A value is a word of letters that tables and formats use for themselves, a code that looks like a number, or both.
"""

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

CODES = ("0042", "1E5", "12-3", "NA", "None", "yes", "1,299.00", "000", "-0", "nan", "=1+1", "4006381333931")
LETTERS = "ab|\\,;:\"'[]{}.=é夏 -/"
NAMES = (
    "colour",
    "size",
    "name",
    "Name",
    "file_name",
    "product_id",
    "image",
    "back_file_name",
    "id",
    "label",
    "x.origin",
)
GIVEN_ONLY = ("EU=size", "two\nlines", "attribute[name]", "x", "values_separated_by", "a\\=b")
"""Names that a table may give; people's names hold no equals sign or line break."""


def random_catalogue(folder: Path, seed: int) -> Engine:
    """Up to eight products of up to three photos each, given and labelled by people and machines."""
    draw = random.Random(seed)
    photos = folder / "photos"
    photos.mkdir(parents=True)
    rows = _rows(draw, photos)
    lines = "".join(json.dumps(row, ensure_ascii=draw.random() < 0.5) + "\n" for row in rows)
    (photos / "metadata.jsonl").write_text(lines, encoding="utf-8")
    engine = Engine(Catalogue(Settings(catalogue=folder / "catalogue", workers=1)))
    engine.manage.ingest(str(photos))
    _label(draw, engine)
    return engine


def value(draw: random.Random) -> str:
    """A value that people may give too."""
    if draw.random() < 0.4:
        return draw.choice(CODES)
    return "".join(draw.choices(LETTERS, k=draw.randint(1, 8))).strip() or "-"


def _rows(draw: random.Random, photos: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for product in range(draw.randint(2, 8)):
        for photo in range(draw.randint(1, 3)):
            name = f"{'ab'[product % 2]}/{product} {photo}{draw.choice(['', ' été', ' test', ' #1'])}.png"
            path = photos / name
            path.parent.mkdir(exist_ok=True)
            others = [row["file_name"] for row in rows if row["product_id"] != str(product).zfill(4)]
            if others and draw.random() < 0.2:
                shutil.copy(photos / draw.choice(others), path)
            else:
                pixels = np.random.default_rng(draw.getrandbits(32)).integers(0, 255, (5, 6, 3), dtype=np.uint8)
                Image.fromarray(pixels).resize((24, 20), Image.Resampling.NEAREST).save(path)
            row = {"file_name": name, "product_id": str(product).zfill(4)}
            given = [one for one in (*NAMES[:2], *NAMES[6:], *GIVEN_ONLY) if draw.random() < 0.4]
            rows.append(row | {"name": f"N|{product}"} | {one: _given(draw) for one in given})
    return rows


def _given(draw: random.Random) -> str:
    return value(draw) + (f"\n{value(draw)}" if draw.random() < 0.1 else "")


def _label(draw: random.Random, engine: Engine) -> None:
    ids = engine.catalogue.ids()
    for name in draw.sample(NAMES, 5):
        engine.annotate.set(name, value(draw), products=_some(draw, ids), by="ada")
        engine.annotate.add(name, value(draw), products=_some(draw, ids), by="bob")
        engine.annotate.clear(name, products=_some(draw, ids), by="eve")
    guesses = [
        Attribute(product_id=one, name="guess", value=value(draw), origin=Origin.PREDICTED, confidence=0.75)
        for one in _some(draw, ids)
    ]
    engine.catalogue.annotate(guesses, by="model")


def _some(draw: random.Random, ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(draw.sample(ids, draw.randint(1, len(ids))))
