"""A photo with what a classifier looks at drawn over it, and the address that it is drawn at when somebody looks.

/explained/CLASSIFIER/KEY/PHOTO/METHOD/LAYER/CLASS.webp, the class as its place in the classifier's list
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import NotFoundError

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.protocol import ImageU8

PREFIX = "/explained"

SHOWN = 384
"""Side of the picture, pixels."""

STRONGEST = 0.65
"""How much of the photo the strongest heat covers."""

Maps = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which map of which photo. `code` is the class's place in the classifier's list."""

    photo_id: str
    method: str
    layer: str
    code: int

    def url(self, classifier: "TrainedClassifier") -> str:
        """Where the picture is."""
        place = f"{self.photo_id}/{self.method}/{self.layer}/{self.code}"
        return f"{PREFIX}/{classifier.name}/{classifier.key}/{place}.webp"

    @classmethod
    def at(cls, place: str) -> "Asked":
        """What such an address asks, from the photo on. Raises NotFoundError for what is none."""
        try:
            photo_id, method, layer, code = place.split("/")
            return cls(photo_id=photo_id, method=method, layer=layer, code=int(code))
        except ValueError as error:
            raise NotFoundError(f"{place!r} is not PHOTO/METHOD/LAYER/NUMBER") from error


def heat_map(classifier: "TrainedClassifier", photo: "ImageU8", asked: Asked) -> Maps:
    """S x S in [0, 1], S being the classifier's side, of a photo. Raises UnknownNameError as `heat_maps`."""
    from lookscape.classifiers.explaining.heat_map import maps_over
    from lookscape.representation.spaces.preprocess import square

    seen = square(photo, side=classifier.side)[None]
    [found_HW] = maps_over(classifier.network, seen, code=asked.code, method=asked.method, layer=asked.layer)
    return np.asarray(found_HW)


def heat_picture(engine: Engine, classifier: "TrainedClassifier", asked: Asked) -> "ImageU8":
    """The photo in grey, and the heat over it in colour, SHOWN x SHOWN x 3."""
    from lookscape.representation.spaces.preprocess import decode

    photo = decode(engine.catalogue.read_photo(asked.photo_id), side=SHOWN)
    if not 0 <= asked.code < len(classifier.classes):
        raise NotFoundError(
            f"{classifier.name} predicts {len(classifier.classes)} values; there is no number {asked.code}"
        )
    return heated(photo, heat_map(classifier, photo, asked))


def heated(photo: "ImageU8", map_HW: Maps) -> "ImageU8":
    """A photo in grey and a map in [0, 1] over it in colour, SHOWN x SHOWN x 3."""
    from lookscape.representation.spaces.preprocess import square

    large_HW = cv2.resize(map_HW, (SHOWN, SHOWN), interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(square(photo, side=SHOWN), cv2.COLOR_RGB2GRAY)[..., None].repeat(3, axis=2)
    heat = cv2.cvtColor(cv2.applyColorMap((large_HW * 255).astype(np.uint8), cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    share = STRONGEST * large_HW[..., None]
    return np.asarray(np.rint((1 - share) * grey + share * heat), np.uint8)
