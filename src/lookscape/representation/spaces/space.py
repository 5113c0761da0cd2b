"""Space: the vectors one model gives the whole catalogue, as a folder of Parquet parts that anyone can read.

    spaces/<name>/space.json            model, key, dim, metric
    spaces/<name>/part-000001.parquet   photo_id, vector
    spaces/<name>/pictures.json         photo_id -> picture, of vectors made from an altered picture; often missing

One process writes at a time (a lock that dies with its holder); any number read. A part appears whole or not at all. A
part made under another key than space.json's is not part of the Space: changing the key empties it at one stroke. An id
that stands in two parts, as a run killed while tidying up can leave it, counts as the higher-numbered part has it.
"""

import fcntl
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import ConflictError, LookscapeError, NotFoundError, UnknownNameError, UsageError
from lookscape.files import sync_folder, write_atomically
from lookscape.representation.protocol import Encoder, Vectors
from lookscape.representation.spaces import parts as spaces_parts
from lookscape.representation.spaces.parts import Part, Rows

METADATA = "space.json"
PICTURES = "pictures.json"

SMALL_PART = 500
"""Parts of fewer rows are merged by `compact`."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)
_ATTEMPTS = 5


@dataclass(frozen=True, kw_only=True)
class SpaceInfo:
    """What space.json says: the model's spec, its encoder's key, D, and the metric to search with by default."""

    model: str
    key: str
    dim: int
    metric: str


@dataclass(frozen=True, kw_only=True)
class _Snapshot:
    """What the folder held at one moment."""

    info: SpaceInfo
    parts: tuple[Part, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of the key and of every part's rows."""
        text = "\n".join([self.info.key, *(f"{part.number} {part.digest}" for part in self.parts)])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Listing:
    """Where each row lies: N ids, sorted, the place of its part in the snapshot, and its row there."""

    ids: tuple[str, ...]
    part_N: NDArray[np.int32]
    row_N: NDArray[np.int32]


