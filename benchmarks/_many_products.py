"""A catalogue of very many products that costs a minute to make: each has a few attributes, all share some photos."""

import random
from pathlib import Path

import lookscape
from lookscape.catalogue.source import FileRow
from lookscape.catalogue.store.files import Landed
from lookscape.engine import Engine

PHOTOS = "rendered:64,size=96"
BATCH = 2000
ATTRIBUTES = {
    "brand": ("Arden", "Bolt", "Corsa", "Dune", "Ember", "Fell", "Grove", "Haze"),
    "colour": ("black", "white", "red", "blue", "green", "grey", "beige"),
    "material": ("leather", "mesh", "suede", "canvas"),
    "season": ("spring", "summer", "autumn", "winter"),
    "gender": ("women", "men", "children", "all"),
    "price_tier": ("low", "middle", "high"),
}


def make(folder: Path, count: int) -> Engine:
    """Open the catalogue in a folder; if it has none yet, make `count` products over a few rendered photos."""
    engine = lookscape.open(folder)
    if engine.catalogue.counts().products >= count:
        return engine
    engine.manage.ingest(PHOTOS)
    catalogue, rng = engine.catalogue, random.Random(0)
    photos = catalogue.photos(catalogue.photo_ids())
    for start in range(0, count, BATCH):
        rows = [_row(number, rng) for number in range(start, min(count, start + BATCH))]
        pairs = zip(rows, range(start, start + BATCH), strict=False)
        catalogue.put_files("many", [Landed(file=row, photo=photos[number % len(photos)]) for row, number in pairs])
    return engine


def _row(number: int, rng: random.Random) -> FileRow:
    attributes = {name: rng.choice(values) for name, values in ATTRIBUTES.items()}
    attributes["model"] = f"{attributes['brand']} {number % 5000}"
    return FileRow(
        path=f"{number:06d}.jpg",
        stamp=str(number),
        product_id=f"sku-{number:06d}",
        name=f"{attributes['model']} {attributes['colour']}",
        attributes=attributes,
    )
