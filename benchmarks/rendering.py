"""How many rendered product photos one core makes in a second, JPEG included, against the limit of 100 at 128 px.

    python benchmarks/rendering.py [--photos 300] [--size 128 ...] [--seed 0]

Prints one row for each size: photos a second of wall time and of processor time, and the ratio of each to the limit
(they differ when the machine is busy with something else). The products are made inside the measured time; a few photos
beforehand warm up the texture tiles, which every photo shares.
"""

import argparse
import time

import cv2

from lookscape.catalogue.rendering import jpeg, products

LIMIT = 100.0


def photos_per_second(count: int, *, size: int, seed: int) -> tuple[float, float]:
    """Design, render and encode `count` products once, on one thread: by the wall clock, and by processor time."""
    for product in products(8, seed=seed + 1):
        jpeg(product, size=size)
    wall, processor = time.perf_counter(), time.process_time()
    for product in products(count, seed=seed):
        jpeg(product, size=size)
    return count / (time.perf_counter() - wall), count / (time.process_time() - processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--size", type=int, nargs="+", default=[128])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"{'size':>6} {'clock':>10} {'photos/s':>10} {'ratio to 100/s':>16}")
    for size in options.size:
        rates = photos_per_second(options.photos, size=size, seed=options.seed)
        for clock, rate in zip(("wall", "processor"), rates, strict=True):
            print(f"{size:>6} {clock:>10} {rate:>10.1f} {rate / LIMIT:>16.2f}")


if __name__ == "__main__":
    main()
