"""A small drawn catalogue in which people labelled `tone`, dark or light, and a tiny classifier learned it."""

from pathlib import Path

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.representation.spaces.preprocess import decode
from lookscape.settings import Settings

PRODUCTS, KNOWN = 150, 110
MIDDLE = 220
"""Grey level that about half of the drawn photos are darker than, on average."""

QUICK = {"backbone": "encoder", "side": 16, "epochs": 8.0, "batch_size": 16, "learning_rate": 3e-4}


def open_told(folder: Path) -> Engine:
    """What is in a folder."""
    return Engine(Catalogue(Settings(catalogue=folder, workers=1)))


def make_told(folder: Path) -> None:
    """Draw, label, learn: some seconds."""
    engine = open_told(folder)
    ingest(engine.catalogue, f"rendered:{PRODUCTS},size=32", progress=lambda done, total, stage: None)
    products = engine.catalogue.products(engine.catalogue.ids())
    known = [
        Attribute(product_id=one, name="tone", value=tone(engine, products[one].photo_ids[0]), origin=Origin.HUMAN)
        for one in sorted(products)[:KNOWN]
    ]
    engine.catalogue.annotate(known, by="Kim")
    engine.predict.train("tone", **QUICK)
    engine.catalogue.close()


def embed_told(folder: Path) -> None:
    """Vectors for what was drawn, labelled and learned."""
    engine = open_told(folder)
    engine.manage.embed()
    engine.catalogue.close()


def tone(engine: Engine, photo_id: str) -> str:
    """Whether a drawn product is darker than most."""
    pixels = decode(engine.catalogue.read_photo(photo_id), side=32)
    return "dark" if pixels.mean() < MIDDLE else "light"
