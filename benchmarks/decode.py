"""How fast photos are read and standardised, against a bare Pillow loop over the same bytes on the same core.

    python benchmarks/decode.py --data FOLDER [--photos 1500]

The bare loop opens each photo, converts it to RGB and resizes it to 224 x 224: what a script that trusts its files
does. `prepare` also finds damage, turns photos upright, converts colour, pads to a square and encodes the blob. All run
in short alternating turns, so that a busy machine slows them alike; the ratio is the median over the turns.
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from lookscape.catalogue.imaging import prepare, standardise

_TURN = 100


def bare(data: bytes) -> object:
    """The rival."""
    return Image.open(io.BytesIO(data)).convert("RGB").resize((224, 224))


def seconds(work: Callable[[bytes], object], photos: list[bytes]) -> float:
    """How long one turn takes."""
    start = time.perf_counter()
    for data in photos:
        work(data)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with photos, searched all through")
    parser.add_argument("--photos", type=int, default=1500, help="how many of them, spread evenly (default 1500)")
    options = parser.parse_args()
    paths = sorted(
        path for path in options.data.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}
    )
    photos = [path.read_bytes() for path in paths[:: max(1, len(paths) // options.photos)][: options.photos]]
    works = {"bare Pillow loop": bare, "prepare": prepare, "standardise": standardise}
    for work in works.values():
        seconds(work, photos[:20])
    turns = [photos[at : at + _TURN] for at in range(0, len(photos), _TURN)]
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in turns:
        for name, work in works.items():
            times[name].append(seconds(work, turn))
    print(f"{len(photos)} photos of {options.data}, one core")
    print(f"{'':18}{'photos/s':>10}{'times bare':>12}")
    for name, taken in times.items():
        ratio = statistics.median(base / own for base, own in zip(times["bare Pillow loop"], taken, strict=True))
        print(f"{name:18}{len(photos) / sum(taken):10.0f}{ratio:12.2f}")


if __name__ == "__main__":
    main()
