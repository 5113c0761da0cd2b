"""Does the answer "nothing like this here" come when it should? One catalogue, asked about photos of other things.

    python benchmarks/nothing_like_this.py --data SNEAKERS --others FASHION [--count 300] [--seed 0]

A catalogue is made of half of SNEAKERS (by a hash of the bytes, so near-duplicates may be on both sides). Asked are the
other half, altered copies of what it holds, and each `master_category` of FASHION. Footwear should be found, the rest
should not. Shares with Wilson intervals at 95 %; the limit was learned from the first half alone.
"""

import argparse
import csv
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

import lookscape
from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.representation.spaces.alterations import alter
from lookscape.services.spaces.intervals import wilson

Photos = Iterable[imaging.ImageU8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="photos of what the catalogue holds")
    parser.add_argument("--others", type=Path, required=True, help="photos with metadata.csv that has master_category")
    parser.add_argument("--count", type=int, default=300, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        inside, outside = _halves(arguments.data)
        engine = _catalogue(Path(scratch), inside)
        rng = np.random.default_rng(arguments.seed)
        pick = rng.permutation(len(outside))[: arguments.count]
        _report(engine, "the other half", (_read(outside[row]) for row in pick))
        _report(engine, "altered copies", _copies([inside[row] for row in pick % len(inside)], rng))
        for kind, paths in sorted(_kinds(arguments.others).items()):
            if len(paths) >= 20:
                chosen = rng.permutation(len(paths))[: arguments.count]
                _report(engine, kind, (_read(paths[row]) for row in chosen))


def _halves(folder: Path) -> tuple[list[Path], list[Path]]:
    """Distinct photos, those with an even and with an odd hash."""
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.rglob("*.jpg"))}
    even = [path for digest, path in by_hash.items() if int(digest[-1], 16) % 2 == 0]
    return even, [path for path in by_hash.values() if path not in set(even)]


def _catalogue(scratch: Path, paths: list[Path]) -> Engine:
    table = scratch / "half.csv"
    table.write_text("file_name\n" + "\n".join(map(str, paths)) + "\n")
    engine = lookscape.open(scratch / "catalogue")
    engine.manage.ingest(str(table))
    engine.manage.embed()
    return engine


def _kinds(folder: Path) -> dict[str, list[Path]]:
    kinds: dict[str, list[Path]] = {}
    with (folder / "metadata.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            kinds.setdefault(row["master_category"], []).append(folder / row["file_name"])
    return kinds


def _read(path: Path) -> imaging.ImageU8:
    return imaging.standardise(path.read_bytes()).pixels


def _copies(paths: list[Path], rng: np.random.Generator) -> Iterator[imaging.ImageU8]:
    return (imaging.pad_to_square(alter(imaging.decode(path.read_bytes()).pixels, rng)) for path in paths)


def _report(engine: Engine, name: str, photos: Photos) -> None:
    answers = [engine.search.by_photo(imaging.encode_jpeg(pixels, quality=95), limit=10).found for pixels in photos]
    low, high = wilson(sum(answers), len(answers))
    print(f"{name:20s} found {np.mean(answers):6.1%}  ({low:.1%} to {high:.1%} of {len(answers)})")


if __name__ == "__main__":
    main()
