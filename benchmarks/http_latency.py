"""Latency over HTTP: `search like`, `search by-photo` with a 1 MB upload, and many clients at once.

    python benchmarks/http_latency.py --data FOLDER [--catalogue DIR]

Starts the real server as its own process on a free port over a catalogue made from FOLDER (kept in --catalogue when
given, so that a second run needs not embed again). Beside each figure stands the same question answered in this
process, without HTTP. Also `lookscape --help`, against an interpreter that imports nothing.
"""

import argparse
import io
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

import lookscape
from _serving import server
from lookscape.engine import Engine

UPLOAD_BYTES = 1_000_000
CLIENTS = 20
ROUNDS_EACH = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    parser.add_argument("--count", type=int, default=200, help="questions of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.catalogue or Path(scratch) / "catalogue"
        engine = _catalogue(folder, arguments.data)
        with server(folder) as url, httpx.Client(base_url=url, timeout=60) as client:
            _one_at_a_time(engine, client, arguments.count)
            _many_at_once(engine, url)
    _help()


def _catalogue(folder: Path, data: Path) -> Engine:
    engine = lookscape.open(folder)
    engine.manage.ingest(str(data))
    engine.manage.embed()
    return engine


def _one_at_a_time(engine: Engine, client: httpx.Client, count: int) -> None:
    products = [product.id for product in engine.catalogue.find(limit=count).products]
    photo = _megabyte(engine)

    def like(number: int) -> None:
        client.post("/api/v1/search/like", json={"product": products[number % len(products)]}).raise_for_status()

    def by_photo(_: int) -> None:
        client.post("/api/v1/search/by-photo", files={"photo": ("shoe.jpg", photo)}).raise_for_status()

    rows = (
        ("search like over HTTP", like, 15),
        ("search like in process", lambda number: engine.search.like(products[number % len(products)]), None),
        (f"search by-photo over HTTP, {len(photo) / 1e6:.1f} MB", by_photo, 150),
        ("search by-photo in process", lambda _: engine.search.by_photo(photo), None),
    )
    for name, ask, bar in rows:
        times = _times(ask, count)
        limit = f"(bar: p50 under {bar} ms)" if bar else ""
        print(f"{name:38s} p50 {np.percentile(times, 50):7.1f} ms   p95 {np.percentile(times, 95):7.1f} ms  {limit}")


def _times(ask: Callable[[int], object], count: int) -> list[float]:
    for number in range(5):
        ask(number)
    times = []
    for number in range(count):
        started = time.perf_counter()
        ask(number)
        times.append(1000 * (time.perf_counter() - started))
    return times


def _many_at_once(engine: Engine, url: str) -> None:
    products = [product.id for product in engine.catalogue.find(limit=CLIENTS * ROUNDS_EACH).products]
    photo = _megabyte(engine)
    failures: list[str] = []

    def visit(visitor: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            for number in range(ROUNDS_EACH):
                product = products[(visitor * ROUNDS_EACH + number) % len(products)]
                answers = [client.post("/api/v1/search/like", json={"product": product})]
                if number % 5 == 0:
                    answers.append(client.post("/api/v1/search/by-photo", files={"photo": ("shoe.jpg", photo)}))
                failures.extend(answer.text for answer in answers if answer.status_code != 200)

    visitors = [threading.Thread(target=visit, args=(visitor,)) for visitor in range(CLIENTS)]
    started = time.perf_counter()
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    asked = CLIENTS * (ROUNDS_EACH + (ROUNDS_EACH + 4) // 5)
    rate = asked / (time.perf_counter() - started)
    print(f"{CLIENTS} clients: {asked} questions, {len(failures)} errors, {rate:.0f} answers/s  (bar: 0 errors)")


def _megabyte(engine: Engine) -> bytes:
    """A catalogue photo as a large JPEG of about 1 MB, the way a phone would send it."""
    blob = engine.catalogue.read_photo(engine.catalogue.photo_ids()[0])
    photo = Image.open(io.BytesIO(blob)).convert("RGB").resize((2048, 2048), Image.Resampling.BICUBIC)
    noisy = np.asarray(photo, np.int16) + np.random.default_rng(0).integers(-12, 13, (2048, 2048, 1))
    for quality in range(95, 40, -3):
        file = io.BytesIO()
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
        if file.tell() <= UPLOAD_BYTES * 1.1:
            break
    return file.getvalue()


def _help() -> None:
    def seconds(*words: str) -> float:
        runs = []
        for _ in range(7):
            started = time.perf_counter()
            subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
            runs.append(time.perf_counter() - started)
        return statistics.median(runs)

    bare, helped = seconds("-c", "pass"), seconds("-m", "lookscape", "--help")
    print(f"lookscape --help {helped:.2f} s, an empty interpreter {bare:.2f} s  (bar: under 0.4 s)")


if __name__ == "__main__":
    main()
