"""A factor moved 500 times over HTTP: the answer with matches, then the decoded image, as programs ask for them.

    python benchmarks/steer.py --data FOLDER [--catalogue DIR] [--model NAME] [--moves 500] [--side 256]

Without --catalogue one is made of FOLDER and the recipe `language` is trained on it. The real server runs as its own
process. Every move sets one of the first twelve factors of a product anew, so nothing is answered from a cache. A move
counts as wrong when its image is not of the size asked for or there are fewer matches than asked for. What a browser
adds is measured by slider.py. Bar: p95 within 100 ms.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from _serving import server
from _trained import open_or_train

MATCHES = 8
FACTORS = 12
MOVES_EACH = 20
"""Moves of one product before the next."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one move took, milliseconds, and whether it showed what it should."""

    answer_ms: float
    image_ms: float
    is_right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of photos")
    parser.add_argument("--catalogue", type=Path, help="a catalogue with a trained model")
    parser.add_argument("--model", default="language")
    parser.add_argument("--moves", type=int, default=500)
    parser.add_argument("--side", type=int, default=256, help="pixels of the image asked for")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.catalogue or Path(scratch) / "catalogue"
        engine = open_or_train(folder, arguments.data)
        products = [product.id for product in engine.catalogue.find(limit=100).products]
        with server(folder) as url, httpx.Client(base_url=url, timeout=60) as client:
            _print(_moved(client, products, model=arguments.model, count=arguments.moves, side=arguments.side))


def _moved(client: httpx.Client, products: Sequence[str], *, model: str, count: int, side: int) -> list[Move]:
    started = time.perf_counter()
    _move(client, {"model": model, "product": products[0]}, side)
    print(f"the first question, which loads the model: {time.perf_counter() - started:.1f} s")
    rng = np.random.default_rng(0)
    moves = []
    for number in range(count):
        factor, value = 1 + rng.integers(FACTORS), rng.uniform(-3, 3)
        product = products[number // MOVES_EACH % len(products)]
        moves.append(_move(client, {"model": model, "product": product, "factors": [f"{factor}={value:.4f}"]}, side))
    return moves


def _move(client: httpx.Client, asked: dict[str, object], side: int) -> Move:
    started = time.perf_counter()
    answer = client.post("/api/v1/latent/steer", json={**asked, "limit": MATCHES}).raise_for_status().json()
    answered = time.perf_counter()
    image = client.get(answer["drawn_url"], params={"side": side}).raise_for_status()
    shown = time.perf_counter()
    size = Image.open(io.BytesIO(image.content)).size
    return Move(
        answer_ms=1000 * (answered - started),
        image_ms=1000 * (shown - answered),
        is_right=size == (side, side) and len(answer["matches"]) == MATCHES,
    )


def _print(moves: Sequence[Move]) -> None:
    rows = (
        ("answer with matches", [move.answer_ms for move in moves]),
        ("decoded image", [move.image_ms for move in moves]),
        ("both, one after the other", [move.answer_ms + move.image_ms for move in moves]),
    )
    for name, times in rows:
        print(f"{name:27s} p50 {np.percentile(times, 50):6.1f} ms   p95 {np.percentile(times, 95):6.1f} ms")
    wrong = sum(not move.is_right for move in moves)
    print(f"{len(moves)} moves, {wrong} wrong  (bar: p95 of both within 100 ms)")


if __name__ == "__main__":
    main()
