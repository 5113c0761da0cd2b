"""Measure how often an altered copy of a photo finds its own product first.

A sample of the catalogue's photos is cropped, recompressed and made brighter or darker, then searched for. Intervals
are Wilson's at 95 % (Wilson 1927).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.alterations import Alteration, alter
from lookscape.services.search.hits import first_products
from lookscape.services.spaces.intervals import wilson
from lookscape.tools import _tool

SLOW = True
BATCH = 64
RANKS = (1, 5, 10)


class Params(_tool.Params):
    """How many photos, and how they are altered."""

    queries: int = Field(default=500, ge=1, le=100_000, description="photos to sample")
    seed: int = Field(default=0, ge=0, description="which photos and which alterations")
    area: float = Field(default=0.8, gt=0, le=1, description="share of the photo's area that a crop keeps")
    brightness: float = Field(default=0.15, ge=0, lt=1, description="largest change of brightness, either way")
    quality: int = Field(default=40, ge=1, le=100, description="JPEG quality of the copy")
    space: str | None = Field(default=None, description="the Space to search; default: the default model's")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")


class Recall(_tool.Result):
    """Share of copies whose product is among the first `rank`, with its 95 % interval from low to high."""

    rank: int
    recall: float
    low: float
    high: float


class Result(_tool.Result):
    """The measurement and what it was made with."""

    space: str
    metric: str
    queries: int
    seed: int
    recalls: list[Recall]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Alter, encode, search, count."""
    space = engine.space(params.space)
    index = engine.index(space, params.metric)
    ids = list(space.ids)
    if not ids:
        raise UsageError(f"the space {space.name!r} is empty; run: lookscape embed")
    rng = np.random.default_rng(params.seed)
    chosen = [ids[row] for row in rng.permutation(len(ids))[: params.queries]]
    how = Alteration(area=params.area, brightness=params.brightness, quality=params.quality)
    encoder = engine.encoder_of(space)
    ranks: list[int] = []
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        vectors_ND = encoder.encode(list(_copies(engine, batch, rng, how)))
        found = first_products(engine, index, vectors_ND, limit=max(RANKS))
        ranks += _ranks(engine, batch, found)
        progress(len(ranks), len(chosen), "searching for altered copies")
    recalls = [_recall(ranks, rank) for rank in RANKS]
    return Result(space=space.name, metric=index.metric.value, queries=len(chosen), seed=params.seed, recalls=recalls)


def _copies(engine: Engine, photo_ids: Sequence[str], rng: np.random.Generator, how: Alteration) -> Iterator[ImageU8]:
    """Altered copies, made square the way a photo that somebody uploads is."""
    for photo_id in photo_ids:
        photo = imaging.decode(engine.catalogue.read_photo(photo_id)).pixels
        yield imaging.pad_to_square(alter(photo, rng, how))


def _ranks(engine: Engine, photo_ids: Sequence[str], found: Sequence[Sequence[str]]) -> list[int]:
    """The place, from 0, of each photo's own product; a large number when it is not among them."""
    owners = engine.catalogue.products_of_photos(photo_ids)
    places = []
    for photo_id, products in zip(photo_ids, found, strict=True):
        mine = set(owners[photo_id])
        places.append(next((place for place, product in enumerate(products) if product in mine), max(RANKS)))
    return places


def _recall(ranks: Sequence[int], rank: int) -> Recall:
    hits = sum(place < rank for place in ranks)
    low, high = wilson(hits, len(ranks))
    return Recall(rank=rank, recall=hits / len(ranks), low=low, high=high)
