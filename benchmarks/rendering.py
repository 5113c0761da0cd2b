"""How many rendered product photos one core makes in a second, JPEG included, against the limit of 100 at 128 px.

    python benchmarks/rendering.py [--photos 300] [--size 128] [--seed 0]

Prints one row for each size: photos a second, milliseconds a photo, and the ratio to the limit. The products are made
inside the measured time; a few photos beforehand warm up the texture tiles, which every photo shares.
"""

import argparse
import time

import cv2

from lookscape.catalogue.rendering import jpeg, products

LIMIT = 100.0


def photos_per_second(count: int, *, size: int, seed: int) -> float:
    """Design, render and encode `count` products once, on one thread."""
    for product in products(8, seed=seed + 1):
        jpeg(product, size=size)
    start = time.perf_counter()
    for product in products(count, seed=seed):
        jpeg(product, size=size)
    return count / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--size", type=int, nargs="+", default=[128])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"{'size':>6} {'photos/s':>10} {'ms/photo':>10} {'ratio to 100/s':>16}")
    for size in options.size:
        rate = photos_per_second(options.photos, size=size, seed=options.seed)
        print(f"{size:>6} {rate:>10.1f} {1000 / rate:>10.2f} {rate / LIMIT:>16.2f}")


if __name__ == "__main__":
    main()
