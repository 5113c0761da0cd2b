"""Search by an altered photo: does the same product come first? The default model against plain pooled features.

    python benchmarks/search_quality.py --data FOLDER [--queries 500] [--seed 2] [--half report]

Every distinct photo in FOLDER is a product of its own. A query is one of them cropped at random to 80 % of its area
(its aspect changed by up to a third), its brightness changed by up to 15 % and saved as JPEG of quality 40. Half of the
products (--half choose) were used to decide on the model; the figures to report come from the other half. R@K is the
share of queries whose own product is among the first K, with its 95 % Wilson interval. With --labels COLUMN (of
FOLDER/metadata.csv) the share of photos whose nearest other photo has the same label is printed too: finding the same
photo must not cost finding similar products.
"""

import argparse
import csv
import hashlib
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lookscape import parts
from lookscape.catalogue.imaging import prepare
from lookscape.index.protocol import Index, Metric
from lookscape.representation.protocol import Encoder
from lookscape.representation.spaces.alterations import alter
from lookscape.representation.spaces.embed import PhotoSet, embed
from lookscape.representation.spaces.preprocess import decode
from lookscape.representation.spaces.space import Space, Spaces
from lookscape.representation.specs import resolve, space_name

MODELS = ("pretrained", "lookalike")
SPLIT_SEED = 11
DEPTH = 5


@dataclass(frozen=True, kw_only=True)
class Photos:
    """Distinct photos: stored bytes and file names by id, in the order of the names."""

    blobs: dict[str, bytes]
    names: dict[str, str]


def main() -> None:
    arguments = _arguments()
    photos = _read(arguments.data)
    asked = _asked(photos, half=arguments.half, count=arguments.queries, seed=arguments.seed)
    labels = _labels(arguments.data, photos, arguments.labels) if arguments.labels else {}
    print(f"{len(photos.blobs)} photos, {len(asked)} queries of the half to {arguments.half}, seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as folder:
        for model in MODELS:
            _measure(model, photos, asked, labels, seed=arguments.seed, folder=Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    parser.add_argument("--labels", help="column of metadata.csv for the second measure")
    return parser.parse_args()


def _read(data: Path) -> Photos:
    blobs: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for path in sorted(path for path in data.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"}):
        content = path.read_bytes()
        photo_id = hashlib.sha256(content).hexdigest()
        if photo_id not in blobs:
            blobs[photo_id], names[photo_id] = prepare(content).blob, path.name
    return Photos(blobs=blobs, names=names)


def _asked(photos: Photos, *, half: str, count: int, seed: int) -> list[str]:
    """Ids to ask for; both halves are the same ones in every run."""
    shuffled = np.random.default_rng(SPLIT_SEED).permutation(list(photos.blobs))
    middle = len(shuffled) // 2
    mine = shuffled[:middle] if half == "choose" else shuffled[middle:]
    chosen = np.random.default_rng(seed).choice(mine, size=min(count, len(mine)), replace=False)
    return [str(photo_id) for photo_id in chosen]


def _labels(data: Path, photos: Photos, column: str) -> dict[str, str]:
    with (data / "metadata.csv").open(encoding="utf-8", newline="") as file:
        by_name = {Path(row["file_name"]).name: row[column] for row in csv.DictReader(file)}
    return {photo_id: by_name[name] for photo_id, name in photos.names.items() if by_name.get(name)}


def _measure(model: str, photos: Photos, asked: list[str], labels: dict[str, str], *, seed: int, folder: Path) -> None:
    encoder = resolve(model, models=folder / "models")
    space = Spaces(folder / "spaces").ensure(space_name(model), model=model, encoder=encoder)
    everything = PhotoSet(ids=list(photos.blobs), read=photos.blobs.__getitem__)
    embed(encoder, everything, space, fitted=folder / "models" / space_name(model), progress=lambda *_: None)
    index = parts.load("lookscape.index.backends", "exact").Backend(metric=Metric(space.metric), dim=space.dim)
    index.add(space.ids, space.vectors)
    print(f"{model:12s} {space.dim} numbers, {space.metric}")
    ranks = _ranks(encoder, index, photos, asked, seed=seed)
    for depth in (1, DEPTH):
        hits = sum(rank < depth for rank in ranks)
        low, high = _wilson(hits, len(ranks))
        print(f"    R@{depth}  {hits / len(ranks):.3f}  [{low:.3f}, {high:.3f}]")
    if labels:
        print(f"    nearest other photo has the same label  {_agreement(index, space, labels):.3f}")


def _ranks(encoder: Encoder, index: Index, photos: Photos, asked: list[str], *, seed: int) -> list[int]:
    """How many others come before the photo asked for, DEPTH at most."""
    rng = np.random.default_rng(seed)
    queries = [alter(decode(photos.blobs[photo_id], side=encoder.side), rng) for photo_id in asked]
    found = index.search(encoder.encode(queries), limit=DEPTH).ids
    return [ids.index(photo_id) if photo_id in ids else DEPTH for ids, photo_id in zip(found, asked, strict=True)]


def _agreement(index: Index, space: Space, labels: dict[str, str]) -> float:
    places = [place for place, photo_id in enumerate(space.ids) if photo_id in labels]
    found = index.search(space.vectors[places], limit=2).ids
    asked = [space.ids[place] for place in places]
    nearest = [next(other for other in ids if other != mine) for mine, ids in zip(asked, found, strict=True)]
    return float(np.mean([labels[mine] == labels.get(other) for mine, other in zip(asked, nearest, strict=True)]))


def _wilson(hits: int, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 1927)."""
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    margin = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return middle - margin, middle + margin


if __name__ == "__main__":
    main()
