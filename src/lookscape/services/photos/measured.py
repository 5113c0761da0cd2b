"""Measured attributes as numbers, a row for each photo."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.numbers import floats
from lookscape.catalogue.records import Product
from lookscape.engine import Engine
from lookscape.services.photos.gauge import gauge
from lookscape.services.records import Progress, silent


class Measured:
    """Asked for attributes, first measures the products that were not measured yet."""

    def __init__(self, engine: Engine, *, progress: Progress = silent) -> None:
        self._engine, self._progress = engine, progress

    def __call__(self, photo_ids: Sequence[str], names: Sequence[str]) -> NDArray[np.float64]:
        """N x A numbers, of the products whose first photo it is; NaN where one is not known."""
        gauge(self._engine, progress=self._progress)
        catalogue = self._engine.catalogue
        product_ids = catalogue.products_of_photos(photo_ids)
        products = catalogue.products({one for ids in product_ids.values() for one in ids})
        first = {product.photo_ids[0]: product for product in products.values() if product.photo_ids}
        return np.array([numbers(first.get(photo_id), names) for photo_id in photo_ids], np.float64)


def numbers(product: Product | None, names: Sequence[str]) -> list[float]:
    """A product's measured attributes as numbers, NaN for one that it has not or that is none.

    What was measured has a decimal point whatever the rest of its column is; of several values the first is taken.
    """
    attributes = product.attributes if product else {}
    return floats(attributes.get(name, "") for name in names)