class Space:
    """One Space as it was when opened, or after its own last write; `reload` looks again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._snapshot = _look(folder)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def info(self) -> SpaceInfo:
        """Model, key, dimension and metric."""
        return self._snapshot.info

    @property
    def model(self) -> str:
        """The model's spec."""
        return self.info.model

    @property
    def key(self) -> str:
        """The key of the encoder that made the vectors."""
        return self.info.key

    @property
    def dim(self) -> int:
        """D, the length of a vector."""
        return self.info.dim

    @property
    def metric(self) -> str:
        """The metric to search with unless another is asked for."""
        return self.info.metric

    @property
    def fingerprint(self) -> str:
        """Changes whenever ids or vectors do; reading it is cheap."""
        return self._snapshot.fingerprint

    @property
    def ids(self) -> tuple[str, ...]:
        """N photo ids, sorted, none twice."""
        return self._listing.ids

    @property
    def vectors(self) -> Vectors:
        """N x D, in the order of `ids`; read-only, and in memory as long as the Space is."""
        return self._vectors

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Vectors:
        """R x D, some of `vectors`. Only the parts that hold them are read, so neighbours in `ids` come quickly.

        Nothing is kept in memory. Raises LookscapeError when the Space was changed since its ids were read.
        """
        if "_vectors" in self.__dict__:
            return self._vectors[rows]
        return self._read(np.asarray(rows, np.intp))

    def __len__(self) -> int:
        return len(self.ids)

    def reload(self) -> None:
        """Take notice of what other processes wrote."""
        self._set(_look(self.folder))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock. Raises ConflictError when another process holds it."""
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConflictError(f"the space {self.name} is being written; wait for that run to end") from None
            self.reload()
            yield

    def append(self, ids: Sequence[str], vectors_ND: Vectors) -> None:
        """Add a part; an id already there gets the new vector. Raises UsageError on a wrong shape or a repeated id."""
        if vectors_ND.shape != (len(ids), self.dim) or len(set(ids)) != len(ids):
            raise UsageError(f"{len(ids)} different ids need {len(ids)} x {self.dim} numbers, not {vectors_ND.shape}")
        if not np.isfinite(vectors_ND).all():
            raise UsageError("vectors must be finite")
        if len(ids):
            path = spaces_parts.part_path(self.folder, self._next_number())
            spaces_parts.write(path, Rows(ids=ids, vectors=vectors_ND), key=self.key)
            self.reload()

    def remove(self, ids: Iterable[str]) -> int:
        """Remove rows, rewriting only the parts that hold them; returns how many were there."""
        gone = set(ids) & set(self.ids)
        for part in self._snapshot.parts if gone else ():
            rows = spaces_parts.read(part, dim=self.dim)
            kept = [place for place, photo_id in enumerate(rows.ids) if photo_id not in gone]
            if len(kept) < len(rows.ids):
                self._rewrite(part, Rows(ids=[rows.ids[at] for at in kept], vectors=rows.vectors[kept]))
        self._finish()
        return len(gone)

    def remake(self, altered: Mapping[str, str]) -> int:
        """Remove rows made from other pictures than those named (the photo's own where none is); returns how many.

        The names are noted after the rows are gone and before new ones come, so that a killed run leaves no row behind
        whose picture is not the one noted.
        """
        noted = _read_pictures(self.folder)
        if noted == dict(altered):
            return 0
        differing = {one for one in noted.keys() | altered.keys() if noted.get(one) != altered.get(one)}
        count = self.remove(differing)
        write_atomically(self.folder / PICTURES, json.dumps(dict(sorted(altered.items()))).encode())
        return count

    def rebuild(self, info: SpaceInfo) -> None:
        """Empty the Space and describe it anew."""
        write_atomically(self.folder / METADATA, _to_json(info))
        for number in spaces_parts.numbers(self.folder):
            spaces_parts.part_path(self.folder, number).unlink()
        self._finish()

    def compact(self) -> None:
        """Merge small parts into one, if there are several; nothing changes for readers."""
        small = [part for part in self._snapshot.parts if part.num_rows < SMALL_PART]
        if len(small) < 2:
            return
        latest: dict[str, Vectors] = {}
        for part in small:
            rows = spaces_parts.read(part, dim=self.dim)
            latest.update(zip(rows.ids, rows.vectors, strict=True))
        merged = Rows(ids=list(latest), vectors=np.stack(list(latest.values())))
        # Under the highest number the merged rows win over what is left of the small parts if this is killed half-way.
        self._rewrite(small[-1], merged)
        for part in small[:-1]:
            part.path.unlink()
        self._finish()

    def _rewrite(self, part: Part, rows: Rows) -> None:
        if rows.ids:
            spaces_parts.write(part.path, rows, key=self.key)
        else:
            part.path.unlink()

    def _finish(self) -> None:
        sync_folder(self.folder)
        self.reload()

    def _next_number(self) -> int:
        return max(spaces_parts.numbers(self.folder), default=0) + 1

    def _set(self, snapshot: _Snapshot) -> None:
        if snapshot.fingerprint != self._snapshot.fingerprint:
            for name in ("_listing", "_vectors"):
                self.__dict__.pop(name, None)
        self._snapshot = snapshot

    @cached_property
    def _listing(self) -> _Listing:
        for _ in range(_ATTEMPTS):
            try:
                return _list(self._snapshot)
            except FileNotFoundError:  # a writer merged or rewrote a part since we looked
                self._snapshot = _look(self.folder)
        raise self._changing()

    @cached_property
    def _vectors(self) -> Vectors:
        vectors_ND = self._read(np.arange(len(self)))
        vectors_ND.flags.writeable = False
        return vectors_ND

    def _read(self, rows_R: NDArray[np.intp]) -> Vectors:
        """Of these rows; where a writer moved them since they were listed, from where they are now."""
        for _ in range(_ATTEMPTS):
            listing = self._listing
            try:
                return _gather(self._snapshot, listing.part_N[rows_R], listing.row_N[rows_R])
            except FileNotFoundError:
                self._set(_look(self.folder))
                if self.ids != listing.ids:
                    break
        raise self._changing()

    def _changing(self) -> LookscapeError:
        return LookscapeError(f"the space {self.name} was changed while it was read; try again")


class Spaces:
    """The Spaces of one catalogue: a folder of folders."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> tuple[str, ...]:
        """Sorted."""
        return tuple(sorted(found.parent.name for found in self.path.glob(f"*/{METADATA}")))

    def open(self, name: str) -> Space:
        """Raises UnknownNameError."""
        if not (_NAME.fullmatch(name) and (self.path / name / METADATA).is_file()):
            raise UnknownNameError("space", name, self.names())
        return Space(self.path / name)

    def create(self, name: str, info: SpaceInfo) -> Space:
        """A new, empty Space. Raises ConflictError when there is one, UsageError when the name is not a file's."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot name a space; use letters, digits, dots, dashes and underscores")
        folder = self.path / name
        if (folder / METADATA).exists():
            raise ConflictError(f"there is a space named {name} already")
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / METADATA, _to_json(info))
        return Space(folder)

    def ensure(self, name: str, *, model: str, encoder: Encoder) -> Space:
        """The Space of that name, made for this model if there is none."""
        if (self.path / name / METADATA).is_file():
            return self.open(name)
        info = SpaceInfo(model=model, key=encoder.key, dim=encoder.dim, metric=encoder.default_metric)
        return self.create(name, info)

    def delete(self, name: str) -> None:
        """Remove a Space and its vectors. Raises UnknownNameError."""
        space = self.open(name)
        with space.writing():
            (space.folder / METADATA).unlink()
            shutil.rmtree(space.folder)


def _look(folder: Path) -> _Snapshot:
    for _ in range(_ATTEMPTS):
        info = _read_info(folder)
        try:
            parts = [spaces_parts.describe(folder, number) for number in spaces_parts.numbers(folder)]
        except FileNotFoundError:
            continue
        return _Snapshot(info=info, parts=tuple(part for part in parts if part.key == info.key))
    raise LookscapeError(f"the space {folder.name} is changing too fast to be read; try again")


def _list(snapshot: _Snapshot) -> _Listing:
    listed = [spaces_parts.read_ids(part) for part in snapshot.parts]
    place = {photo_id: (part, row) for part, ids in enumerate(listed) for row, photo_id in enumerate(ids)}
    ids = tuple(sorted(place))
    places_N2 = np.array([place[photo_id] for photo_id in ids], np.int32).reshape(-1, 2)
    return _Listing(ids=ids, part_N=places_N2[:, 0].copy(), row_N=places_N2[:, 1].copy())


def _gather(snapshot: _Snapshot, part_R: NDArray[np.int32], row_R: NDArray[np.int32]) -> Vectors:
    """Rows of parts, R x D. Files are read block by block, so that they are held in memory but once."""
    vectors_RD = np.empty((len(row_R), snapshot.info.dim), np.float32)
    order_R = np.lexsort((row_R, part_R))
    part_sorted, row_sorted = part_R[order_R], row_R[order_R]
    for number, part in enumerate(snapshot.parts):
        first, last = np.searchsorted(part_sorted, [number, number + 1])
        if first == last:
            continue
        for start, block_BD in spaces_parts.read_blocks(part, dim=snapshot.info.dim):
            here = first + np.searchsorted(row_sorted[first:last], [start, start + len(block_BD)])
            vectors_RD[order_R[slice(*here)]] = block_BD[row_sorted[slice(*here)] - start]
    return vectors_RD


def _read_info(folder: Path) -> SpaceInfo:
    path = folder / METADATA
    try:
        return SpaceInfo(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise NotFoundError(f"there is no space in {folder}; embed first") from None
    except (ValueError, TypeError) as error:
        raise LookscapeError(f"{path} is damaged; delete {folder} and embed again") from error


def _read_pictures(folder: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((folder / PICTURES).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def _to_json(info: SpaceInfo) -> bytes:
    return json.dumps(asdict(info), indent=2, sort_keys=True).encode()
