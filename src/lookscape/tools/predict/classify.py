"""Predict an attribute with a trained classifier, for one photo or all products that lack it.

With PHOTO (a file, a http(s) URL or - for standard input) the most likely values and their probabilities are listed.
Without, every product with no value from a person, source, measure or name gets the most likely one as a predicted
attribute, with its probability as confidence, if that reaches the threshold. The photos of a product are classified
together. All of it is one act, which `annotate undo` reverts, and the next run replaces it; no classifier is trained on
it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.services.inputs import PhotoInput
from lookscape.services.labels.guesses import CLASSIFY, is_said
from lookscape.tools import _tool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lookscape.classifiers.trained import TrainedClassifier

SLOW = True
CHUNK = 64
"""Photos between two reports of progress."""


class Params(_tool.Params):
    """The classifier, and what to classify."""

    photo: PhotoInput | None = Field(
        default=None, description="an image of at most 20 MB", json_schema_extra={"positional": True}
    )
    name: str = Field(default="", max_length=80, description="the classifier; default: the only one")
    threshold: float = Field(default=0.5, ge=0, le=1, description="confidence from which values are written")
    limit: int = Field(default=5, ge=1, le=100, description="values to list for a photo")
    dry_run: bool = Field(default=False, description="write nothing, only report")


class Guess(_tool.Result):
    """A value and how likely it is."""

    value: str
    chance: float = Field(description="0 to 1, calibrated on photos outside the training set")


class Count(_tool.Result):
    """A value and the products it was predicted for."""

    value: str
    products: int


class Result(_tool.Result):
    """What was predicted."""

    words: str = Field(description="the outcome in a sentence")
    name: str = Field(description="the classifier")
    attribute: str
    guesses: list[Guess] = Field(description="for a photo: the most likely values, best first")
    act: int | None = Field(description="the act, to undo; None when nothing was written")
    written: int = Field(description="products that got a value, or with dry_run would get one")
    open: int = Field(description="products left open because no value reaches the threshold")
    values: list[Count] = Field(description="for the catalogue: what was predicted, most common first")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Predict. Raises UnknownNameError for a classifier there is not, PhotoError for what is no photo."""
    classifier = engine.classifier(params.name)
    if params.photo is not None:
        return _one(classifier, params)
    return _all(engine, classifier, params, progress)


def _one(classifier: "TrainedClassifier", params: Params) -> Result:
    from lookscape.catalogue import imaging

    assert params.photo is not None
    chances_K = classifier.chances([imaging.standardise(params.photo).pixels])[0]
    order = np.argsort(-chances_K)[: params.limit]
    guesses = [Guess(value=classifier.classes[place], chance=round(float(chances_K[place]), 4)) for place in order]
    words = f"{classifier.attribute}: {guesses[0].value}, {guesses[0].chance:.0%} sure"
    return _result(classifier, words, guesses=guesses)


def _all(engine: Engine, classifier: "TrainedClassifier", params: Params, progress: _tool.Progress) -> Result:
    from lookscape.representation.splits.saved import OTHER

    attribute = classifier.attribute
    with engine.catalogue.exclusive(CLASSIFY):
        open_of, told_before = _open_products(engine, attribute)
        photos = sorted({photo_id for ids in open_of.values() for photo_id in ids})
        chances = dict(_chances(engine, classifier, photos, progress))
        found: list[Attribute] = []
        counts: dict[str, int] = {}
        unsure = 0
        for product_id, ids in sorted(open_of.items()):
            rows = [chances[photo_id] for photo_id in ids if photo_id in chances]
            value, sure = _likeliest(rows, classifier.classes)
            enough = sure >= params.threshold and value not in ("", OTHER)
            unsure += not enough
            if enough:
                counts[value] = counts.get(value, 0) + 1
            if enough or product_id in told_before:
                found.append(
                    Attribute(
                        product_id=product_id,
                        name=attribute,
                        value=value if enough else "",
                        origin=Origin.PREDICTED,
                        confidence=round(sure, 4),
                        unknown=not enough,
                    )
                )
        act = None if params.dry_run or not found else engine.catalogue.annotate(found, by=CLASSIFY).id
    written = sum(counts.values())
    verb = "would get" if params.dry_run else "got"
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return _result(
        classifier,
        f"{written:,} products {verb} a predicted {attribute}; {unsure:,} are left open",
        act=act,
        written=written,
        unsure=unsure,
        values=[Count(value=value, products=count) for value, count in ranked],
    )


def _open_products(engine: Engine, attribute: str) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """The photos of the products that nobody told of, and those of them that a guess stands for."""
    products = engine.catalogue.products(sorted(engine.catalogue.matching(Filter())))
    said: set[str] = set()
    guessed: set[str] = set()
    for item in engine.catalogue.shown(sorted(products), [attribute]):
        if is_said(item):
            said.add(item.product_id)
        else:
            guessed.add(item.product_id)
    photos = {one: product.photo_ids for one, product in products.items() if one not in said and product.photo_ids}
    return photos, frozenset(guessed - said)


def _chances(
    engine: Engine, classifier: "TrainedClassifier", photos: Sequence[str], progress: _tool.Progress
) -> Iterator[tuple[str, "NDArray[np.float64]"]]:
    """Of each photo that can be read."""
    from lookscape.representation.spaces.preprocess import decode
    from lookscape.services.photos.pictures import photo_set

    given = photo_set(engine, photos)
    for start in range(0, len(photos), CHUNK):
        progress(start, len(photos), "looking at photos")
        read = {}
        for photo_id in photos[start : start + CHUNK]:
            try:
                read[photo_id] = decode(given.read(photo_id), side=classifier.side)
            except (PhotoError, NotFoundError):
                continue
        yield from zip(read, classifier.chances(read.values()), strict=True)
    progress(len(photos), len(photos), "looking at photos")


def _likeliest(rows: "Sequence[NDArray[np.float64]]", classes: Sequence[str]) -> tuple[str, float]:
    """The value of the mean chances of a product's photos; nothing where none could be read."""
    if not rows:
        return "", 0.0
    mean_K = np.mean(rows, axis=0)
    return classes[int(mean_K.argmax())], float(mean_K.max())


def _result(
    classifier: "TrainedClassifier",
    words: str,
    *,
    guesses: Sequence[Guess] = (),
    act: int | None = None,
    written: int = 0,
    unsure: int = 0,
    values: Sequence[Count] = (),
) -> Result:
    return Result(
        words=words,
        name=classifier.name,
        attribute=classifier.attribute,
        guesses=list(guesses),
        act=act,
        written=written,
        open=unsure,
        values=list(values),
    )
