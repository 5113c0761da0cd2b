"""The Parquet parts of a Space: files of (photo_id, vector) rows, each with its Space's key and a digest of its rows.

Vectors are fixed-size lists of float32, uncompressed (they do not compress), so any Parquet reader opens them.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lookscape import parquet
from lookscape.errors import LookscapeError
from lookscape.files import write_atomically
from lookscape.representation.protocol import Vectors

BUFFER = 1 << 20
"""Bytes that are read at a time: without it a whole part would be."""

BLOCK = 8192
"""Rows that are read at a time."""

_NAME = re.compile(r"part-(\d{6,})\.parquet")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file, as its footer describes it."""

    path: Path
    number: int
    key: str
    digest: str
    num_rows: int


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Ids and their vectors, N x D."""

    ids: Sequence[str]
    vectors: Vectors


def part_path(folder: Path, number: int) -> Path:
    """Where part `number` lies."""
    return folder / f"part-{number:06d}.parquet"


def numbers(folder: Path) -> list[int]:
    """The parts there are, in order; half-written files have other names."""
    found = (_NAME.fullmatch(name.name) for name in folder.iterdir())
    return sorted(int(match[1]) for match in found if match)


def write(path: Path, rows: Rows, *, key: str) -> None:
    """Write one part atomically, in the place of one that was there."""
    vectors_ND = np.ascontiguousarray(rows.vectors, np.float32)
    digest = hashlib.sha256("\n".join(rows.ids).encode() + vectors_ND.tobytes()).hexdigest()
    columns = {"photo_id": parquet.texts(rows.ids), "vector": parquet.vectors(vectors_ND)}
    metadata = {"lookscape.key": key, "lookscape.digest": digest}
    how = {"compression": "NONE", "use_dictionary": False, "write_statistics": False}
    write_atomically(path, parquet.encode(columns, metadata=metadata, **how))


def describe(folder: Path, number: int) -> Part:
    """Read a part's footer. Raises FileNotFoundError when it was just removed, LookscapeError when it is damaged."""
    path = part_path(folder, number)
    try:
        metadata = pq.read_metadata(path)
        texts = {name.decode(): value.decode() for name, value in (metadata.metadata or {}).items()}
        key, digest = texts["lookscape.key"], texts["lookscape.digest"]
    except (pa.ArrowInvalid, KeyError) as error:
        raise LookscapeError(f"{path} is damaged or not ours; delete it and embed again") from error
    return Part(path=path, number=number, key=key, digest=digest, num_rows=metadata.num_rows)


def read_ids(part: Part) -> list[str]:
    """The ids of a part's rows, in order. Raises as `read_blocks`."""
    try:
        with pq.ParquetFile(part.path) as file:
            _check_same(part, file)
            found: list[str] = file.read(columns=["photo_id"])["photo_id"].to_pylist()
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        raise LookscapeError(f"{part.path} is damaged; delete it and embed again") from error
    return found


def read_blocks(part: Part, *, dim: int) -> Iterator[tuple[int, Vectors]]:
    """A part's vectors, at most BLOCK x D at a time, and the row that each block begins with.

    Raises FileNotFoundError when the part was removed or rewritten since it was described, LookscapeError when it is
    damaged.
    """
    start = 0
    try:
        with pq.ParquetFile(part.path, buffer_size=BUFFER) as file:
            _check_same(part, file)
            for batch in file.iter_batches(BLOCK, columns=["vector"]):
                block_ND = parquet.array(batch["vector"].flatten(), np.float32).reshape(-1, dim)
                yield start, block_ND
                start += len(block_ND)
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        raise LookscapeError(f"{part.path} is damaged; delete it and embed again") from error


def read(part: Part, *, dim: int) -> Rows:
    """A part's rows. Raises FileNotFoundError when it was just removed, LookscapeError when it is damaged."""
    try:
        table = parquet.read(part.path, memory_map=True)
        flat = parquet.array(table["vector"].combine_chunks().flatten(), np.float32)
        return Rows(ids=table["photo_id"].to_pylist(), vectors=flat.reshape(-1, dim))
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        raise LookscapeError(f"{part.path} is damaged; delete it and embed again") from error


def _check_same(part: Part, file: pq.ParquetFile) -> None:
    """The file at the part's path is the one that was described."""
    if (file.metadata.metadata or {}).get(b"lookscape.digest", b"").decode() != part.digest:
        raise FileNotFoundError(part.path)
