"""Ingest of large JPEGs against OpenCV's full decode and resize, on the same files and cores.

    python benchmarks/large_photos.py [--photos 500] [--megapixels 24] [--rounds 2]

The rival reads a file, decodes it at its full size and shrinks it to 512 pixels (INTER_AREA), in as many processes as
ingest uses, started and warmed up beforehand; ingest's time includes starting its own, hashing, the JPEGs it stores and
the database. Both take turns, and the best of each counts. Then both ways of reading, ours with everything that
`prepare` does, take short alternating turns in one process on photos in memory: the ratio is the median over the turns.

The files are made here: 20 pictures of a textured thing on a light ground, each written again and again with a number
in a comment, so that no two files are the same; JPEG of quality 90 with halved colour resolution, as cameras write.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from lookscape.catalogue.imaging import prepare
from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.store.catalogue import Catalogue

SIDE = 512
NUM_PICTURES = 20
_TURN = 5


def main() -> None:
    options = _arguments()
    num_processes = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder) / "photos"
        files = _write(photos, count=options.photos, megapixels=options.megapixels)
        size = sum(path.stat().st_size for path in files) / len(files) / 1e6
        print(f"{_processor()}, {num_processes} processes, OpenCV {cv2.__version__}")
        print(f"{len(files)} JPEGs of {options.megapixels} megapixels, {size:.1f} MB each")
        _whole(files, photos, Path(folder), rounds=options.rounds, num_processes=num_processes)
        _in_turns([path.read_bytes() for path in files[:NUM_PICTURES]], rounds=options.rounds)


def _whole(files: list[Path], photos: Path, folder: Path, *, rounds: int, num_processes: int) -> None:
    loop, ours = [], []
    with multiprocessing.get_context("spawn").Pool(num_processes) as pool:
        pool.map(_rival_of_file, files[: 2 * num_processes])
        for number in range(rounds):
            loop.append(_seconds(lambda: pool.map(_rival_of_file, files, chunksize=4)))
            catalogue = Catalogue.open(folder / str(number))
            ours.append(_seconds(lambda: _ingest(catalogue, photos)))  # noqa: B023 - called at once
            catalogue.close()
    print(f"OpenCV's full decode and resize   {min(loop):8.2f} s   {len(files) / min(loop):6.1f} photos/s")
    print(f"ingest                            {min(ours):8.2f} s   {len(files) / min(ours):6.1f} photos/s")
    print(f"ingest / OpenCV                   {min(loop) / min(ours):8.2f}     (bar: 1.5)")


def _in_turns(photos: list[bytes], *, rounds: int) -> None:
    rival(photos[0])
    prepare(photos[0])
    ratios = []
    for _ in range(rounds):
        for at in range(0, len(photos), _TURN):
            turn = photos[at : at + _TURN]
            theirs = _seconds(lambda: [rival(data) for data in turn])  # noqa: B023 - called at once
            ours = _seconds(lambda: [prepare(data) for data in turn])  # noqa: B023
            ratios.append(theirs / ours)
    print(f"prepare / OpenCV, one process     {statistics.median(ratios):8.2f}")


def rival(data: bytes) -> object:
    """Decode at full size, then shrink."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    scale = SIDE / max(pixels.shape[:2])
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _rival_of_file(path: Path) -> int:
    cv2.setNumThreads(1)  # the processes share the cores
    rival(path.read_bytes())
    return 1


def _ingest(catalogue: Catalogue, photos: Path) -> None:
    report = ingest(catalogue, str(photos), progress=lambda done, total, stage: None)
    assert report.rejected == 0


def _write(folder: Path, *, count: int, megapixels: int) -> list[Path]:
    folder.mkdir()
    height = round((megapixels * 1e6 / 1.5) ** 0.5 / 16) * 16
    width = height * 3 // 2
    files = []
    for number in range(min(NUM_PICTURES, count)):
        data = _picture(width, height, seed=number)
        for copy in range(number, count, NUM_PICTURES):
            comment = f"{copy:06}".encode()
            path = folder / f"{copy:06}.jpg"
            path.write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])
            files.append(path)
    return sorted(files)


def _picture(width: int, height: int, *, seed: int) -> bytes:
    """A textured ellipse on a light ground with the grain of a sensor."""
    random = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 235, np.uint8)
    coarse = random.integers(0, 256, (height // 40, width // 40, 3), np.uint8)
    texture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 3, height // 3), 20.0, 0, 360, 255, -1)
    pixels[mask > 0] = texture[mask > 0]
    grain = random.integers(-4, 5, (height, width, 1), np.int16)
    pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    options = (cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420)
    return bytes(cv2.imencode(".jpg", pixels, options)[1])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return name or platform.processor() or platform.machine()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--megapixels", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
