"""Columns of Parquet files without pandas.

Arrow imports pandas, where it is there, for every list and every array that is given or taken: half a second and 40 MB
for whoever opens a Space. Here Arrow gets and gives its own buffers instead; the files are the same, byte for byte.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import DTypeLike, NDArray

ArrowException = pa.ArrowException
"""What is raised for a file that is no Parquet file, or is damaged."""


def texts(values: Sequence[str | None]) -> Any:
    """A column of words; None is null."""
    encoded = [b"" if value is None else value.encode() for value in values]
    ends_N = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    known = _known(np.fromiter((value is not None for value in values), np.bool_, len(encoded)))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends_N), pa.py_buffer(b"".join(encoded)), known)


def text_lists(values: Sequence[Sequence[str] | None]) -> Any:
    """A column of lists of words; None is null."""
    starts_N = np.cumsum([0, *(len(one or ()) for one in values)], dtype=np.int32)
    words = texts([word for one in values for word in one or ()])
    known = _known(np.fromiter((one is not None for one in values), np.bool_, len(values)))
    return pa.Array.from_buffers(pa.list_(pa.string()), len(values), [known, pa.py_buffer(starts_N)], children=[words])


def blobs(values: Sequence[bytes | None]) -> Any:
    """A column of bytes; None is null."""
    ends_N = np.cumsum([0, *(len(value or b"") for value in values)], dtype=np.int64)
    known = _known(np.fromiter((value is not None for value in values), np.bool_, len(values)))
    data = pa.py_buffer(b"".join(value or b"" for value in values))
    return pa.Array.from_buffers(pa.large_binary(), len(values), [known, pa.py_buffer(ends_N), data])


def records(columns: Mapping[str, Any]) -> Any:
    """A column of records with these fields, which are columns of one length."""
    fields = [pa.field(name, column.type) for name, column in columns.items()]
    length = len(next(iter(columns.values())))
    return pa.Array.from_buffers(pa.struct(fields), length, [None], children=list(columns.values()))


def numbers(values_N: NDArray[Any], *, known_N: NDArray[np.bool_] | None = None) -> Any:
    """A column of numbers or of flags; where `known_N` is false it is null."""
    values_N = np.ascontiguousarray(values_N)
    data = pa.py_buffer(_bits(values_N) if values_N.dtype == np.bool_ else values_N)
    known = None if known_N is None else _known(known_N)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values_N.dtype), len(values_N), [known, data])


def days(values: Sequence[date | None]) -> Any:
    """A column of dates; None is null."""
    first = date(1970, 1, 1)
    days_N = np.fromiter((0 if one is None else (one - first).days for one in values), np.int32, len(values))
    known = _known(np.fromiter((one is not None for one in values), np.bool_, len(values)))
    return pa.Array.from_buffers(pa.date32(), len(values), [known, pa.py_buffer(days_N)])


def moments(values: Sequence[datetime | None]) -> Any:
    """A column of dates with a time to the microsecond, in UTC where they have zones, all or none; None is null."""
    zone = next((one.tzinfo for one in values if one is not None), None)
    first = datetime(1970, 1, 1, tzinfo=UTC if zone else None)
    step = timedelta(microseconds=1)
    steps_N = np.fromiter((0 if one is None else (one - first) // step for one in values), np.int64, len(values))
    known = _known(np.fromiter((one is not None for one in values), np.bool_, len(values)))
    kind = pa.timestamp("us", tz="UTC" if zone else None)
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(steps_N)])


def vectors(values_ND: NDArray[Any]) -> Any:
    """A column of lists that all have D numbers, and say so."""
    return pa.FixedSizeListArray.from_arrays(numbers(values_ND.reshape(-1)), values_ND.shape[1])


def lists(values_ND: NDArray[Any]) -> Any:
    """A column of lists that may have any length; these have D numbers."""
    starts_N = np.arange(len(values_ND) + 1, dtype=np.int32) * np.int32(values_ND.shape[1])
    return pa.ListArray.from_arrays(numbers(starts_N), numbers(values_ND.reshape(-1)))


def encode(columns: Mapping[str, Any], *, metadata: Mapping[Any, Any] | None = None, **how: Any) -> bytes:
    """A file of these columns; `metadata` goes into its schema, `how` is what Arrow's writer takes."""
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns), metadata=metadata)
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def read(path: Path, columns: Sequence[str] | None = None, *, memory_map: bool = False) -> Any:
    """A file as an Arrow table. Raises OSError or ArrowException."""
    with pq.ParquetFile(path, memory_map=memory_map) as file:
        return file.read(columns=columns)


def array(column: Any, dtype: DTypeLike) -> NDArray[Any]:
    """A column of numbers or flags, or one piece of it, as an array. Raises ValueError for nulls and other types."""
    pieces = [_piece(piece, np.dtype(dtype)) for piece in getattr(column, "chunks", [column])]
    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, dtype), *pieces])


def _piece(piece: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    if piece.type != pa.from_numpy_dtype(dtype) or piece.null_count:
        raise ValueError(f"a column of {piece.type} with {piece.null_count} nulls is no column of {dtype}")
    if not len(piece):
        return np.empty(0, dtype)
    data = piece.buffers()[1]
    if dtype == np.bool_:
        bits_N = np.unpackbits(np.frombuffer(data, np.uint8), count=piece.offset + len(piece), bitorder="little")
        return bits_N[piece.offset :].astype(np.bool_)
    return np.frombuffer(data, dtype, len(piece), piece.offset * dtype.itemsize)


def _known(known_N: NDArray[np.bool_]) -> Any:
    return None if known_N.all() else pa.py_buffer(_bits(known_N))


def _bits(flags_N: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(flags_N, bitorder="little")
