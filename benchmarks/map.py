"""Maps: time and trustworthiness beside openTSNE's defaults in one run, and what adding products costs.

    python benchmarks/map.py --data SNEAKERS [--fashion /usr/share/datasets/fashion-mnist] [--threads 2]

Vectors: 50 principal components, of the model `pretrained` on the sneakers, and of the pixels of the 60,000 training
images of Fashion-MNIST. openTSNE as it comes (`TSNE(n_jobs=2, random_state=0).fit(x)`), ours as the `map` tool lays it
out, neighbours and all. Trustworthiness (Venna & Kaski 2001) has 5 neighbours, as scikit-learn's default, Euclidean; it
is of every row up to 10,000, else of 2,000 drawn rows ranked among all. Libraries are loaded before the clock starts.
CPU seconds are of the whole process and stay comparable when the machine is busy.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from openTSNE import TSNE
from sklearn.decomposition import PCA

from lookscape.engine import Engine
from lookscape.index.protocol import Metric, Vectors
from lookscape.services.maps import layout
from lookscape.services.maps.file import About, Map
from lookscape.services.maps.source import Source
from lookscape.tools import _tool

COMPONENTS = 50
ADDED = 500
NEIGHBOURS = 5
JUDGED_WHOLE, JUDGED = 10_000, 2_000

Points = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Timed:
    """What came out and what it took."""

    points_ND: Points
    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of sneakers")
    parser.add_argument("--fashion", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder) / "catalogue")
        _warm(engine)
        engine.manage.ingest(str(options.data))
        engine.manage.embed("pretrained")
        _compare(engine, "sneakers", _components(engine.space("pretrained").vectors), threads=options.threads)
        if options.fashion.is_dir():
            _compare(engine, "Fashion-MNIST", _components(_images(options.fashion)), threads=options.threads)


def _warm(engine: Engine) -> None:
    """Load the libraries and compile what is compiled."""
    rows_ND = np.random.default_rng(0).normal(size=(3000, 4)).astype(np.float32)
    made = layout.lay_out(_source(engine, rows_ND), _about(), _tool.silent)
    layout.place(_source(engine, np.concatenate([rows_ND, rows_ND[:9] + 0.1])), made, _tool.silent)


def _compare(engine: Engine, title: str, rows_ND: Vectors, *, threads: int) -> None:
    source = _source(engine, rows_ND)
    theirs = _timed(lambda: np.asarray(TSNE(n_jobs=threads, random_state=0).fit(rows_ND)))
    own = _timed(lambda: layout.lay_out(source, _about(), _tool.silent).points_ND.astype(np.float64))
    print(f"{title}, {rows_ND.shape[0]:,} x {rows_ND.shape[1]}")
    print(f"    {'':18}{'seconds':>9}{'CPU s':>9}{'trustworthiness':>17}")
    for name, done in (("openTSNE, defaults", theirs), ("lookscape", own)):
        print(f"    {name:18}{done.wall:9.1f}{done.cpu:9.1f}{trustworthiness(rows_ND, done.points_ND):17.4f}")
    print(f"    ratio of seconds {own.wall / theirs.wall:.2f}, of CPU seconds {own.cpu / theirs.cpu:.2f}")
    _add(engine, rows_ND)
    print(flush=True)


def _add(engine: Engine, rows_ND: Vectors) -> None:
    """Lay out all but ADDED rows, then place those."""
    rng = np.random.default_rng(0)
    new = set(rng.choice(len(rows_ND), ADDED, replace=False).tolist())
    every = _source(engine, rows_ND)
    old = [row for row in range(len(rows_ND)) if row not in new]
    part = Source(
        engine=engine,
        space=None,
        name="rows",
        key="",
        metric=Metric.L2,
        ids=tuple(every.ids[row] for row in old),
        vectors_ND=rows_ND[old],
    )
    before = layout.lay_out(part, _about(), _tool.silent)
    after: list[Map] = []
    placed = _timed(lambda: _grown(every, before, after))
    moved = np.abs(after[0].points_ND[old] - before.points_ND).max()
    rows = np.array(sorted(new))
    score = trustworthiness(rows_ND, placed.points_ND, rows_J=rows)
    print(
        f"    {ADDED} placed in {placed.wall:.2f} s ({placed.cpu:.2f} CPU s), old points moved by {moved:.1f}, "
        f"trustworthiness of the placed {score:.4f}"
    )


def _grown(source: Source, before: Map, kept: list[Map]) -> Points:
    kept.append(layout.place(source, before, _tool.silent))
    return kept[0].points_ND.astype(np.float64)


def trustworthiness(rows_ND: Vectors, points_ND: Points, *, rows_J: NDArray[np.intp] | None = None) -> float:
    """Of all rows up to JUDGED_WHOLE, else of JUDGED, or of those given; ranks are among all rows."""
    num = len(rows_ND)
    if rows_J is None:
        rng = np.random.default_rng(1)
        rows_J = np.arange(num) if num <= JUDGED_WHOLE else np.sort(rng.choice(num, JUDGED, replace=False))
    penalty = 0
    for row in rows_J.tolist():
        apart_N = ((rows_ND - rows_ND[row]) ** 2).sum(axis=1)
        mapped_N = ((points_ND - points_ND[row]) ** 2).sum(axis=1)
        apart_N[row] = mapped_N[row] = np.inf
        near_K = np.argpartition(mapped_N, NEIGHBOURS)[:NEIGHBOURS]
        ranks_K = (apart_N[None, :] < apart_N[near_K, None]).sum(axis=1) + 1
        penalty += int(np.maximum(ranks_K - NEIGHBOURS, 0).sum())
    most = len(rows_J) * NEIGHBOURS * (2 * num - 3 * NEIGHBOURS - 1) / 2
    return 1 - penalty / most


def _timed(do: Callable[[], Points]) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    found = do()
    return Timed(points_ND=found, wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def _source(engine: Engine, rows_ND: Vectors) -> Source:
    ids = tuple(f"{row:07d}" for row in range(len(rows_ND)))
    return Source(engine=engine, space=None, name="rows", key="", metric=Metric.L2, ids=ids, vectors_ND=rows_ND)


def _about() -> About:
    return About(space="rows", key="", metric="l2", method="tsne", dimensions=2, seed=0)


def _components(rows_ND: Vectors) -> Vectors:
    fitted = PCA(COMPONENTS, svd_solver="covariance_eigh").fit_transform(rows_ND.astype(np.float64))
    return np.asarray(fitted, np.float32)


def _images(folder: Path) -> Vectors:
    path = next(folder.glob("train-images-idx3-ubyte*"))
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784)
    return np.asarray(pixels / 255, np.float32)


if __name__ == "__main__":
    main()
