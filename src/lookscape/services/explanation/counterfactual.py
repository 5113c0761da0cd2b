"""A photo with what an answer hangs on covered, and the products learned from that are near it.

/explained/CLASSIFIER/KEY/PHOTO/METHOD/LAYER/CLASS/SHARE.webp, the share in ten-thousandths of the photo
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.explanation.heat_map import SHOWN, Asked, heat_map
from lookscape.services.records import Record

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.protocol import ImageU8

WHOLE = 10_000


class Near(Record):
    """A product that it learned from."""

    product_id: str
    photo_id: str
    distance: float = Field(description="in the Space")


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """Products of each of some values; `space` is empty where there is none to say what is near."""

    space: str
    of: tuple[list[Near], ...]


def covered_url(classifier: "TrainedClassifier", asked: Asked, *, share: float) -> str:
    """Where the picture is."""
    return f"{asked.url(classifier).removesuffix('.webp')}/{round(share * WHOLE)}.webp"


def covered_picture(engine: Engine, classifier: "TrainedClassifier", place: str) -> "ImageU8":
    """SHOWN x SHOWN x 3. Raises NotFoundError for an address that is none."""
    import cv2

    from lookscape.classifiers.explaining.counterfactual import covered
    from lookscape.representation.spaces.preprocess import decode, square

    rest, _, part = place.rpartition("/")
    asked = Asked.at(rest)
    if not part.isdecimal() or int(part) > WHOLE or not 0 <= asked.code < len(classifier.classes):
        raise NotFoundError(f"{place!r} is not PHOTO/METHOD/LAYER/NUMBER/SHARE")
    photo = decode(engine.catalogue.read_photo(asked.photo_id), side=SHOWN)
    seen = square(photo, side=classifier.side)
    large_HW = cv2.resize(heat_map(classifier, seen, asked), (SHOWN, SHOWN), interpolation=cv2.INTER_LINEAR)
    return covered(square(photo, side=SHOWN), np.asarray(large_HW, np.float32), share=int(part) / WHOLE)


def nearest_learned(
    engine: Engine,
    classifier: "TrainedClassifier",
    product_id: str,
    photo_id: str,
    *,
    values: Sequence[str],
    count: int,
) -> Nearest:
    """Of the products that it learned from and that have these values, those nearest in the default Space."""
    from lookscape.services.classification.classifiers import learned_from
    from lookscape.services.labels.guesses import guessed_products
    from lookscape.services.spaces.vectors import row_of

    nothing = Nearest(space="", of=tuple([] for _ in values))
    learned = learned_from(engine, classifier.name, classifier.split)
    if not count or not engine.spaces.names() or learned is None:
        return nothing
    space = engine.space()
    own = row_of(space, photo_id)
    if own is None:
        return nothing
    guessed = guessed_products(engine, classifier.attribute)
    values_of = engine.catalogue.all_values_of(classifier.attribute)
    said = {product: found for product, found in values_of.items() if product not in guessed}
    owners = engine.catalogue.first_products()
    found: list[list[Near]] = []
    for value in values:
        wanted = [
            photo
            for photo in space.ids
            if photo in learned and value in said.get(owners.get(photo, ""), ()) and owners[photo] != product_id
        ]
        found.append(_nearest(engine, space.ids[own], wanted, owners, count=count))
    return Nearest(space=space.name, of=tuple(found))


def _nearest(
    engine: Engine, photo_id: str, candidates: Sequence[str], owners: "dict[str, str]", *, count: int
) -> list[Near]:
    from scipy.spatial.distance import cdist

    from lookscape.services.spaces.vectors import vectors_of

    if not candidates:
        return []
    space = engine.space()
    metric = {"l1": "cityblock", "l2": "euclidean"}.get(str(space.metric), "cosine")
    [distances_N] = cdist(vectors_of(space, [photo_id]), vectors_of(space, candidates), metric)
    return [
        Near(product_id=owners[candidates[row]], photo_id=candidates[row], distance=round(float(distances_N[row]), 4))
        for row in np.argsort(distances_N, kind="stable")[:count]
    ]
