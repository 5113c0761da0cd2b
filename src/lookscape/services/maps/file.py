"""Maps on disk: maps/NAME.parquet, which Embedding Atlas and any Parquet reader open.

Columns: photo_id, projection_x, projection_y, for three dimensions projection_z, and `placed`: whether the photo came
after the map was laid out and was put into it. Rows are in the order of photo_id. The file's schema metadata holds
under `lookscape.map` a JSON object with the fields of `About`.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import LookscapeError, UnknownNameError, UsageError
from lookscape.files import write_atomically
from lookscape.services.records import Record

FOLDER = "maps"
METADATA = b"lookscape.map"
AXES = ("projection_x", "projection_y", "projection_z")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)

Points = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class About:
    """Of what, and how, a map was laid out. `key` is that of the model whose vectors it shows."""

    space: str
    key: str
    metric: str
    method: str
    dimensions: int
    seed: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Map:
    """N photos, their coordinates N x 2 or 3, and which of them were placed later."""

    about: About
    ids: tuple[str, ...]
    points_ND: Points
    placed_N: Flags

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Photo -> row."""
        return {photo_id: row for row, photo_id in enumerate(self.ids)}

    def only(self, rows: Sequence[int] | NDArray[np.intp]) -> "Map":
        """These rows."""
        ids = tuple(self.ids[row] for row in rows)
        chosen = np.asarray(rows, np.intp)
        return Map(about=self.about, ids=ids, points_ND=self.points_ND[chosen], placed_N=self.placed_N[chosen])

    def with_placed(self, ids: Sequence[str], points_ND: Points) -> "Map":
        """The same with rows that were put into it."""
        every = (*self.ids, *ids)
        order = sorted(range(len(every)), key=every.__getitem__)
        placed_N = np.concatenate([self.placed_N, np.ones(len(ids), np.bool_)])
        points = np.concatenate([self.points_ND, points_ND.astype(np.float32)])
        return Map(
            about=self.about, ids=tuple(every[row] for row in order), points_ND=points[order], placed_N=placed_N[order]
        )


class Shown(Record):
    """A map in short, for those who ask."""

    name: str
    space: str = Field(description="the Space it shows, or pixels")
    metric: str
    method: str
    dimensions: int
    seed: int
    photos: int = Field(description="photos on it")
    placed: int = Field(description="those of them that were placed since it was laid out")


def shown(name: str, found: Map) -> dict[str, Any]:
    """The fields of Shown."""
    about = {field: value for field, value in asdict(found.about).items() if field in Shown.model_fields}
    return {"name": name, **about, "photos": len(found.ids), "placed": int(found.placed_N.sum())}


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Changes whenever the file does."""

    modified: int
    size: int


def checked_name(name: str) -> str:
    """Raises UsageError for a name that is no file's."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a map; use lower-case letters, digits and dashes, at most 64")
    return name


def map_path(engine: Engine, name: str) -> Path:
    """Where a map is."""
    return engine.folder / FOLDER / f"{name}.parquet"


def map_names(engine: Engine) -> list[str]:
    """Sorted."""
    return sorted(path.stem for path in (engine.folder / FOLDER).glob("[!.]*.parquet") if NAME.fullmatch(path.stem))


def open_map(engine: Engine, name: str | None = None) -> Map:
    """A map by name; without one `map`, or the first there is. The same object while the file is the same.

    Raises UnknownNameError, or LookscapeError for a damaged file.
    """
    return _open(*_wanted(engine, name))


def map_digest(engine: Engine, name: str | None = None) -> str:
    """A hash of the file."""
    return _digest(*_wanted(engine, name))


def find_name(engine: Engine, name: str | None = None) -> str:
    """The name that is meant. Raises UnknownNameError."""
    known = map_names(engine)
    wanted = name or ("map" if "map" in known or not known else known[0])
    if wanted not in known:
        raise UnknownNameError("map", wanted, known)
    return wanted


def write_map(path: Path, made: Map) -> None:
    """In the place of one that was there: a reader sees the old map or the new one."""
    from lookscape import parquet

    columns = {"photo_id": parquet.texts(made.ids)}
    for axis in range(made.about.dimensions):
        columns[AXES[axis]] = parquet.numbers(made.points_ND[:, axis].astype(np.float32))
    columns["placed"] = parquet.numbers(made.placed_N)
    content = parquet.encode(columns, metadata={METADATA: json.dumps(asdict(made.about), sort_keys=True)})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def _wanted(engine: Engine, name: str | None) -> tuple[Path, Stamp]:
    path = map_path(engine, find_name(engine, name))
    there = path.stat()
    return path, Stamp(modified=there.st_mtime_ns, size=there.st_size)


@lru_cache(maxsize=8)
def _open(path: Path, stamp: Stamp) -> Map:
    from lookscape import parquet

    try:
        table = parquet.read(path)
        about = About(**json.loads(table.schema.metadata[METADATA]))
        points = [parquet.array(table[axis], np.float32) for axis in AXES[: about.dimensions]]
        placed_N = parquet.array(table["placed"], np.bool_)
        ids = tuple(table["photo_id"].to_pylist())
    except (parquet.ArrowException, KeyError, TypeError, ValueError) as error:
        raise LookscapeError(f"the map {path.stem} is damaged; make it again: lookscape atlas map --rebuild") from error
    return Map(about=about, ids=ids, points_ND=np.stack(points, axis=1).astype(np.float32), placed_N=placed_N)


@lru_cache(maxsize=64)
def _digest(path: Path, stamp: Stamp) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]
