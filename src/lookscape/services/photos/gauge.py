"""Measures products from the pixels of their first photo and stores what it found, in acts of a bounded size."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import Field

from lookscape.catalogue.measuring import SIDE, VERSION, Measurement, measure
from lookscape.catalogue.records import Attribute, Filter, Origin, Product
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError, UsageError
from lookscape.representation.spaces.preprocess import decode
from lookscape.services.records import Progress, Record, silent

BATCH = 200
"""Products stored in one act: what a killed run loses at most."""

MARK = "measured.on"
"""The attribute that says which picture was measured by which version of the measures.

A picture is named by its photo, or by its own hash once it was standardised.
"""

BY = "gauge"


class Gauged(Record):
    """What this run did."""

    products: int = Field(description="products in the catalogue")
    measured: int = Field(description="products measured by this run")
    side_views: int = Field(description="those of them seen as footwear from the side, with shape and sole")
    acts: list[int] = Field(description="acts that stored the values, each to be undone on its own")
    failed: list[str] = Field(description="products whose photo could not be read, with the reason")


def gauge(engine: Engine, *, again: bool = False, progress: Progress = silent) -> Gauged:
    """Measure what is missing, or everything `again`.

    Raises UsageError without products, ConflictError while another run is at it.
    """
    catalogue = engine.catalogue
    total = catalogue.counts().products
    if not total:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    acts: list[int] = []
    failed: list[str] = []
    num_measured = num_side_views = 0
    with catalogue.exclusive(BY):
        products = _products(engine)
        marks = _marks(engine, products)
        waiting = [item for item in products if again or item.attributes.get(MARK) != marks[item.id]]
        for start in range(0, len(waiting), BATCH):
            progress(start, len(waiting), "measuring")
            done = _measured(engine, waiting[start : start + BATCH], marks)
            failed += [f"{item.product.id}: {item.reason}" for item in done if item.reason]
            well = [item for item in done if not item.reason]
            num_measured += len(well)
            num_side_views += sum(item.side_view for item in well)
            if well:
                acts.append(catalogue.annotate([value for item in well for value in item.attributes()], by=BY).id)
        progress(len(waiting), len(waiting), "measuring")
    return Gauged(products=total, measured=num_measured, side_views=num_side_views, acts=acts, failed=failed)


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """A product's measurements, or why there are none."""

    product: Product
    mark: str
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
            for name, value, confidence in [*values, (MARK, self.mark, 1.0)]
        ]


def _marks(engine: Engine, products: Sequence[Product]) -> dict[str, str]:
    """What each product's mark is once it is measured."""
    photos = engine.catalogue.photos([product.photo_ids[0] for product in products])
    pictures = {photo.id: photo.id if photo.original is None else photo.blob for photo in photos}
    return {item.id: f"{pictures.get(item.photo_ids[0], item.photo_ids[0])} by {VERSION}" for item in products}


def _products(engine: Engine) -> list[Product]:
    """Every product that has a photo, in the order of its id."""
    found = engine.catalogue.products(sorted(engine.catalogue.matching(Filter())))
    return [product for _, product in sorted(found.items()) if product.photo_ids]


def _measured(engine: Engine, batch: Sequence[Product], marks: Mapping[str, str]) -> list[_Looked]:
    """All of a batch, in order, on every core: the pixel work leaves Python's lock."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="gauge") as pool:
        return list(pool.map(lambda product: _gauged(engine, product, marks[product.id]), batch))


def _gauged(engine: Engine, product: Product, mark: str) -> _Looked:
    try:
        photo = decode(engine.catalogue.read_photo(product.photo_ids[0]), side=SIDE)
    except (PhotoError, NotFoundError) as error:
        return _Looked(product=product, mark=mark, reason=str(error))
    return _Looked(product=product, mark=mark, found=measure(photo))
