"""Parquet: typed columns as text, each as a person would write it; photos in it stay there until they are read.

A column of floats that holds whole numbers and gaps was one of integers before somebody's program filled the gaps
with NaN, and is read as one.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.parquet_photos import (
    PhotoColumn,
    holds_bytes,
    parquet_file,
    path_in,
    paths_alone,
    photo_columns,
)
from lookscape.catalogue.tables.table import Line, Table, Values
from lookscape.catalogue.tables.text import clean, storable

_BATCH = 1024


def open_parquet(path: Path) -> Table:
    """A Parquet file. Raises UsageError when it cannot be read."""
    with parquet_file(path) as file:
        schema = file.schema_arrow
        alone, photos = paths_alone(file), photo_columns(file)
        pictures = {column.name for column in photos}
        binary = [field.name for field in schema if holds_bytes(field.type) and field.name not in pictures | alone]
        index = _pandas_index(schema)
        own = ours.SCHEMA_KEY in (schema.metadata or {})
        called = ours.columns_said(schema.metadata or {})
        decimals = ours.decimals_said(schema.metadata or {})
        whole, dates, classes = _whole_columns(file), _date_columns(file), _classes(schema)
    notes = [f"column {name!r} is the index that pandas wrote: left out" for name in index]
    notes += [f"column {name!r} holds bytes that are no photo: left out" for name in binary]
    left_out = {*index, *binary, *(set(schema.names) - set(called) if called else ())}
    twins = [name for name, count in Counter(schema.names).items() if count > 1]
    notes += [f"there are {schema.names.count(name)} columns {name!r}: several values of one" for name in twins]
    ways = {
        name: _way(schema.field(place).type, whole=name in whole, dates=name in dates, own=own)
        for place, name in enumerate(schema.names)
        if name not in left_out and name not in pictures
    }
    ways |= {name: partial(_fixed, count) for name, count in decimals.items() if name in ways}
    ways |= {name: partial(_class, known) for name, known in classes.items() if name in ways}
    ways |= dict.fromkeys(alone & ways.keys(), path_in)
    return Table(
        name=path.name,
        columns=tuple(called.get(name) or clean(name) for name in ways),
        lines=partial(_lines, path, ways, photos, called),
        found="Parquet",
        notes=tuple(notes),
        embedded=tuple(clean(column.name) for column in photos),
        ours=own,
    )


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
            if any(isinstance(value, str) or (value and value.time() != time()) for value in _listed(column)):
                timed.add(name)
    return set(names) - timed


def _way(kind: Any, *, whole: bool, dates: bool, own: bool) -> Any:
    """How values of one column become text."""
    from pyarrow import types

    if whole:
        return lambda value: str(int(value))
    if dates:
        return lambda value: value.date().isoformat()
    if own and types.is_float64(kind):
        return ours.plain
    if types.is_float32(kind) or types.is_float16(kind):
        return _short_float
    return _text


def _fixed(decimals: int, value: float) -> str:
    return f"{value:.{decimals}f}"


def _short_float(value: float) -> str:
    import numpy as np

    return str(np.float32(value))


def _lines(
    path: Path, ways: dict[str, Any], photos: Sequence[PhotoColumn], called: Mapping[str, str]
) -> Iterator[Line]:
    """Of photos only the paths are read, where they have any."""
    with parquet_file(path) as file:
        wanted = [*ways, *(column.path for column in photos if column.path)]
        for number, row in enumerate(_all_rows(file, wanted)):
            said: dict[str, list[Any]] = {}
            for name, value in row:
                said.setdefault(name, []).append(value)
            yield _line(number, said, ways, photos, called)


def _all_rows(file: Any, wanted: Sequence[str]) -> Iterator[list[tuple[str, Any]]]:
    """Rows as names and values, a name twice where two columns have it; empty ones where nothing is wanted."""
    if not wanted:
        yield from ([] for _ in range(file.metadata.num_rows))
        return
    for batch in file.iter_batches(batch_size=_BATCH, columns=list(wanted)):
        names, columns = batch.schema.names, [_listed(column) for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield list(zip(names, values, strict=True))


def _listed(column: Any) -> list[Any]:
    """Python's own values; times that are finer than those as text."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        try:
            column = column.cast(pa.timestamp("us", column.type.tz))
        except pa.ArrowInvalid:
            column = column.cast(pa.string())
    found: list[Any] = column.to_pylist()
    return found


def _line(
    row: int,
    said: Mapping[str, list[Any]],
    ways: dict[str, Any],
    photos: Sequence[PhotoColumn],
    called: Mapping[str, str],
) -> Line:
    cells = {
        called.get(name) or clean(name): values
        for name, way in ways.items()
        if (values := tuple(text for value in said.get(name, ()) for text in _values(value, way)))
    }
    inside = tuple(photo for column in photos for photo in column.photos(row, said.get(column.name, (None,))[0]))
    return Line(place=f"row {row + 1}", cells=cells, photos=inside)


def _values(value: Any, way: Any) -> Values:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ()
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            return (storable(json.dumps(value, ensure_ascii=False, default=str)),)
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
    if isinstance(value, timedelta):
        return str(value)
    return storable(json.dumps(value, ensure_ascii=False, default=str))
