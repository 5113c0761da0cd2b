"""Show where a classifier looks to predict a product's value, and test that it relies on it.

The heat map shows which areas support a value, by default the most likely one. With `judge` the map is tested: the
areas it marks as important are removed, or revealed, first, and the value's probability should fall, or rise, sooner
than in random order or from the middle outwards.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape import parts
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError
from lookscape.tools import _tool
from lookscape.tools.predict.classify import Guess

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.protocol import ImageU8
    from lookscape.services.explanation.heat_map import Asked

METHODS = "lookscape.classifiers.saliency"


class Params(_tool.Params):
    """The product, the classifier, and which map."""

    product: str = _tool.positional("a product's id")
    name: str = Field(default="", max_length=80, description="the classifier; default: the only one")
    value: str = Field(default="", description="the value to ask about; default: the most likely")
    method: str = Field(default="grad_cam", description=parts.listed(METHODS))
    layer: str = Field(default="", description="a layer of the network by its path; default: the last that gives a map")
    faithfulness: bool = Field(default=False, description="test whether the classifier relies on what the map shows")


class Tested(_tool.Result):
    """A map, tested. Mean probability of the value while areas change, 0 to 1."""

    map: str = Field(description="the method, random, or centre")
    deletion: float = Field(description="while the important regions are blanked: low is good")
    insertion: float = Field(description="while they are revealed in a blurred photo: high is good")
    road: float = Field(description="while they are filled in from their surroundings: low is good")


class Result(_tool.Result):
    """What it predicts, and where it looks."""

    words: str = Field(description="the outcome in a sentence")
    product_id: str
    photo_id: str
    name: str = Field(description="the classifier")
    attribute: str
    guesses: list[Guess] = Field(description="the most likely values, best first")
    value: str = Field(description="the value that the map is about")
    chance: float = Field(description="its probability by the classifier, 0 to 1")
    method: str
    layer: str
    heat_url: str = Field(description="the photo with the map over it")
    instead: str = Field(description="the next most likely value")
    instead_url: str = Field(description="what supports that one")
    tested: list[Tested] = Field(
        description="the map against a random one and the middle of the photo; with `faithfulness`"
    )
    layers: list[str] = Field(description="layers to choose from", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Look at the product's first photo. Raises NotFoundError for a product, UnknownNameError for other names."""
    from lookscape.classifiers.explaining.heat_map import layers
    from lookscape.representation.spaces.preprocess import decode
    from lookscape.services.explanation.heat_map import Asked

    classifier = engine.classifier(params.name)
    product = engine.catalogue.product(params.product)
    if not product.photo_ids:
        raise NotFoundError(f"{params.product!r} has no photo")
    photo_id = product.photo_ids[0]
    photo = decode(engine.catalogue.read_photo(photo_id), side=classifier.side)
    chances_K = classifier.chances([photo])[0]
    order = np.argsort(-chances_K)
    if params.value and params.value not in classifier.classes:
        raise UnknownNameError("value", params.value, classifier.classes)
    code = list(classifier.classes).index(params.value) if params.value else int(order[0])
    instead = int(order[0] if order[0] != code else order[1])
    known = layers(classifier.network, side=classifier.side)
    asked = Asked(photo_id=photo_id, method=params.method, layer=params.layer or known[-1], code=code)
    tested = _test(classifier, photo, asked) if params.faithfulness else []
    value, chance = classifier.classes[code], float(chances_K[code])
    guesses = [Guess(value=classifier.classes[place], chance=round(float(chances_K[place]), 4)) for place in order[:5]]
    return Result(
        words=f"{classifier.attribute}: {guesses[0].value}, {guesses[0].chance:.0%} sure{_verdict(tested)}",
        product_id=product.id,
        photo_id=photo_id,
        name=classifier.name,
        attribute=classifier.attribute,
        guesses=guesses,
        value=value,
        chance=round(chance, 4),
        method=asked.method,
        layer=asked.layer,
        heat_url=asked.url(classifier),
        instead=classifier.classes[instead],
        instead_url=Asked(photo_id=photo_id, method=asked.method, layer=asked.layer, code=instead).url(classifier),
        tested=tested,
        layers=known,
    )


def _test(classifier: "TrainedClassifier", photo: "ImageU8", asked: "Asked") -> list[Tested]:
    from lookscape.classifiers.explaining.faithfulness import centre_gaussian, evaluate_map
    from lookscape.representation.spaces.preprocess import square
    from lookscape.services.explanation.heat_map import heat_map

    side = classifier.side
    photo_HWC = square(photo, side=side).astype(np.float32) / np.float32(255)
    maps = {
        asked.method: heat_map(classifier, photo, asked),
        "random": np.zeros((side, side), np.float32),
        "centre": centre_gaussian(side, side),
    }
    chance = _chance(classifier, asked.code)
    found = []
    for name, map_HW in maps.items():
        judged = evaluate_map(photo_HWC, map_HW, chance)
        found.append(
            Tested(
                map=name,
                deletion=round(judged.deletion, 4),
                insertion=round(judged.insertion, 4),
                road=round(judged.road, 4),
            )
        )
    return found


def _chance(classifier: "TrainedClassifier", code: int) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """How likely a class is by the classifier, for photos in [0, 1]."""
    return lambda photos_NHWC: classifier.chances(np.rint(photos_NHWC * 255).astype(np.uint8))[:, code]


def _verdict(tested: list[Tested]) -> str:
    if not tested:
        return ""
    own, *others = tested
    good = all(own.deletion < other.deletion and own.insertion > other.insertion for other in others)
    return (
        "; it relies on what the map shows" if good else "; the map explains no more than chance or the photo's middle"
    )
