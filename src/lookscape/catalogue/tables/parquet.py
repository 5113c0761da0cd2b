"""Parquet: typed columns as text, each as a person would write it; photos in it stay there until they are read.

A column of floats that holds whole numbers and gaps was one of integers before somebody's program filled the gaps
with NaN, and is read as one.
"""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.table import Embedded, Line, Table, Values
from lookscape.catalogue.tables.text import clean, storable
from lookscape.errors import UsageError

_BATCH = 1024


def open_parquet(path: Path) -> Table:
    """A Parquet file. Raises UsageError when it cannot be read."""
    with parquet_file(path) as file:
        schema = file.schema_arrow
        photos = _photo_columns(schema)
        binary = [field.name for field in schema if _is_binary(field.type) and field.name not in photos]
        index = _pandas_index(schema)
        own = ours.SCHEMA_KEY in (schema.metadata or {})
        whole, dates, classes = _whole_columns(file), _date_columns(file), _classes(schema)
    notes = [f"column {name!r} is the index that pandas wrote: left out" for name in index]
    notes += [f"column {name!r} holds bytes that are no photo: left out" for name in binary]
    left_out = {*index, *binary}
    names = [name for name in schema.names if name not in left_out]
    ways = {
        name: _way(schema.field(name).type, whole=name in whole, dates=name in dates)
        for name in names
        if name not in photos
    }
    ways |= {name: partial(_class, known) for name, known in classes.items() if name in ways}
    return Table(
        name=path.name,
        columns=tuple(clean(name) for name in names if name in ways),
        lines=partial(_lines, path, ways, photos),
        found="Parquet",
        notes=tuple(notes),
        embedded=tuple(clean(name) for name in photos),
        ours=own,
    )


@contextmanager
def parquet_file(path: Path) -> Iterator[Any]:
    """The open file. Raises UsageError when it is none, also while it is read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            yield table
    except pa.ArrowNotImplementedError as error:
        if "more than 64 bits" not in str(error):
            raise UsageError(f"{path.name} is not a readable Parquet file: {error}") from error
        raise UsageError(
            f"{path.name} has a column of integers of more than 64 bits, as Polars makes of codes of 20 digits and "
            "nothing else reads; write that column as text, with .cast(pl.String)"
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path.name} is not a readable Parquet file: {error}") from error


def _photo_columns(schema: Any) -> tuple[str, ...]:
    """Columns of photos: a struct of bytes and path, as `datasets` writes them, or bytes that are called so."""
    from pyarrow import types

    found = []
    for field in schema:
        if types.is_struct(field.type):
            names = {field.type.field(place).name for place in range(field.type.num_fields)}
            if "bytes" in names and names <= {"bytes", "path"}:
                found.append(field.name)
        elif _is_binary(field.type) and field.name.lower() in (
            "image",
            "photo",
            "img",
            "picture",
            "bytes",
            "image_bytes",
        ):
            found.append(field.name)
    return tuple(found)


def _is_binary(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _pandas_index(schema: Any) -> list[str]:
    """Columns that pandas names as its index in the file's own words, where they have no name of their own."""
    said = (schema.metadata or {}).get(b"pandas")
    try:
        columns = json.loads(said)["index_columns"] if said else []
    except (ValueError, KeyError, TypeError):
        return []
    return [name for name in columns if isinstance(name, str) and name.startswith("__index_level_")]


def _classes(schema: Any) -> dict[str, list[str]]:
    """The names of classes that are stored as numbers, as `datasets` writes them into the file's own words."""
    said = (schema.metadata or {}).get(b"huggingface")
    try:
        features = json.loads(said)["info"]["features"] if said else {}
    except (ValueError, KeyError, TypeError):
        return {}
    found = {}
    for name, feature in features.items() if isinstance(features, dict) else ():
        names = feature.get("names") if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" else None
        if isinstance(names, list):
            found[name] = [str(one) for one in names]
    return found


def _class(names: Sequence[str], value: Any) -> str:
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else _text(value)


