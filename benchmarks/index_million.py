"""One million vectors of 256 dimensions: recall@10, time of one search, memory and time to build and to open.

The vectors are made up but shaped as embeddings are: 2,000 clusters of unequal size on a curved surface of 24
dimensions (two random layers with a tanh between), plus 2 % noise in every dimension; cosine, with string ids.
Building and searching run in processes of their own, so that each one's peak memory is its own. The rival in the same
run is an exact faiss scan of the same queries.

    python benchmarks/index_million.py
"""

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.index.protocol import Index, Metric, Vectors

DIM, LATENT, CLUSTERS, LIMIT, SINGLES = 256, 24, 2000, 10, 2000
BLOCK = 50_000
METRIC = Metric.COSINE


class Surface:
    """Where the vectors come from."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self.centres = rng.normal(0, 1, (CLUSTERS, LATENT)).astype(np.float32)
        self.widths = rng.uniform(0.2, 0.6, (CLUSTERS, 1)).astype(np.float32)
        self.shares = rng.dirichlet(np.full(CLUSTERS, 2.0))
        self.bend = rng.normal(0, LATENT**-0.5, (LATENT, DIM)).astype(np.float32)
        self.lift = rng.normal(0, DIM**-0.5, (DIM, DIM)).astype(np.float32)

    def draw(self, num: int, *, seed: int) -> Vectors:
        """`num` vectors, float32."""
        rng = np.random.default_rng(seed)
        cluster = rng.choice(CLUSTERS, num, p=self.shares)
        latent = self.centres[cluster] + self.widths[cluster] * rng.standard_normal((num, LATENT), dtype=np.float32)
        vectors: Vectors = np.tanh(latent @ self.bend) @ self.lift
        vectors += np.float32(0.02) * vectors.std() * rng.standard_normal((num, DIM), dtype=np.float32)
        return vectors


def peak_gib() -> float:
    """Most memory this process has held, shared and mapped pages included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def backend() -> type[Index]:
    found: type[Index] = parts.load("lookscape.index.backends", "faiss").Backend
    return found


def build(folder: Path, num: int) -> None:
    base_ND = np.load(folder / "base.npy", mmap_mode="r")
    index = backend()(metric=METRIC, dim=DIM)
    start = time.perf_counter()
    index.add([f"{number:064x}" for number in range(num)], base_ND)
    index.save(folder / "index")
    print(f"built and saved in {time.perf_counter() - start:.0f} s, peak {peak_gib():.2f} GiB")


def search(folder: Path, truth: NDArray[np.int64]) -> None:
    queries_ND = np.load(folder / "queries.npy")
    start = time.perf_counter()
    index = backend().open(folder / "index")
    opened = time.perf_counter() - start
    start = time.perf_counter()
    index.search(queries_ND[:1], limit=LIMIT)
    first = time.perf_counter() - start
    hits, times = [], []
    for row, expected in enumerate(truth.tolist()):
        start = time.perf_counter()
        found = index.search(queries_ND[row : row + 1], limit=LIMIT)
        times.append(1e3 * (time.perf_counter() - start))
        hits.append(len({int(name, 16) for name in found.ids[0]} & set(expected)) / LIMIT)
    print(f"opened in {1e3 * opened:.0f} ms, first search {1e3 * first:.0f} ms")
    print(f"recall@10 {statistics.fmean(hits):.4f} (bar 0.95)")
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(f"one at a time p50 {p50:.3f} ms, p99 {p99:.3f} ms (bar p50 5 ms)")
    start = time.perf_counter()
    index.add([f"{2**200 + number:064x}" for number in range(100)], queries_ND[-100:])
    index.remove([f"{number:064x}" for number in range(100)])
    print(f"100 rows added and 100 removed in {1e3 * (time.perf_counter() - start):.0f} ms")
    print(f"peak {peak_gib():.2f} GiB (bar 3 GB)")


def scan(folder: Path) -> tuple[NDArray[np.int64], float]:
    """The true neighbours, and milliseconds of one exact search."""
    base_ND = np.load(folder / "base.npy")
    queries_ND = np.load(folder / "queries.npy")
    faiss.normalize_L2(base_ND)
    faiss.normalize_L2(queries_ND)
    times = []
    for row in range(9):
        start = time.perf_counter()
        faiss.knn(queries_ND[row : row + 1], base_ND, LIMIT, faiss.METRIC_INNER_PRODUCT)
        times.append(1e3 * (time.perf_counter() - start))
    found: NDArray[np.int64] = faiss.knn(queries_ND[:SINGLES], base_ND, LIMIT, faiss.METRIC_INNER_PRODUCT)[1]
    return found, statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=1_000_000)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        surface = Surface()
        base_ND = np.lib.format.open_memmap(folder / "base.npy", "w+", dtype=np.float32, shape=(options.num, DIM))
        for start in range(0, options.num, BLOCK):
            base_ND[start : start + BLOCK] = surface.draw(min(BLOCK, options.num - start), seed=100 + start)
        del base_ND
        np.save(folder / "queries.npy", surface.draw(SINGLES + 100, seed=7))
        truth, exact_ms = scan(folder)
        print(f"{options.num:,} x {DIM}, {METRIC}; an exact faiss scan takes {exact_ms:.0f} ms a query")
        for stage, argument in ((build, options.num), (search, truth)):
            process = spawn.Process(target=stage, args=(folder, argument))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
