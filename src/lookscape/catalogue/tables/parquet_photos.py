"""Photos that stand in a Parquet file itself, as `datasets` writes them: found without being read, read one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookscape.catalogue.tables.table import Embedded
from lookscape.errors import UsageError

_CALLED = ("image", "photo", "img", "picture", "bytes", "image_bytes")
"""What a column of bytes is called that holds photos."""


@contextmanager
def parquet_file(path: Path) -> Iterator[Any]:
    """The open file. Raises UsageError when it is none, also while it is read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            yield table
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, pa.ArrowNotImplementedError) and "more than 64 bits" in str(error):
            raise UsageError(
                f"{path.name} has a column of integers of more than 64 bits, as Polars makes of codes of 20 digits and "
                "nothing else reads; write that column as text, with .cast(pl.String)"
            ) from error
        raise UsageError(f"{path.name} is not a readable Parquet file: {error}") from error


@dataclass(frozen=True, kw_only=True)
class PhotoColumn:
    """A column of photos; `path` is the column within it that says what they are called, empty where none does.

    several: a row holds a list of them.
    """

    name: str
    path: str = ""
    several: bool = False

    def photos(self, row: int, said: Any) -> Iterator[Embedded]:
        """Those of a row, of which `said` is what its paths say."""
        if said is None and self.path:
            return
        if not self.several:
            yield Embedded(row=row, column=self.name, name=path_in(said))
            return
        for item, one in enumerate(said or ()):
            yield Embedded(row=row, column=self.name, name=path_in(one), item=item)


def path_in(said: Any) -> str:
    """What a photo is called."""
    return str(said.get("path") or "") if isinstance(said, dict) else ""


def photo_columns(file: Any) -> tuple[PhotoColumn, ...]:
    """Columns of photos, or lists of them: structs of bytes and path, as `datasets` writes them, or bytes called so."""
    from pyarrow import types

    leaves = [file.schema.column(place).path for place in range(len(file.schema))]
    found = []
    for field in file.schema_arrow:
        several = types.is_list(field.type) or types.is_large_list(field.type)
        kind = field.type.value_type if several else field.type
        if field.name in paths_alone(file):
            continue
        if _is_photo(kind):
            paths = [leaf for leaf in leaves if leaf.startswith(f"{field.name}.") and leaf.endswith(".path")]
            if paths or not several:
                found.append(PhotoColumn(name=field.name, path="".join(paths[:1]), several=several))
        elif not several and holds_bytes(kind) and field.name.lower() in _CALLED:
            found.append(PhotoColumn(name=field.name))
    return tuple(found)


def paths_alone(file: Any) -> set[str]:
    """Columns of photos in which no bytes stand, but what the files are called."""
    found = set()
    for place in range(len(file.schema)):
        name, _, leaf = file.schema.column(place).path.partition(".")
        if leaf.rpartition(".")[2] != "bytes":
            continue
        groups = [file.metadata.row_group(number).column(place) for number in range(file.metadata.num_row_groups)]
        said = [group.statistics for group in groups]
        if said and all(
            one is not None and one.null_count == group.num_values for one, group in zip(said, groups, strict=True)
        ):
            found.add(name)
    return found


def _is_photo(kind: Any) -> bool:
    from pyarrow import types

    if not types.is_struct(kind):
        return False
    names = {kind.field(place).name for place in range(kind.num_fields)}
    return "bytes" in names and names <= {"bytes", "path"}


def holds_bytes(kind: Any) -> bool:
    """Is it bytes, a list of them or a struct with any?"""
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind):
        return holds_bytes(kind.value_type)
    if types.is_struct(kind):
        return any(holds_bytes(kind.field(place).type) for place in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


class _Photos:
    """Reads photos of one column in the order of its rows, which is how they are asked for."""

    def __init__(self, path: str, column: str) -> None:
        self._path, self._column = Path(path), column
        self._rows = iter(())  # type: Iterator[Any]
        self._next = -1
        self._last: Any = None

    def read(self, row: int) -> Any:
        """What stands in a row."""
        if row == self._next - 1:
            return self._last
        if self._next < 0 or row < self._next:
            self._rows, self._next = self._all(), 0
        for found in self._rows:
            self._next += 1
            if self._next > row:
                self._last = found.as_py()
                return self._last
        return None

    def _all(self) -> Iterator[Any]:
        with parquet_file(self._path) as file:
            for batch in file.iter_batches(batch_size=16, columns=[self._column]):
                yield from batch.column(0)


_readers: dict[tuple[str, str, str], _Photos] = {}


def read_embedded(path: str, stamp: str, photo: Embedded) -> bytes:
    """The photo in a row, empty where there is none. Quick when rows are asked for in their order."""
    key = (path, stamp, photo.column)
    if any(known[:2] != key[:2] for known in _readers):
        _readers.clear()
    reader = _readers.setdefault(key, _Photos(path, photo.column))
    found = reader.read(photo.row)
    if photo.item is not None:
        found = found[photo.item] if found and photo.item < len(found) else None
    inside = found.get("bytes") if isinstance(found, dict) else found
    return bytes(inside or b"")