def _whole_columns(file: Any) -> set[str]:
    """Columns of floats with gaps and nothing but whole numbers beside."""
    from pyarrow import types

    names = [field.name for field in file.schema_arrow if types.is_floating(field.type)]
    gaps, broken = set[str](), set[str]()
    for batch in file.iter_batches(batch_size=65536, columns=names) if names else ():
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for value in column.to_pylist() if name not in broken else ():
                if value is None or math.isnan(value):
                    gaps.add(name)
                elif not value.is_integer() or abs(value) >= 2**53:
                    broken.add(name)
                    break
    return gaps - broken


def _date_columns(file: Any) -> set[str]:
    """Columns of times that are all midnight."""
    from pyarrow import types

    names = [field.name for field in file.schema_arrow if types.is_timestamp(field.type)]
    timed = set[str]()
    for batch in file.iter_batches(batch_size=65536, columns=names) if names else ():
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if any(value is not None and value.time() != time() for value in column.to_pylist()):
                timed.add(name)
    return set(names) - timed


def _way(kind: Any, *, whole: bool, dates: bool) -> Any:
    """How values of one column become text."""
    from pyarrow import types

    if whole:
        return lambda value: str(int(value))
    if dates:
        return lambda value: value.date().isoformat()
    if types.is_float32(kind) or types.is_float16(kind):
        return _short_float
    return _text


def _short_float(value: float) -> str:
    import numpy as np

    return str(np.float32(value))


def _lines(path: Path, ways: dict[str, Any], photos: Sequence[str]) -> Iterator[Line]:
    shown = [name if name in ways else f"{name}.path" for name in (*ways, *photos)]
    with parquet_file(path) as file:
        known = {field.path for field in (file.schema.column(place) for place in range(len(file.schema)))}
        wanted = [name for name in shown if name in ways or name in known]
        row = 0
        for batch in _batches(file, wanted):
            for said in batch:
                yield _line(row, said, ways, photos)
                row += 1


def _batches(file: Any, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Rows of these columns; empty ones of a table that holds nothing but photos."""
    if columns:
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
            yield batch.to_pylist()
        return
    for start in range(0, file.metadata.num_rows, _BATCH):
        yield [{} for _ in range(min(_BATCH, file.metadata.num_rows - start))]


def _line(row: int, said: dict[str, Any], ways: dict[str, Any], photos: Sequence[str]) -> Line:
    cells = {clean(name): values for name, way in ways.items() if (values := _values(said.get(name), way))}
    photo = None
    if photos:
        inside = said.get(photos[0])
        photo = Embedded(row=row, column=photos[0], name=str((inside or {}).get("path") or ""))
    return Line(place=f"row {row + 1}", cells=cells, photo=photo)


def _values(value: Any, way: Any) -> Values:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ()
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            return (storable(json.dumps(value, default=str)),)
        return tuple(text for item in value for text in _values(item, way))
    text = way(value)
    return (text,) if text.strip() else ()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (str, int, float, Decimal)):
        return storable(str(value))
    return storable(json.dumps(value, ensure_ascii=False, default=str))


class _Photos:
    """Reads photos of one column in the order of its rows, which is how they are asked for."""

    def __init__(self, path: str, stamp: str, column: str) -> None:
        self.key = (path, stamp, column)
        self._path, self._column = Path(path), column
        self._rows = iter(())  # type: Iterator[Any]
        self._next = -1

    def read(self, row: int) -> bytes:
        if self._next < 0 or row < self._next:
            self._rows, self._next = self._all(), 0
        for found in self._rows:
            self._next += 1
            if self._next > row:
                inside = found.as_py()
                return (inside or {}).get("bytes") or b"" if isinstance(inside, dict) else inside or b""
        return b""

    def _all(self) -> Iterator[Any]:
        with parquet_file(self._path) as file:
            for batch in file.iter_batches(batch_size=16, columns=[self._column]):
                yield from batch.column(0)


_reader: list[_Photos] = []


def read_embedded(path: str, stamp: str, column: str, row: int) -> bytes:
    """The photo in a row, empty where there is none. Quick when rows are asked for in their order."""
    if not _reader or _reader[0].key != (path, stamp, column):
        _reader[:] = [_Photos(path, stamp, column)]
    return _reader[0].read(row)
