"""Clusters on disk: clusters/NAME.parquet, one row for each product, and what was found out about the groups.

Columns: product_id, photo_id, cluster (from 1, 0 for products in none), confidence, and distance to the group's centre.
The schema metadata holds under `lookscape.clusters` the JSON of the `clusters` tool's result, so that a page shows it
without doing the work again. The same groups are the products' predicted attribute of that name, so that every filter,
map and bulk label knows them; the file can be deleted and made again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import LookscapeError, UnknownNameError, UsageError
from lookscape.files import write_atomically

FOLDER = "clusters"
METADATA = b"lookscape.clusters"
NAME = re.compile(r"cluster(?:\.[a-z0-9][a-z0-9-]{0,63})?", re.ASCII)


@dataclass(frozen=True, kw_only=True, eq=False)
class Members:
    """N products with their photos; `cluster_N` from 1, 0 for none; `about` is JSON."""

    about: str
    product_ids: tuple[str, ...]
    photo_ids: tuple[str, ...]
    cluster_N: NDArray[np.int32]
    confidence_N: NDArray[np.float32]
    distance_N: NDArray[np.float32]

    def of(self, number: int) -> NDArray[np.intp]:
        """Rows of a group, the nearest to its centre first."""
        rows = np.flatnonzero(self.cluster_N == number)
        return np.asarray(rows[np.argsort(self.distance_N[rows], kind="stable")])


def checked_name(name: str) -> str:
    """Raises UsageError for a name that is not `cluster` or `cluster.SOMETHING`."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name clusters; write cluster, or cluster.NAME in lower-case letters and digits"
        )
    return name


def cluster_names(engine: Engine) -> list[str]:
    """Sorted."""
    return sorted(path.stem for path in (engine.folder / FOLDER).glob("cluster*.parquet") if NAME.fullmatch(path.stem))


def find_name(engine: Engine, name: str | None) -> str:
    """The name that is meant: `cluster`, or the first there is, without one. Raises UnknownNameError."""
    known = cluster_names(engine)
    wanted = name or ("cluster" if "cluster" in known or not known else known[0])
    if wanted not in known:
        raise UnknownNameError("clusters", wanted, known)
    return wanted


def open_members(engine: Engine, name: str) -> Members:
    """The same object while the file is the same. Raises UnknownNameError, or LookscapeError for a damaged file."""
    path = engine.folder / FOLDER / f"{find_name(engine, name)}.parquet"
    return _open(path, path.stat().st_mtime_ns)


def write_members(engine: Engine, name: str, members: Members) -> None:
    """In the place of a file that was there."""
    from lookscape import parquet

    columns = {
        "product_id": parquet.texts(members.product_ids),
        "photo_id": parquet.texts(members.photo_ids),
        "cluster": parquet.numbers(members.cluster_N),
        "confidence": parquet.numbers(members.confidence_N),
        "distance": parquet.numbers(members.distance_N),
    }
    (engine.folder / FOLDER).mkdir(parents=True, exist_ok=True)
    content = parquet.encode(columns, metadata={METADATA: members.about})
    write_atomically(engine.folder / FOLDER / f"{name}.parquet", content)


@lru_cache(maxsize=4)
def _open(path: Path, stamp: int) -> Members:
    from lookscape import parquet

    try:
        table = parquet.read(path)
        return Members(
            about=table.schema.metadata[METADATA].decode(),
            product_ids=tuple(table["product_id"].to_pylist()),
            photo_ids=tuple(table["photo_id"].to_pylist()),
            cluster_N=parquet.array(table["cluster"], np.int32),
            confidence_N=parquet.array(table["confidence"], np.float32),
            distance_N=parquet.array(table["distance"], np.float32),
        )
    except (parquet.ArrowException, KeyError, TypeError, ValueError) as error:
        raise LookscapeError(f"{path} is damaged; delete it and run: lookscape atlas clusters") from error
