"""Tables that describe photos: CSV, JSON Lines and Parquet, in the manner of the Hugging Face imagefolder.

Any column becomes an attribute, but for the file's own column, `product_id`, which groups photos, `name` (or `title`),
which names the product, and a box, which says what part of the photo it is (`_boxes.py`).
"""

import csv
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lookscape.catalogue.sources._boxes import Box, take_box
from lookscape.errors import UsageError

FILE_COLUMNS = ("file_name", "path", "file", "filename", "image", "image_path", "filepath", "photo")
URL_COLUMNS = ("url", "image_url", "photo_url", "link", "image_link")
NAME_COLUMNS = ("name", "title", "product_name")
SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")
MAX_FIELD = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row: its file or URL, and what it says of the product; the photo is what is in the box, if there is one."""

    target: str
    product_id: str | None = None
    name: str | None = None
    box: Box | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def is_table(path: Path) -> bool:
    """Could this file be such a table, by its ending?"""
    return path.suffix.lower() in SUFFIXES


def target_column(path: Path, wanted: tuple[str, ...]) -> str | None:
    """The first of the wanted columns that the table has; upper and lower case are one."""
    columns = {column.strip().lower(): column.strip() for column in _columns(path)}
    return next((columns[name] for name in wanted if name in columns), None)


def records(path: Path, target: str) -> Iterator[Record]:
    """The rows, in order; rows with nothing in the target column are left out.

    Raises UsageError with the line when the table cannot be read.
    """
    for row in _rows(path):
        values = {_clean(key): text for key, value in row.items() if key and (text := _text(value)) is not None}
        if where := values.pop(target, None):
            product_id, name, box = _pop(values, ("product_id",)), _pop(values, NAME_COLUMNS), take_box(values)
            yield Record(target=where, product_id=product_id, name=name, box=box, attributes=values)


def _pop(values: dict[str, str], columns: tuple[str, ...]) -> str | None:
    """Take the first of these columns out, in whatever case; the others stay attributes."""
    name = _named(tuple(values), columns)
    return None if name is None else values.pop(name)


@lru_cache(maxsize=256)
def _named(names: tuple[str, ...], columns: tuple[str, ...]) -> str | None:
    """The first of the columns among some names, in whatever case; most rows have the same names."""
    found = {name.lower(): name for name in names}
    return next((found[column] for column in columns if column in found), None)


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    readers = {".csv": _csv_rows, ".tsv": _csv_rows, ".jsonl": _json_rows, ".parquet": _parquet_rows}
    try:
        yield from readers[path.suffix.lower()](path)
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path.name} is not a readable table: {error}") from error


def _columns(path: Path) -> list[str]:
    if path.suffix.lower() == ".parquet":
        with _parquet(path) as table:
            return list(table.schema_arrow.names)
    first: Mapping[str, Any] = next(iter(_rows(path)), {})
    return [str(name) for name in first]


def _csv_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")


def _json_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(f"{path.name}, line {number} is not JSON: {error.msg}") from error
            if not isinstance(row, dict):
                raise UsageError(f"{path.name}, line {number} is not a JSON object")
            yield row


def _parquet_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with _parquet(path) as table:
        for batch in table.iter_batches():
            yield from batch.to_pylist()


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            yield table
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path.name} is not a readable Parquet file: {error}") from error


def _text(value: Any) -> str | None:
    """A cell as an attribute's text; empty cells and NaN are no value."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return _clean(json.dumps(value, ensure_ascii=False, default=str))
    return _clean(str(value)) or None


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    """Without what no database stores: NUL and halves of surrogate pairs, which JSON can write."""
    plain = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return plain.replace("\0", "").strip()
