"""Find what would change a classifier's answer about a product, and what else it could be.

It gives the runner-up, the smallest part of the photo (in the order of the heat map) whose covering changes the answer,
how often covering as much at random does so too, and the nearest training products of the answer and of the runner-up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.services.explanation.counterfactual import Near
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier


class Params(_tool.Params):
    """The product and the classifier."""

    product: str = _tool.positional("a product's id")
    name: str = Field(default="", max_length=80, description="the classifier; default: the only one")
    method: str = Field(default="grad_cam", description="the heat map that decides what is covered first")
    nearest: int = Field(default=4, ge=0, le=24, description="products shown of each value")


class Result(_tool.Result):
    """What the answer depends on."""

    words: str = Field(description="the outcome in a sentence")
    product_id: str
    photo_id: str
    name: str = Field(description="the classifier")
    attribute: str
    value: str = Field(description="its answer")
    chance: float = Field(description="its confidence, 0 to 1")
    runner_up: str = Field(description="the next most likely value")
    runner_up_chance: float
    covered: float | None = Field(
        description="least share of the photo whose covering changes the answer; None where four fifths do not"
    )
    becomes: str = Field(description="its answer then; empty where nothing changes it")
    at_random: float | None = Field(description="share of 16 random squares of that area that change it as well")
    picture_url: str = Field(description="the photo with that part covered; empty where nothing changes it")
    space: str = Field(description="the Space in which products are nearest; empty without one")
    like_value: list[Near] = Field(
        description="nearest training products that have the answer", json_schema_extra=_tool.MACHINES_ONLY
    )
    like_runner_up: list[Near] = Field(
        description="those that have the runner-up", json_schema_extra=_tool.MACHINES_ONLY
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Look at the product's first photo. Raises NotFoundError for a product, UnknownNameError for other names."""
    from lookscape.classifiers.explaining.counterfactual import smallest_counterfactual
    from lookscape.classifiers.explaining.heat_map import layers
    from lookscape.representation.spaces.preprocess import decode, square
    from lookscape.services.explanation.counterfactual import covered_url, nearest_learned
    from lookscape.services.explanation.heat_map import Asked, heat_map

    classifier = engine.classifier(params.name)
    product = engine.catalogue.product(params.product)
    if not product.photo_ids:
        raise NotFoundError(f"{params.product!r} has no photo")
    photo_id = product.photo_ids[0]
    photo = square(decode(engine.catalogue.read_photo(photo_id), side=classifier.side), side=classifier.side)
    chances_K = classifier.chances([photo])[0]
    first, second = (int(code) for code in np.argsort(-chances_K)[:2])
    layer = layers(classifier.network, side=classifier.side)[-1]
    asked = Asked(photo_id=photo_id, method=params.method, layer=layer, code=first)
    flip = smallest_counterfactual(photo, heat_map(classifier, photo, asked), classifier.chances)
    names = classifier.classes
    near = nearest_learned(
        engine, classifier, product.id, photo_id, values=(names[first], names[second]), count=params.nearest
    )
    return Result(
        words=_words(
            classifier, chances_K, (first, second), None if flip is None else (flip.share, names[flip.becomes])
        ),
        product_id=product.id,
        photo_id=photo_id,
        name=classifier.name,
        attribute=classifier.attribute,
        value=names[first],
        chance=round(float(chances_K[first]), 4),
        runner_up=names[second],
        runner_up_chance=round(float(chances_K[second]), 4),
        covered=None if flip is None else round(flip.share, 4),
        becomes="" if flip is None else names[flip.becomes],
        at_random=None if flip is None else round(flip.at_random, 4),
        picture_url="" if flip is None else covered_url(classifier, asked, share=flip.share),
        space=near.space,
        like_value=near.of[0],
        like_runner_up=near.of[1],
    )


def _words(
    classifier: "TrainedClassifier", chances_K: Sequence[float], codes: tuple[int, int], flip: tuple[float, str] | None
) -> str:
    first, second = codes
    answer = (
        f"{classifier.attribute}: {classifier.classes[first]}, {chances_K[first]:.0%} sure; else "
        f"{classifier.classes[second]}, {chances_K[second]:.0%}"
    )
    if flip is None:
        return f"{answer}; covering what it looks at does not change that"
    return f"{answer}; with the {flip[0]:.0%} of the photo it looks at most covered, it predicts {flip[1]}"
