"""What two photos share in the eyes of a model: how much nearer each place of one brings it to the other.

/shared/SPACE/KEY/METRIC/PHOTO/OTHER.webp is the first photo with the map drawn over it, made when somebody looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.classifiers.explaining.occlusion import hidden, map_of, num_windows
from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError
from lookscape.index.calibration import paired_distances
from lookscape.index.metrics import mean
from lookscape.index.protocol import Metric
from lookscape.representation.protocol import ImageU8
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.explanation.heat_map import SHOWN, heated
from lookscape.services.spaces.vectors import vectors_of

PREFIX = "/shared"

LEAST_SIDE = 64
"""Photos are compared at this side at least, pixels, also for models that see less."""

THIRDS = (("top", "middle", "bottom"), ("left", "centre", "right"))

Maps = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two photos in a Space under a metric."""

    space: str
    metric: Metric
    photo_id: str
    other_id: str

    def url(self, key: str) -> str:
        """Where the picture of the first photo is; `key` is the Space's."""
        return f"{PREFIX}/{self.space}/{key}/{self.metric.value}/{self.photo_id}/{self.other_id}.webp"

    @property
    def turned(self) -> "Pair":
        """The same with the other photo first."""
        return Pair(space=self.space, metric=self.metric, photo_id=self.other_id, other_id=self.photo_id)


def shared_map(engine: Engine, pair: Pair) -> Maps:
    """S x S in [0, 1]: how much further the first photo is from the other one when the place is hidden.

    Raises NotFoundError for a photo that is not in the Space, ConflictError when the Space's model changed since.
    """
    space = engine.space(pair.space)
    other_1D = vectors_of(space, [pair.other_id])
    if not len(other_1D):
        raise NotFoundError(f"{pair.other_id!r} is not in the space {space.name!r} yet; run: lookscape embed")
    encoder = engine.encoder_of(space)
    side = max(LEAST_SIDE, encoder.side)
    photo = square(decode(engine.catalogue.read_photo(pair.photo_id), side=side), side=side)
    vectors_ND = encoder.encode([photo, *hidden(photo)])
    assert len(vectors_ND) == 1 + num_windows()
    others_ND = np.repeat(other_1D, len(vectors_ND), axis=0)
    distances_N = paired_distances(vectors_ND, others_ND, metric=pair.metric, centre_D=mean(space.vectors))
    return map_of(distances_N[1:] - distances_N[0], height=side, width=side)


def shared_picture(engine: Engine, pair: Pair, *, key: str) -> ImageU8:
    """The first photo with its map, SHOWN x SHOWN x 3. Raises ConflictError when the Space was made anew since."""
    if engine.space(pair.space).key != key:
        raise ConflictError(f"the space {pair.space!r} was recreated since; ask for this picture again")
    photo = decode(engine.catalogue.read_photo(pair.photo_id), side=SHOWN)
    return heated(photo, shared_map(engine, pair))


def strongest_place(map_HW: Maps) -> str:
    """In which ninth of the photo the map is strongest on average: "top left" ... "middle centre"."""
    rows = np.array_split(map_HW, 3, axis=0)
    means = [[float(part.mean()) for part in np.array_split(row, 3, axis=1)] for row in rows]
    down, right = np.unravel_index(int(np.argmax(means)), (3, 3))
    return "centre" if int(down) == int(right) == 1 else f"{THIRDS[0][down]} {THIRDS[1][right]}"
