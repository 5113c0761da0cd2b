"""How much memory the check `duplicate` takes in a catalogue of 100,000 photos.

    python benchmarks/duplicates_memory.py [--photos 100000] [--due 2000]

The catalogue is a real one, but its photos have only 64 rendered pictures among them, and their features are drawn,
four photos near each centre, so that there are candidates as among products of a kind. DUE photos are judged with all
others in view. Given is the most resident memory of the whole process, network and libraries included, and how much of
it are files that are merely mapped, which the system takes back when it needs to.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

import lookscape
from lookscape.catalogue.checking import find_check
from lookscape.catalogue.records import Photo
from lookscape.catalogue.source import FileRow
from lookscape.catalogue.store.files import Landed
from lookscape.engine import Engine
from lookscape.representation.spaces.space import Spaces
from lookscape.services.photos.photos import MODEL, CataloguePhotos

PICTURES = 64
BATCH = 4000
KIND = 4
"""Photos about one centre."""

SPREAD = 1.0
WATCHED_S = 0.02
BAR = 2e9


class _Peak:
    """The most memory seen, bytes: resident, and what of it is mapped from files at that moment."""

    resident, mapped = 0, 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=2000)
    parser.add_argument("--checked", type=Path, help="a catalogue that is filled already: only check it")
    options = parser.parse_args()
    if options.checked:
        _check(options.checked, due=options.due)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "catalogue"
        engine = lookscape.open(folder)
        _fill(engine, options.photos)
        _invent_features(engine, engine.catalogue.photo_ids())
        engine.catalogue.close()
        command = [sys.executable, __file__, "--due", str(options.due), "--checked", str(folder)]
        subprocess.run(command, check=True)


def _check(folder: Path, *, due: int) -> None:
    """In a process of its own, as a person runs it: what filling took is not part of it."""
    engine = lookscape.open(folder)
    ids = engine.catalogue.photo_ids()
    photos = CataloguePhotos(engine, due=ids[:due])
    began, before = time.process_time(), psutil.Process().memory_info().rss
    with _watched() as peak:
        verdicts = list(find_check("duplicate").run(photos, progress=lambda *_: None))
    print(f"{len(ids):,} photos, {len(verdicts):,} judged, {time.process_time() - began:.0f} s of processor time")
    print(f"resident memory: {before / 1e6:,.0f} MB before, {peak.resident / 1e6:,.0f} MB at most,")
    print(f"of which {peak.mapped / 1e6:,.0f} MB are mapped files (bar: {BAR / 1e6:,.0f} MB in all)")
    engine.catalogue.close()


def _fill(engine: Engine, count: int) -> None:
    """`count` photos by rows of the catalogue; their pictures are a few rendered ones."""
    engine.manage.ingest(f"rendered:{PICTURES},size=224")
    catalogue = engine.catalogue
    pictures = catalogue.photos(catalogue.photo_ids())
    for start in range(0, count - PICTURES, BATCH):
        numbers = range(start, min(count - PICTURES, start + BATCH))
        catalogue.put_files("many", [_landed(number, pictures[number % PICTURES]) for number in numbers])


def _landed(number: int, picture: Photo) -> Landed:
    photo_id = hashlib.sha256(str(number).encode()).hexdigest()
    photo = Photo(
        id=photo_id, width=picture.width, height=picture.height, format="JPEG", num_bytes=1, blob=picture.blob
    )
    row = FileRow(path=f"{number}.jpg", stamp="", product_id=f"sku-{number}", name=f"Shoe {number}", attributes={})
    return Landed(file=row, photo=photo)


def _invent_features(engine: Engine, ids: list[str]) -> None:
    """A Space of features of all photos, as the check itself would make it."""
    encoder = engine.encoder(MODEL)
    space = Spaces(engine.folder / "cache" / "features").ensure(MODEL, model=MODEL, encoder=encoder)
    rng = np.random.default_rng(0)
    with space.writing():
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            centres = rng.standard_normal((-(-len(part) // KIND), encoder.dim), dtype=np.float32)
            own = rng.standard_normal((len(part), encoder.dim), dtype=np.float32)
            space.append(part, np.repeat(centres, KIND, axis=0)[: len(part)] + SPREAD * own)
        space.compact()


@contextmanager
def _watched() -> Iterator[_Peak]:
    """Look at this process's memory from a thread."""
    peak, done, process = _Peak(), threading.Event(), psutil.Process()

    def watch() -> None:
        while not done.wait(WATCHED_S):
            now = process.memory_info()
            if now.rss > peak.resident:
                peak.resident, peak.mapped = now.rss, now.shared

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    main()
