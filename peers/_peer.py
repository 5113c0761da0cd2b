"""What the checks of this folder share: a tiny catalogue with everything that exports get wrong, and peers' venvs.

LOOKSCAPE_PEERS is a folder that keeps the venvs between runs; without it they go with the run.
"""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import venv
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.services.maps.file import About, Map, map_path, write_map

ROWS = [
    ("a/side.jpg", "P1", "Runner", "red", "0042", "left|right"),
    ("a/top.jpg", "P1", "Runner", "white", "0042", ""),
    ("b/heel.jpg", "P2", "Boot", "black", "1E5", "up"),
    ("b/back.jpg", "P3", "Été 夏", "red", "12-3", "C:\\new"),
]
"""file_name, product_id, name, colour, code, facing: two photos of P1, two of its colours, a bar of the shop's own."""


ALONE = {
    "DO_NOT_TRACK": "1",
    "FIFTYONE_DO_NOT_TRACK": "true",
    "HF_HUB_OFFLINE": "1",
    "LIGHTLY_STUDIO_ANALYTICS_ENABLED": "false",
}
"""Peers ask nothing of the network, and keep what they keep in their own folder."""


def photos(folder: Path) -> Path:
    """Four small photos in two folders, with a table in the imagefolder's form."""
    for number, (path, *_) in enumerate(ROWS):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 10, 3), dtype=np.uint8)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).resize((50, 40)).save(folder / path)
    names = ("file_name", "product_id", "name", "colour", "code", "facing")
    lines = (json.dumps({name: cell for name, cell in zip(names, row, strict=True) if cell}) for row in ROWS)
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def catalogue(folder: Path) -> Engine:
    """Those photos ingested; people added a second colour, an attribute called like a column, and an unknown."""
    engine = Engine.open(folder / "catalogue")
    engine.manage.ingest(str(photos(folder / "photos")))
    engine.annotate.set("colour", "black", products=("P2",), by="ada")
    engine.annotate.add("colour", "green", products=("P2",), by="bob")
    engine.annotate.set("name", "a name of its own", products=("P2",), by="ada")
    engine.annotate.set("kind", "red", products=("P1", "P3"), by="ada")
    engine.annotate.clear("code", products=("P3",), by="eve")
    height = [
        Attribute(product_id=product_id, name="height", value=f"{0.5 + number}", origin=Origin.MEASURED)
        for number, product_id in enumerate(("P1", "P2", "P3"))
    ]
    engine.catalogue.annotate(height, by="gauge")
    return engine


def values(engine: Engine) -> dict[str, dict[str, tuple[str, ...]]]:
    """Every value that is shown of every product."""
    found = engine.catalogue.products(engine.catalogue.ids())
    return {product_id: dict(product.values) for product_id, product in found.items()}


def mapped(engine: Engine) -> Engine:
    """With a map of all photos at made-up places."""
    ids = tuple(sorted(engine.catalogue.photo_ids()))
    points = np.random.default_rng(0).normal(size=(len(ids), 2)).astype(np.float32)
    about = About(space="pixels", key="", metric="l2", method="umap", dimensions=2, seed=0)
    placed = np.zeros(len(ids), np.bool_)
    write_map(map_path(engine, "map"), Map(about=about, ids=ids, points_ND=points, placed_N=placed))
    return engine


def ask(packages: str, code: str, *arguments: object) -> Any:
    """What a peer answers: `code` runs in a venv with these packages, and the JSON of its last line is given back."""
    home = os.environ.get("LOOKSCAPE_PEERS") or tempfile.mkdtemp(prefix="peers-")
    place = Path(home) / packages.replace(" ", "-").replace("=", "")
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages.split()], check=True)
    (place / "home").mkdir(exist_ok=True)
    ran = subprocess.run(
        [python, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ALONE | {"HOME": str(place / "home")},
    )
    if ran.returncode:
        sys.exit(f"{packages} could not read it:\n{ran.stderr[-3000:]}")
    return json.loads(ran.stdout.strip().splitlines()[-1])
