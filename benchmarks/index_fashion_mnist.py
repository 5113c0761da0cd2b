"""Search speed on Fashion-MNIST-784 against hnswlib, at recall@10 of at least 0.99, both measured in one run.

60,000 training images are indexed and the 10,000 test images asked for, l2, in the original 784 dimensions.
hnswlib: M=16, ef_construction=200, and the smallest ef whose recall on these very queries reaches 0.99. Ours: the
`faiss` backend as any user calls it, with string ids, validation and exact distances; its beam width was found
while building, on indexed rows only. The two take turns, so that a noisy machine slows both alike; medians.

    python benchmarks/index_fashion_mnist.py --data /usr/share/datasets/fashion-mnist
"""

import argparse
import gzip
import hashlib
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import faiss
import hnswlib
import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.index.protocol import Index, Metric, Vectors

TARGET = 0.99
LIMIT = 10
SINGLES = 500


def images(path: Path) -> Vectors:
    """N x 784 from an IDX file of 28 x 28 images, plain or gzipped."""
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(-1, 784).astype(np.float32)


def make(backend: str, ids: list[str], base_ND: Vectors) -> Index:
    index: Index = parts.load("lookscape.index.backends", backend).Backend(metric=Metric.L2, dim=784)
    index.add(ids, base_ND)
    index.search(base_ND[:64], limit=LIMIT)
    return index


def recall(found: list[set[str]], truth: list[set[str]]) -> float:
    return statistics.fmean(len(f & t) / LIMIT for f, t in zip(found, truth, strict=True))


class Rival:
    """hnswlib at its smallest ef that reaches the target on the queries."""

    def __init__(self, base_ND: Vectors, *, threads: int) -> None:
        self.index = hnswlib.Index("l2", base_ND.shape[1])
        self.index.init_index(len(base_ND), M=16, ef_construction=200, random_seed=1)
        self.index.add_items(base_ND, num_threads=threads)
        self.threads = threads

    def tune(self, queries_ND: Vectors, truth: list[set[str]], ids: list[str]) -> tuple[int, float]:
        """Set and return the smallest ef that reaches the target, with its recall."""
        for ef in range(LIMIT, 500):
            self.index.set_ef(ef)
            reached = recall([{ids[row] for row in rows} for rows in self.batch(queries_ND).tolist()], truth)
            if reached >= TARGET:
                return ef, reached
        raise SystemExit("hnswlib does not reach the target")

    def batch(self, queries_ND: Vectors) -> NDArray[np.uint64]:
        """Rows of the neighbours of many queries, in threads."""
        labels: NDArray[np.uint64] = self.index.knn_query(queries_ND, k=LIMIT, num_threads=self.threads)[0]
        return labels

    def single(self, query_1D: Vectors) -> None:
        """One query, one thread."""
        self.index.knn_query(query_1D, k=LIMIT, num_threads=1)


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def one_by_one(search: Callable[[Vectors], object], queries_ND: Vectors) -> list[float]:
    return [seconds(partial(search, queries_ND[row : row + 1])) for row in range(len(queries_ND))]


def compare(ours: Index, rival: Rival, queries_ND: Vectors, *, rounds: int) -> None:
    """Print queries per second of both, in batches and one at a time, and the ratio of medians."""
    batches: tuple[list[float], list[float]] = ([], [])
    singles: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        batches[0].append(seconds(lambda: rival.batch(queries_ND)) / len(queries_ND))
        batches[1].append(seconds(lambda: ours.search(queries_ND, limit=LIMIT)) / len(queries_ND))
        some_ND = queries_ND[turn * SINGLES % len(queries_ND) :][:SINGLES]
        singles[0].extend(one_by_one(rival.single, some_ND))
        singles[1].extend(one_by_one(lambda query_1D: ours.search(query_1D, limit=LIMIT), some_ND))
    print(f"{'':14}{'hnswlib':>14}{'lookscape':>14}{'ratio':>8}{'bar':>6}")
    for name, (theirs, own), bar in (("batched", batches, 2.5), ("one at a time", singles, 1.8)):
        a, b = statistics.median(theirs), statistics.median(own)
        print(f"{name:14}{1 / a:10,.0f} q/s{1 / b:10,.0f} q/s{a / b:8.2f}{bar:6}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the four IDX files")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    faiss.omp_set_num_threads(options.threads)
    base_ND = images(next(options.data.glob("train-images-idx3-ubyte*")))
    queries_ND = images(next(options.data.glob("t10k-images-idx3-ubyte*")))
    ids = [hashlib.sha256(row.tobytes() + str(number).encode()).hexdigest() for number, row in enumerate(base_ND)]

    truth = [set(names) for names in make("exact", ids, base_ND).search(queries_ND, limit=LIMIT).ids]
    start = time.perf_counter()
    ours = make("faiss", ids, base_ND)
    built = time.perf_counter() - start
    start = time.perf_counter()
    rival = Rival(base_ND, threads=options.threads)
    rival_built = time.perf_counter() - start
    ef, rival_recall = rival.tune(queries_ND, truth, ids)
    own_recall = recall([set(names) for names in ours.search(queries_ND, limit=LIMIT).ids], truth)
    print(f"hnswlib M=16 ef={ef}: recall@10 {rival_recall:.4f}, built in {rival_built:.1f} s")
    print(f"lookscape faiss backend: recall@10 {own_recall:.4f}, built in {built:.1f} s")
    compare(ours, rival, queries_ND, rounds=options.rounds)


if __name__ == "__main__":
    main()
