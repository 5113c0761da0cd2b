"""How an index of rows lies on disk: one checked file with its metric, its Space's fingerprint and its backend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lookscape.errors import LookscapeError
from lookscape.index.protocol import Metric
from lookscape.index.rows import file
from lookscape.index.rows.rows import Rows

FORMAT = "lookscape-index-1"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An index as read: its rows (on disk until used), and whatever else its backend saved."""

    rows: Rows
    fingerprint: str
    extra: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def save(path: Path, saved: Saved, *, backend: str) -> None:
    """Write atomically; names of extra arrays must not be those of the rows."""
    metadata = {
        "format": FORMAT,
        "backend": backend,
        "metric": saved.rows.metric.value,
        "ids": "hex" if saved.rows.ids.is_hex else "text",
        "fingerprint": saved.fingerprint,
    }
    file.write(path, {**saved.extra, **saved.rows.arrays()}, metadata=metadata)


def load(path: Path, *, backend: str) -> Saved:
    """Raises NotFoundError, or LookscapeError if the file is damaged or was made by something else."""
    stored = file.read(path)
    made_by = (stored.metadata.get("format"), stored.metadata.get("backend"))
    if made_by != (FORMAT, backend):
        raise LookscapeError(f"{path} is not an index of the {backend} backend; delete it and build it again")
    arrays = dict(stored.arrays)
    parts = {name: arrays.pop(name) for name in ("vectors", "keys", "order")}
    metric = Metric(stored.metadata["metric"])
    rows = Rows.from_arrays(parts, metric=metric, is_hex=stored.metadata["ids"] == "hex")
    return Saved(rows=rows, fingerprint=stored.metadata["fingerprint"], extra=arrays)
