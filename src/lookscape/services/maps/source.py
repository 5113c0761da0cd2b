"""What maps and clusters are made from: the vectors of a Space, or the photos' own pixels, with a metric.

Only photos that the catalogue shows now take part. Pixels are squares of PIXELS x PIXELS sRGB values from 0 to 1, the
same for a photo whatever others there are, so that a map of them can be added to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lookscape import parts
from lookscape.engine import Engine, parse_metric
from lookscape.errors import UsageError
from lookscape.index.maintain import BACKENDS
from lookscape.index.protocol import Index, Metric, Vectors
from lookscape.services.records import Progress

if TYPE_CHECKING:
    from lookscape.representation.spaces.space import Space

RAW = "pixels"
"""Asked for instead of a Space's name."""

PIXELS = 16
RAW_KEY = f"rgb-{PIXELS}"

MANY = 50_000_000_000
"""Multiplications from which a search is worth building a graph for, instead of comparing with every row."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """N x D vectors in the order of their sorted photo ids. `key` names the model that made them."""

    engine: Engine
    space: "Space | None"
    name: str
    key: str
    metric: Metric
    ids: tuple[str, ...]
    vectors_ND: Vectors

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Photo -> row."""
        return {photo_id: row for row, photo_id in enumerate(self.ids)}

    def index(self, rows: Sequence[int] | None = None, *, num_queries: int = 0) -> Index:
        """An index over these rows, all without it; the Space's own where it holds just those.

        With few queries every row is compared, which takes less than building a graph.
        """
        if rows is None and self.space is not None and len(self.space) == len(self):
            return self.engine.index(self.space, self.metric)
        chosen = list(range(len(self))) if rows is None else list(rows)
        dim = self.vectors_ND.shape[1]
        worth = (num_queries or len(self)) * len(chosen) * dim > MANY
        backend = self.engine.settings.backend if worth else "exact"
        index: Index = parts.load(BACKENDS, backend).Backend(metric=self.metric, dim=dim)
        index.add([self.ids[row] for row in chosen], self.vectors_ND[chosen])
        return index


def open_source(engine: Engine, space: str | None, metric: str | None, progress: Progress) -> Source:
    """A Space, or RAW for pixels. Raises UsageError without photos, UnknownNameError for a Space there is not."""
    shown = set(engine.catalogue.photo_ids())
    if not shown:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    if space == RAW:
        return _pixels(engine, sorted(shown), metric, progress)
    found = engine.space(space)
    rows = [row for row, photo_id in enumerate(found.ids) if photo_id in shown]
    whole = len(rows) == len(found)
    return Source(
        engine=engine,
        space=found,
        name=found.name,
        key=found.key,
        metric=parse_metric(metric or found.metric),
        ids=found.ids if whole else tuple(found.ids[row] for row in rows),
        vectors_ND=found.vectors if whole else found.vectors[rows],
    )


def read_key(engine: Engine, name: str) -> str | None:
    """The key of a Space as it is now, or of pixels; None when the Space is gone."""
    if name == RAW:
        return RAW_KEY
    return engine.spaces.open(name).key if name in engine.spaces.names() else None


def _pixels(engine: Engine, photo_ids: list[str], metric: str | None, progress: Progress) -> Source:
    from lookscape.representation.spaces.embed import PhotoSet
    from lookscape.representation.spaces.pixels import prepare

    catalogue = engine.catalogue
    blobs = {photo.id: photo.blob for photo in catalogue.photos(photo_ids)}
    photos = PhotoSet(ids=photo_ids, read=lambda photo_id: catalogue.blobs.get(blobs[photo_id]))
    pixels = prepare(photos, side=PIXELS, folder=engine.folder / "cache", progress=progress)
    return Source(
        engine=engine,
        space=None,
        name=RAW,
        key=RAW_KEY,
        metric=parse_metric(metric or Metric.L2),
        ids=pixels.ids,
        vectors_ND=np.asarray(pixels.array_NHWC.reshape(len(pixels), -1) / 255, np.float32),
    )
