"""Kills ingest and embed with SIGKILL at random moments, runs them again, and compares with an undisturbed catalogue.

    python benchmarks/kill.py --data FOLDER [--kills 20] [--photos 1200] [--steps ingest embed] [--model lookalike]

The real commands run in process groups of their own and die as a whole, children included. Each catalogue is killed
once in its ingest and once in its embed, at moments spread over the time that an undisturbed command takes; a command
that was quicker this time does not count. A catalogue is the same when its files, rejections, photos, products in
their order, attributes, blobs on the disk (no stray, none missing) and the Space's rows and vectors are. Ends with
exit code 1 when one is not.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import _cli
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.representation.spaces.space import Spaces

ENDED = "had ended, does not count"
TOLERANCE = 1e-5
"""Between vectors: another batch may add up in another order."""


def main() -> None:
    arguments = _arguments()
    rng = random.Random(arguments.seed)
    different = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        photos = _photos(arguments.data, folder / "photos", count=arguments.photos)
        known = {"ingest": ["ingest", photos], "embed": ["embed", arguments.model]}
        steps = {name: words for name, words in known.items() if name in arguments.steps}
        seconds = {name: _finish(words, folder / "undisturbed") for name, words in steps.items()}
        expected = _contents(folder / "undisturbed")
        print(
            f"{len(expected['files'])} files; " + ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
        )
        hits = num_victims = 0
        while hits < arguments.kills:
            victim, num_victims = folder / f"victim-{num_victims}", num_victims + 1
            for name, words in steps.items():
                moment = rng.uniform(0.2, 1.0) * seconds[name]
                state = _kill(words, victim, after=moment)
                if state == ENDED:
                    seconds[name] = moment
                else:
                    hits += 1
                _finish(words, victim)
                print(f"{name:7s} killed after {moment:5.2f} s: {state}")
            wrong = _differences(expected, _contents(victim))
            different += bool(wrong)
            print(f"        {'DIFFERENT: ' + ', '.join(wrong) if wrong else 'the same catalogue'}", flush=True)
            shutil.rmtree(victim)
    print(f"{hits} kills; {different} of {num_victims} catalogues differ from the undisturbed one (bar: 0)")
    sys.exit(1 if different else 0)


def _photos(data: Path, folder: Path, *, count: int) -> Path:
    """The first photos of a folder with their metadata: some repeat, and every twentieth is damaged."""
    folder.mkdir()
    files = sorted(path for path in data.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})[:count]
    for number, path in enumerate(files):
        content = path.read_bytes()
        shelf = folder / f"shelf {number % 5}"
        shelf.mkdir(exist_ok=True)
        (shelf / f"{number:05d}{path.suffix}").write_bytes(content[:500] if number % 20 == 0 else content)
    return folder


def _finish(words: list[Any], catalogue: Path) -> float:
    done = _cli.run(*words, "-C", catalogue, "--json")
    if done.code:
        sys.exit(f"{words[0]} ended with {done.code}: {done.stderr}")
    return done.seconds


def _kill(words: list[Any], catalogue: Path, *, after: float) -> str:
    with open(os.devnull, "w") as nowhere:
        process = _cli.start([*words, "-C", catalogue], stdout=nowhere, stderr=nowhere)
        time.sleep(after)
        ended = process.poll() is not None
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return ENDED if ended else _progress(catalogue)


def _progress(folder: Path) -> str:
    """How far it had come."""
    if not (folder / "catalogue.db").is_file():
        return "no catalogue yet"
    catalogue = Catalogue.open(folder)
    spaces = Spaces(folder / "spaces")
    rows = sum(len(spaces.open(name)) for name in spaces.names())
    text = f"{catalogue.counts().files} files, {len(_keys(catalogue))} blobs, {rows} vectors"
    catalogue.close()
    return text


def _contents(folder: Path) -> dict[str, Any]:
    catalogue = Catalogue.open(folder)
    products = catalogue.find(limit=1_000_000).products
    spaces = Spaces(folder / "spaces")
    contents = {
        "files": [vars(file) for product in products for file in catalogue.sources([product.id])],
        "rejections": catalogue.rejections(),
        "photos": catalogue.photos(catalogue.photo_ids()),
        "products": products,
        "attributes": [
            [(item.name, item.value, item.origin) for item in catalogue.attributes(product.id)] for product in products
        ],
        "blobs": sorted((key, hashlib.sha256(catalogue.blobs.get(key)).hexdigest() == key) for key in _keys(catalogue)),
        "leftovers": sorted(path.name for path in folder.rglob("*") if path.is_file() and "tmp" in path.parts[-2:]),
        "space names": spaces.names(),
        "vectors": {name: _vectors(spaces, name) for name in spaces.names()},
    }
    catalogue.close()
    return contents


def _keys(catalogue: Catalogue) -> list[str]:
    return list(catalogue.blobs.keys())


def _vectors(spaces: Spaces, name: str) -> dict[str, Any]:
    space = spaces.open(name)
    return {photo_id: space.vectors[row] for row, photo_id in enumerate(space.ids)}


def _differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    plain = [name for name in expected if name != "vectors" and expected[name] != found[name]]
    return plain if _same_vectors(expected["vectors"], found["vectors"]) else [*plain, "vectors"]


def _same_vectors(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    return expected.keys() == found.keys() and all(
        expected[name].keys() == found[name].keys()
        and all(np.allclose(row, found[name][photo], atol=TOLERANCE) for photo, row in expected[name].items())
        for name in expected
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--photos", type=int, default=1200, help="files to ingest and embed")
    parser.add_argument("--steps", nargs="+", choices=["ingest", "embed"], default=["ingest", "embed"])
    parser.add_argument("--model", default="lookalike")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
