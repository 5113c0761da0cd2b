"""Measure how every product looks, from the pixels of its photo: shape, sole, colours, tone, texture.

The first photo of each product is measured and the values are stored as measured attributes with their confidence.
Products measured before, on the same photo by the same measures, are passed over, so a run that was stopped goes on.
Values that suppose a shoe seen from the side are left out for anything else.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import Field

from lookscape.catalogue.measuring import SIDE, VERSION, Measurement, measure
from lookscape.catalogue.records import Attribute, Filter, Origin, Product
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError, UsageError
from lookscape.representation.preprocess import decode
from lookscape.tools import _tool

SLOW = True

BATCH = 200
"""Products stored in one act: what a killed run loses at most."""

MARK = "measured.on"
"""The attribute that says which photo was measured by which version of the measures."""

BY = "gauge"


class Params(_tool.Params):
    """Whether to measure anew."""

    again: bool = Field(default=False, description="measure products that were measured before too")


class Result(_tool.Result):
    """What this run did."""

    products: int = Field(description="products in the catalogue")
    measured: int = Field(description="products measured by this run")
    side_views: int = Field(description="those of them seen as footwear from the side, with shape and sole")
    acts: list[int] = Field(description="acts that stored the values, each to be undone on its own")
    failed: list[str] = Field(description="products whose photo could not be read, with the reason")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Measure what is missing. Raises UsageError without products, ConflictError while another run is at it."""
    catalogue = engine.catalogue
    total = catalogue.counts().products
    if not total:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    acts: list[int] = []
    failed: list[str] = []
    num_measured = num_side_views = 0
    with catalogue.exclusive(BY):
        waiting = [item for item in _products(engine) if params.again or item.attributes.get(MARK) != _mark(item)]
        for start in range(0, len(waiting), BATCH):
            progress(start, len(waiting), "measuring")
            done = _measured(engine, waiting[start : start + BATCH])
            failed += [f"{item.product.id}: {item.reason}" for item in done if item.reason]
            well = [item for item in done if not item.reason]
            num_measured += len(well)
            num_side_views += sum(item.side_view for item in well)
            if well:
                acts.append(catalogue.annotate([value for item in well for value in item.attributes()], by=BY).id)
        progress(len(waiting), len(waiting), "measuring")
    return Result(products=total, measured=num_measured, side_views=num_side_views, acts=acts, failed=failed)


@dataclass(frozen=True, kw_only=True)
class _Gauged:
    """A product's measurements, or why there are none."""

    product: Product
    found: Sequence[Measurement] = ()
    reason: str = ""

    @property
    def side_view(self) -> bool:
        return any(item.name.startswith("shape.") for item in self.found)

    def attributes(self) -> list[Attribute]:
        """As the catalogue stores them, the mark last."""
        values = [(item.name, item.text, item.confidence) for item in self.found]
        return [
            Attribute(product_id=self.product.id, name=name, value=value, origin=Origin.MEASURED, confidence=confidence)
            for name, value, confidence in [*values, (MARK, _mark(self.product), 1.0)]
        ]


def _mark(product: Product) -> str:
    return f"{product.photo_ids[0]} by {VERSION}"


def _products(engine: Engine) -> list[Product]:
    """Every product that has a photo, in the order of its id."""
    found = engine.catalogue.products(sorted(engine.catalogue.matching(Filter())))
    return [product for _, product in sorted(found.items()) if product.photo_ids]


def _measured(engine: Engine, batch: Sequence[Product]) -> list[_Gauged]:
    """All of a batch, in order, on every core: the pixel work leaves Python's lock."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="gauge") as pool:
        return list(pool.map(lambda product: _gauged(engine, product), batch))


def _gauged(engine: Engine, product: Product) -> _Gauged:
    try:
        photo = decode(engine.catalogue.read_photo(product.photo_ids[0]), side=SIDE)
    except (PhotoError, NotFoundError) as error:
        return _Gauged(product=product, reason=str(error))
    return _Gauged(product=product, found=measure(photo))
