"""A small catalogue to judge matches in: products of one to three photos, copies sold twice, and Spaces made by hand.

KINDS of products get vectors about a centre of their own, so that a match is likelier than chance and never sure.
"""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.classifiers.held_out import write_predictions
from lookscape.engine import Engine
from lookscape.representation.spaces.space import SpaceInfo
from lookscape.representation.splits.saved import Making, SavedSplit, open_split, split_path
from lookscape.settings import Settings

KINDS = ("boot", "boot", "boot", "clog", "clog", "pump")
PRODUCTS, DIM = 72, 12
ALONE, UNLABELLED = 70, 71
"""The only product of its kind, and one without a kind."""

SOLD_TWICE = (3, 10)
"""Products whose photo is sold as another product, too: saved again, or the very same file."""


def make_catalogue(folder: Path, photo_bytes: Callable[..., bytes]) -> Engine:
    """Ingested, and embedded by hand as `near` and `noise`."""
    shop = folder / "shop"
    shop.mkdir(parents=True)
    with (shop / "shop.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "product_id", "kind"])
        for number in range(PRODUCTS):
            kind = {ALONE: "sabot", UNLABELLED: ""}.get(number, KINDS[number % len(KINDS)])
            for view in range(1 + number % 3):
                seed = 1000 * view + number
                (shop / f"{seed}.jpg").write_bytes(photo_bytes(seed, size=(64, 64)))
                writer.writerow([f"{seed}.jpg", f"p{number:02}", kind])
        again, same = SOLD_TWICE
        (shop / "again.png").write_bytes(photo_bytes(again, size=(64, 64), kind="PNG"))
        writer.writerow(["again.png", "twin", KINDS[again % len(KINDS)]])
        (shop / "same.jpg").write_bytes(photo_bytes(same, size=(64, 64)))
        writer.writerow(["same.jpg", "double", KINDS[same % len(KINDS)]])
    engine = Engine(Catalogue(Settings(catalogue=folder / "catalogue", workers=1)))
    ingest(engine.catalogue, str(shop / "shop.csv"), progress=lambda *_: None)
    put_space(engine, "near", spread=1.0, seed=1)
    put_space(engine, "noise", spread=9.0, seed=2)
    return engine


def put_space(
    engine: Engine, name: str, *, spread: float, seed: int, model: str = "", key: str = "made-by-hand"
) -> None:
    """Vectors about a centre for each kind."""
    rng = np.random.default_rng(seed)
    kinds = engine.catalogue.values_of("kind")
    centres = {kind: rng.normal(0, 1, DIM) for kind in sorted(set(kinds.values()) | {""})}
    owners = engine.catalogue.first_products()
    ids = sorted(owners)
    rows = [centres[kinds.get(owners[one], "")] + rng.normal(0, spread, DIM) for one in ids]
    info = SpaceInfo(model=model or f"pretrained?side={32 * seed}", key=key, dim=DIM, metric="cosine")
    engine.spaces.create(name, info).append(ids, np.array(rows, np.float32))


def put_classifier(engine: Engine, name: str, *, split: str, key: str) -> None:
    """What a Space's judge reads of a trained classifier."""
    folder = engine.folder / "classifiers" / name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"attribute": "kind", "split": split, "key": key}))
    held = [photo_id for photo_id, part in open_split(engine.folder, split).parts.items() if part == "test"]
    write_predictions(
        folder / "predictions.parquet",
        photo_ids=held,
        parts=["test"] * len(held),
        groups_N=np.arange(len(held)),
        codes_N=np.zeros(len(held), np.intp),
        logits_NK=np.zeros((len(held), 2), np.float32),
    )


def put_split(engine: Engine, name: str, *, test_share: float) -> set[str]:
    """Deal products to train and test; returns the test photos."""
    owners = engine.catalogue.first_products()
    products = sorted(set(owners.values()))
    dealt = np.random.default_rng(5).permutation(len(products))
    test = {products[place] for place in dealt[: round(test_share * len(products))]}
    parts = {photo: "test" if product in test else "train" for photo, product in owners.items()}
    SavedSplit(making=Making(label="kind"), made_at=datetime.now(UTC), parts=parts).save(
        split_path(engine.folder, name)
    )
    return {photo for photo, part in parts.items() if part == "test"}
