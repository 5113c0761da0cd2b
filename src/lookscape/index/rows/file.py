"""One file of named arrays in the safetensors layout: written atomically, checked, memory-mapped.

Eight bytes hold the header's length (little-endian); the header is JSON, {name: {dtype, shape, data_offsets}},
with texts under "__metadata__"; then the arrays, end to end (https://github.com/huggingface/safetensors#format).
Any safetensors reader opens these files. Ours adds a CRC-32 of every array and of the header.
"""

import json
import os
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import LookscapeError, NotFoundError

Array = NDArray[Any]

DTYPES = {"F32": np.float32, "I64": np.int64, "I32": np.int32, "U8": np.uint8}
CODES = {np.dtype(kind): code for code, kind in DTYPES.items()}

CHECKED_BYTES = 256 << 20
"""Arrays up to this size are read through and checked on opening; larger ones stay on disk until used."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What a file holds. The arrays are private: writing to them changes memory, never the file."""

    arrays: Mapping[str, Array]
    metadata: Mapping[str, str]


def write(path: Path, arrays: Mapping[str, Array], *, metadata: Mapping[str, str]) -> None:
    """Write beside `path`, flush to disk, then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    # Wide items first, so that every array starts at a multiple of its item size.
    ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays, key=lambda n: -arrays[n].itemsize)}
    try:
        with temporary.open("xb") as file:
            file.write(_header(ordered, metadata))
            for array in ordered.values():
                file.write(_bytes(array))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def read(path: Path) -> Stored:
    """Map a file that `write` made. Raises NotFoundError, or LookscapeError saying why it is damaged."""
    try:
        raw = np.memmap(path, dtype=np.uint8, mode="c")
    except FileNotFoundError:
        raise NotFoundError(f"there is no index file {path}; build the index first") from None
    except (ValueError, OSError) as error:
        raise LookscapeError(f"the index file {path} cannot be read ({error}); delete it and build it again") from None
    try:
        return _parse(np.asarray(raw))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LookscapeError(f"the index file {path} is damaged ({error}); delete it and build it again") from None


def _bytes(array: Array) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _seal(header: Mapping[str, object]) -> str:
    return str(zlib.crc32(json.dumps(header, sort_keys=True).encode()))


def _header(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    header: dict[str, Any] = {}
    start = 0
    for name, array in arrays.items():
        end = start + array.nbytes
        header[name] = {"dtype": CODES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end]}
        start = end
    sums = {f"crc32.{name}": str(zlib.crc32(_bytes(array))) for name, array in arrays.items()}
    header["__metadata__"] = {**metadata, **sums}
    header["__metadata__"]["seal"] = _seal(header)
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return len(text).to_bytes(8, "little") + text


def _parse(raw: NDArray[np.uint8]) -> Stored:
    length = int.from_bytes(raw[:8].tobytes(), "little")
    if len(raw) < 8 or length > len(raw) - 8:
        raise ValueError("it ends within the header")
    header = json.loads(raw[8 : 8 + length].tobytes())
    metadata = header["__metadata__"]
    if metadata.pop("seal") != _seal(header):
        raise ValueError("its header does not match its checksum")
    body = raw[8 + length :]
    arrays = {name: _array(body, entry) for name, entry in header.items() if name != "__metadata__"}
    if sum(array.nbytes for array in arrays.values()) != len(body):
        raise ValueError("its length is wrong")
    for name, array in arrays.items():
        if array.nbytes <= CHECKED_BYTES and str(zlib.crc32(_bytes(array))) != metadata[f"crc32.{name}"]:
            raise ValueError(f"its {name} do not match their checksum")
    return Stored(arrays=arrays, metadata=metadata)


def _array(body: NDArray[np.uint8], entry: Mapping[str, Any]) -> Array:
    start, end = entry["data_offsets"]
    return body[start:end].view(DTYPES[entry["dtype"]]).reshape(entry["shape"])


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; folders cannot be flushed on every system."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
